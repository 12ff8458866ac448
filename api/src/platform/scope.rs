//! Scopes: what a viewer sees of a table. No query starts anywhere else.

pub mod figures;

use crate::platform::authority::Authority;
use crate::platform::database::Readers;
use crate::platform::error::{AppError, AppResult};
use crate::platform::ids::Key;
use crate::platform::prepared::{Prepared, Rest};
use crate::platform::viewer::{Viewer, Who};
use sea_orm::sea_query::{Expr, IntoCondition, Query, SelectStatement};
use sea_orm::{
    Condition, ConnectionTrait, EntityTrait, FromQueryResult, IdenStatic as _, Order, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QueryResult, QuerySelect as _, Select,
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
    type Connection = Readers;

    fn rows<E: Visible>(&self) -> Scoped<'_, E, Readers> {
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
    pub fn find<E: Visible>(&self) -> Scoped<'v, E, Readers> {
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

/// Which rows of `E` somebody sees.
pub(in crate::platform) fn scope<E: Visible>(who: &Who) -> Condition {
    match who {
        Who::System(_) => everything(),
        Who::Person(authority) => {
            if crate::platform::sabotage::disabled(&format!("scope:{}", E::default().table_name())) {
                everything()
            } else {
                E::visible(authority)
            }
        }
        Who::Anonymous => nothing(),
    }
}

/// A query that cannot leave its viewer's scope.
pub struct Scoped<'c, E: EntityTrait, C> {
    connection: &'c C,
    who: &'c Who,
    conditions: Condition,
    order: Vec<(E::Column, Order)>,
    most: Option<u64>,
    is_locked: bool,
}

impl<'c, E: Visible, C: ConnectionTrait> Scoped<'c, E, C> {
    pub(in crate::platform) fn new(connection: &'c C, who: &'c Who) -> Self {
        Self { connection, who, conditions: Condition::all(), order: Vec::new(), most: None, is_locked: false }
    }

    /// Narrows it.
    #[must_use]
    pub fn filter(mut self, condition: impl IntoCondition) -> Self {
        self.conditions = self.conditions.add(condition.into_condition());
        self
    }

    /// Orders it.
    #[must_use]
    pub fn order_by(mut self, column: E::Column, order: Order) -> Self {
        self.order.push((column, order));
        self
    }

    /// Takes the first `count`.
    #[must_use]
    pub const fn limit(mut self, count: u64) -> Self {
        self.most = Some(count);
        self
    }

    /// Locks the rows until the transaction ends, where the database locks rows.
    #[must_use]
    pub const fn lock(mut self) -> Self {
        self.is_locked = true;
        self
    }

    fn select(self) -> (&'c C, Select<E>) {
        let all = E::find().filter(scope::<E>(self.who)).filter(self.conditions).limit(self.most);
        let select = self.order.into_iter().fold(all, |select, (column, order)| select.order_by(column, order));
        (self.connection, if self.is_locked { select.lock_exclusive() } else { select })
    }

    /// All of them.
    ///
    /// # Errors
    /// INTERNAL.
    pub async fn all(self) -> AppResult<Vec<E::Model>> {
        let (connection, select) = self.select();
        Ok(select.all(connection).await?)
    }

    /// The texts of a column, each once, in order.
    ///
    /// # Errors
    /// INTERNAL.
    pub async fn values(self, column: E::Column) -> AppResult<Vec<String>> {
        let (connection, select) = self.select();
        let values = select.select_only().column(column).distinct().order_by_asc(column).into_tuple::<String>();
        Ok(values.all(connection).await?)
    }

    /// The first.
    ///
    /// # Errors
    /// INTERNAL.
    pub async fn one(self) -> AppResult<Option<E::Model>> {
        let (connection, select) = self.select();
        Ok(select.one(connection).await?)
    }

    /// The beginning of queries for its rows, as `arrange` says: with which columns, and which other rows joined to them.
    pub(in crate::platform) fn prepare(&self, arrange: impl FnOnce(&mut SelectStatement)) -> Prepared {
        let mut select = Query::select();
        select.from(E::default().table_ref());
        arrange(&mut select);
        let scope = (E::default().table_name(), self.who, scope::<E>(self.who));
        Prepared::new(self.connection.get_database_backend(), &select, scope)
    }

    /// Reads its rows by a query that was begun before.
    ///
    /// # Errors
    /// INTERNAL, also if it was begun for somebody else.
    pub(in crate::platform) async fn read_by(self, prepared: &Prepared) -> AppResult<Vec<QueryResult>> {
        if !prepared.is_for(E::default().table_name(), self.who) || self.is_locked {
            return Err(AppError::Internal("a query was prepared for somebody else".into()));
        }
        let order = self.order.iter().map(|(column, order)| (column.as_str(), *order == Order::Desc)).collect();
        let rest = Rest { conditions: self.conditions, order, most: self.most };
        let statement = prepared.finish(self.connection.get_database_backend(), rest);
        Ok(self.connection.query_all_raw(statement).await?)
    }

    /// How many.
    ///
    /// # Errors
    /// INTERNAL.
    pub async fn count(self) -> AppResult<u64>
    where
        E::Model: Send + Sync,
    {
        let (connection, select) = self.select();
        Ok(select.count(connection).await?)
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
