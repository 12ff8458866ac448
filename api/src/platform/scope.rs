//! Scopes: what a viewer sees of a table. No query starts anywhere else.

use crate::platform::authority::Authority;
use crate::platform::error::{AppError, AppResult};
use crate::platform::ids::Key;
use crate::platform::viewer::{Viewer, Who};
use sea_orm::sea_query::{Expr, IntoCondition, SelectStatement};
use sea_orm::{
    Condition, ConnectionTrait, DatabaseConnection, EntityTrait, FromQueryResult, Order, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QueryResult, QuerySelect as _, QueryTrait as _, Select,
};

/// A table with a rule about who sees which of its rows.
pub trait Visible: EntityTrait {
    /// The rows that `authority` sees.
    fn visible(authority: &Authority) -> Condition;
}

/// A table whose rows can be named by a key and acted upon.
pub trait Resource: Visible {
    /// Its key, tenant first.
    type Key: Key;
    /// The GraphQL type's name.
    const NAME: &'static str;
    /// The rows with these keys.
    fn by_keys(keys: &[Self::Key]) -> Condition;
    /// The columns of its key, tenant first.
    fn key_columns() -> Vec<Self::Column>;
    /// The column that, within a list, tells rows of equal rank apart.
    fn id_column() -> Self::Column;
    /// The key of a row.
    fn key(row: &Self::Model) -> Self::Key;
}

/// Whatever rows are read through: a viewer's reader, or their transaction.
pub trait Finds {
    /// Its connection.
    type Connection: ConnectionTrait;
    /// The rows of `E` that the viewer sees.
    fn rows<E: Visible>(&self) -> Scoped<'_, E, Self::Connection>;
}

impl Finds for Reader<'_> {
    type Connection = DatabaseConnection;

    fn rows<E: Visible>(&self) -> Scoped<'_, E, DatabaseConnection> {
        self.find::<E>()
    }
}

/// Reads for a viewer, outside a transaction.
pub struct Reader<'v> {
    viewer: &'v Viewer,
}

impl<'v> Reader<'v> {
    pub(in crate::platform) const fn new(viewer: &'v Viewer) -> Self {
        Self { viewer }
    }

    /// The rows of `E` that the viewer sees.
    #[must_use]
    pub fn find<E: Visible>(&self) -> Scoped<'v, E, DatabaseConnection> {
        Scoped::new(self.viewer.kernel().database.read(), self.viewer.who())
    }

    /// The row with this key.
    ///
    /// # Errors
    /// `NOT_FOUND` if there is none, or none that the viewer sees.
    pub async fn get<E: Resource>(&self, key: E::Key) -> AppResult<E::Model>
    where
        E::Model: FromQueryResult + Sized + Send + Sync,
    {
        self.find::<E>().filter(E::by_keys(&[key])).one().await?.ok_or(AppError::NotFound)
    }

    /// Whose view this is.
    #[must_use]
    pub const fn viewer(&self) -> &'v Viewer {
        self.viewer
    }
}

/// The rows of `E` that somebody sees.
pub(in crate::platform) fn scoped<E: Visible>(who: &Who) -> Select<E> {
    match who {
        Who::System(_) => E::find(),
        Who::Person(authority) => {
            let name = E::default().table_name().to_owned();
            if crate::platform::sabotage::disabled(&format!("scope:{name}")) {
                E::find()
            } else {
                E::find().filter(E::visible(authority))
            }
        }
        Who::Anonymous => E::find().filter(nothing()),
    }
}

/// A query that cannot leave its viewer's scope.
pub struct Scoped<'c, E: EntityTrait, C> {
    connection: &'c C,
    select: Select<E>,
}

impl<'c, E: Visible, C: ConnectionTrait> Scoped<'c, E, C> {
    pub(in crate::platform) fn new(connection: &'c C, who: &Who) -> Self {
        Self { connection, select: scoped::<E>(who) }
    }

    /// Narrows it.
    #[must_use]
    pub fn filter(mut self, condition: impl IntoCondition) -> Self {
        self.select = self.select.filter(condition.into_condition());
        self
    }

    /// Orders it.
    #[must_use]
    pub fn order_by(mut self, column: E::Column, order: Order) -> Self {
        self.select = self.select.order_by(column, order);
        self
    }

    /// Takes the first `count`.
    #[must_use]
    pub fn limit(mut self, count: u64) -> Self {
        self.select = self.select.limit(count);
        self
    }

    /// Locks the rows until the transaction ends, where the database locks rows.
    #[must_use]
    pub fn lock(mut self) -> Self {
        self.select = self.select.lock_exclusive();
        self
    }

    /// All of them.
    ///
    /// # Errors
    /// INTERNAL.
    pub async fn all(self) -> AppResult<Vec<E::Model>> {
        Ok(self.select.all(self.connection).await?)
    }

    /// The first.
    ///
    /// # Errors
    /// INTERNAL.
    pub async fn one(self) -> AppResult<Option<E::Model>> {
        Ok(self.select.one(self.connection).await?)
    }

    /// Reads its rows as `arrange` says: other columns, and other rows joined to them.
    pub(in crate::platform) async fn read_as(
        self,
        arrange: impl FnOnce(&mut SelectStatement),
    ) -> AppResult<Vec<QueryResult>> {
        let mut query = self.select.select_only().into_query();
        arrange(&mut query);
        Ok(self.connection.query_all(&query).await?)
    }

    /// How many.
    ///
    /// # Errors
    /// INTERNAL.
    pub async fn count(self) -> AppResult<u64>
    where
        E::Model: Send + Sync,
    {
        Ok(self.select.count(self.connection).await?)
    }
}

/// Implements [`Resource`] for a table that a tenant owns (`tenant: SiteId`), a person owns (`user: …`), or nobody
/// (`global: UserId`).
#[macro_export]
macro_rules! resource {
    (@global $table:ident, $name:literal, $id:ty) => {
        impl $crate::platform::scope::Resource for $table::Entity {
            type Key = $id;
            const NAME: &'static str = $name;
            fn by_keys(keys: &[Self::Key]) -> sea_orm::Condition {
                use sea_orm::ColumnTrait as _;
                sea_orm::Condition::all().add($table::Column::Id.is_in(keys.iter().copied()))
            }
            fn key_columns() -> Vec<Self::Column> {
                vec![$table::Column::Id]
            }
            fn id_column() -> Self::Column {
                $table::Column::Id
            }
            fn key(row: &$table::Model) -> Self::Key {
                row.id
            }
        }
    };
    (@owned $table:ident, $name:literal, $owner:ty, $owner_column:ident, $owner_field:ident, $id:ty) => {
        impl $crate::platform::scope::Resource for $table::Entity {
            type Key = ($owner, $id);
            const NAME: &'static str = $name;
            fn by_keys(keys: &[Self::Key]) -> sea_orm::Condition {
                use sea_orm::ColumnTrait as _;
                let mut owners: Vec<_> = keys.iter().map(|key| key.0).collect();
                owners.sort_unstable();
                owners.dedup();
                owners.into_iter().fold(sea_orm::Condition::any(), |any, owner| {
                    let ids = keys.iter().filter(|key| key.0 == owner).map(|key| key.1);
                    any.add(
                        sea_orm::Condition::all()
                            .add($table::Column::$owner_column.eq(owner))
                            .add($table::Column::Id.is_in(ids)),
                    )
                })
            }
            fn key_columns() -> Vec<Self::Column> {
                vec![$table::Column::$owner_column, $table::Column::Id]
            }
            fn id_column() -> Self::Column {
                $table::Column::Id
            }
            fn key(row: &$table::Model) -> Self::Key {
                (row.$owner_field, row.id)
            }
        }
    };
    ($table:ident as $name:literal, global: $id:ty) => {
        $crate::resource!(@global $table, $name, $id);
    };
    ($table:ident as $name:literal, tenant: $id:ty) => {
        $crate::resource!(@owned $table, $name, $crate::platform::ids::TenantId, TenantId, tenant_id, $id);
    };
    ($table:ident as $name:literal, user: $id:ty) => {
        $crate::resource!(@owned $table, $name, $crate::platform::ids::UserId, UserId, user_id, $id);
    };
}

/// A condition that no row meets.
#[must_use]
pub fn nothing() -> Condition {
    Condition::all().add(Expr::cust("1 = 0"))
}

/// A condition that every row meets.
#[must_use]
pub fn everything() -> Condition {
    Condition::all()
}
