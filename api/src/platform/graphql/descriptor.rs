//! [`descriptor!`](crate::descriptor): one declaration of a type's fields, links, filters and orders.
//!
//! From it come the GraphQL object with its policies, the connection with its inputs, and the look-up by global id.
//! The declaration separates what can be read off the row (`fields`), what another row answers (`links`: by these
//! columns) and what needs code (`resolvers`): the first two are read in one query, see
//! [`projection`](super::projection).

use crate::platform::error::{AppError, AppResult};
use crate::platform::graphql::connection::Described;
use crate::platform::graphql::loader::Loaders;
use crate::platform::ids::{IdColumn, Key};
use crate::platform::scope::{Resource, nothing};
use async_graphql::{Context, ID};
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, LikeExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait};
use std::hash::Hash;

/// What a link is in the API: an object, or perhaps one.
pub trait Target: Sized {
    /// The object's type.
    type Of: Described;
    /// Whether it is null where there is no row, or none that the viewer sees.
    const IS_OPTIONAL: bool;
    /// Made of what was found.
    ///
    /// # Errors
    /// `NOT_FOUND` for nothing, where something must be.
    fn found(object: Option<Self::Of>) -> AppResult<Self>;
}

impl<T: Described> Target for T {
    type Of = T;
    const IS_OPTIONAL: bool = false;
    fn found(object: Option<T>) -> AppResult<T> {
        object.ok_or(AppError::NotFound)
    }
}

impl<T: Described> Target for Option<T> {
    type Of = T;
    const IS_OPTIONAL: bool = true;
    fn found(object: Self) -> AppResult<Self> {
        Ok(object)
    }
}

/// The columns of a link, in the order of the other row's key.
pub trait Columns {
    /// The key.
    type Key;
    /// The key that they hold.
    fn key(self) -> Option<Self::Key>;
}

impl<A: IdColumn> Columns for (A,) {
    type Key = A::Id;
    fn key(self) -> Option<A::Id> {
        self.0.id()
    }
}

impl<A: IdColumn, B: IdColumn> Columns for (A, B) {
    type Key = (A::Id, B::Id);
    fn key(self) -> Option<(A::Id, B::Id)> {
        Some((self.0.id()?, self.1.id()?))
    }
}

/// The key of the rows of `T`'s type.
type KeyOf<T> = <<<T as Target>::Of as Described>::Table as Resource>::Key;
/// A row of `T`'s type.
type RowOf<T> = <<<T as Target>::Of as Described>::Table as EntityTrait>::Model;

/// The object that a link names.
///
/// # Errors
/// `NOT_FOUND` if the viewer does not see one and there must be one.
pub async fn linked<T: Target>(context: &Context<'_>, key: Option<KeyOf<T>>) -> async_graphql::Result<T>
where
    KeyOf<T>: Hash + Eq,
    RowOf<T>: Clone + Send + Sync,
{
    let row = match key {
        Some(key) => context.data::<Loaders>()?.get::<<T::Of as Described>::Table>(key).await?,
        None => None,
    };
    Ok(T::found(row.map(T::Of::of))?)
}

/// Reads a global id of `T`.
///
/// # Errors
/// `NOT_FOUND` for an id of anything else.
pub fn key_of<T: Described>(id: &ID) -> AppResult<<T::Table as Resource>::Key> {
    Key::parse(<T::Table as Resource>::NAME, id)
}

/// A condition on what a global id names; an id of anything else is met by no row.
pub fn about<T: Described>(id: &ID, condition: impl FnOnce(<T::Table as Resource>::Key) -> Condition) -> Condition {
    key_of::<T>(id).map_or_else(|_| nothing(), condition)
}

/// Rows with `text` in one of `columns`, whatever the case.
pub fn contains<C: ColumnTrait>(columns: &[C], text: &str) -> Condition {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for letter in text.trim().to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    columns.iter().fold(Condition::any(), |any, column| {
        let lowered = Expr::expr(Func::lower(Expr::col(column.as_column_ref())));
        any.add(lowered.like(LikeExpr::new(pattern.clone()).escape('\\')))
    })
}

/// See the [module](self).
#[macro_export]
macro_rules! descriptor {
    (
        $(#[$meta:meta])*
        $name:ident($table:ident) {
            fields |$row:ident| { $($(#[$field_meta:meta])* $field:ident: $field_type:ty = $value:expr;)* }
            links { $($(#[$link_meta:meta])* $link:ident: $target:ty = ($($column:ident),+);)* }
            resolvers { $($resolver:tt)* }
        }
    ) => {
        $(#[$meta])*
        pub struct $name(pub $table::Model);

        impl $crate::platform::graphql::connection::Described for $name {
            type Table = $table::Entity;
            fn of(row: $table::Model) -> Self {
                Self(row)
            }
            rookery_macros::shape! {
                $name, $table, $row
                { $($(#[$field_meta])* $field: $field_type = $value;)* }
                { $($(#[$link_meta])* $link: $target = ($($column),+);)* }
            }
        }

        impl From<$table::Model> for $name {
            fn from(row: $table::Model) -> Self {
                Self(row)
            }
        }

        $(#[$meta])*
        #[rookery_macros::gated(optional)]
        #[async_graphql::Object]
        impl $name {
            /// Its global id.
            pub async fn id(&self) -> async_graphql::ID {
                use $crate::platform::{ids::{GlobalId, Key as _}, scope::Resource};
                let key = <$table::Entity as Resource>::key(&self.0);
                GlobalId::encode(<$table::Entity as Resource>::NAME, &key.parts()).into()
            }
            $($(#[$field_meta])*
            pub async fn $field(&self) -> $field_type {
                let $row = &self.0;
                $value
            })*
            $($(#[$link_meta])*
            pub async fn $link(&self, context: &async_graphql::Context<'_>) -> async_graphql::Result<$target> {
                let key = $crate::platform::graphql::descriptor::Columns::key(($(self.0.$column,)+));
                $crate::platform::graphql::descriptor::linked(context, key).await
            })*
            $($resolver)*
        }
    };
}

/// Declares how a described type is listed: its connection, its filters and its orders.
#[macro_export]
macro_rules! listed {
    (
        $name:ident($table:ident) as $connection:ident, $edge:ident;
        where $where:ident |$viewer:ident| {
            $($(#[$filter_meta:meta])* $filter:ident: $filter_type:ty => |$value:ident| $condition:expr;)*
        }
        order $order:ident by $order_field:ident {
            $($(#[$by_meta:meta])* $by:ident = $column:ident;)+
        }
        usually $usual:ident $direction:ident
    ) => {
        #[doc = concat!("Which ", stringify!($name), " objects to list: those that meet every condition given.")]
        #[derive(async_graphql::InputObject, Default)]
        pub struct $where {
            $($(#[$filter_meta])* pub $filter: Option<$filter_type>,)*
        }

        impl $crate::platform::graphql::connection::Filter for $where {
            fn condition(self, $viewer: &$crate::platform::viewer::Viewer) -> sea_orm::Condition {
                let mut all = sea_orm::Condition::all();
                $(if let Some($value) = self.$filter {
                    all = all.add($condition);
                })*
                all
            }
        }

        #[doc = concat!("By what a list of ", stringify!($name), " objects is ordered.")]
        #[derive(async_graphql::Enum, Copy, Clone, Eq, PartialEq)]
        pub enum $order_field { $($(#[$by_meta])* $by),+ }

        #[doc = concat!("An order of a list of ", stringify!($name), " objects.")]
        #[derive(async_graphql::InputObject, Clone, Copy)]
        pub struct $order {
            /// By what.
            pub field: $order_field,
            /// In which direction.
            #[graphql(default)]
            pub direction: $crate::platform::graphql::OrderDirection,
        }

        impl $crate::platform::graphql::connection::Orders<$table::Column> for $order {
            fn ranking(chosen: Option<Self>) -> $crate::platform::paging::Ranking<$table::Column> {
                use $crate::platform::graphql::OrderDirection;
                let usual = Self { field: $order_field::$usual, direction: OrderDirection::$direction };
                let chosen = chosen.unwrap_or(usual);
                let (name, column) = match chosen.field {
                    $($order_field::$by => (stringify!($by), $table::Column::$column)),+
                };
                $crate::platform::paging::Ranking {
                    name,
                    column,
                    descending: chosen.direction == OrderDirection::Desc,
                }
            }
        }

        impl $crate::platform::graphql::connection::Listed for $name {
            type Where = $where;
            type Order = $order;
            type Connection = $connection;
            const EDGE: &'static str = stringify!($edge);
        }

        impl From<$crate::platform::paging::Page<$table::Model>> for $connection {
            fn from(page: $crate::platform::paging::Page<$table::Model>) -> Self {
                Self(page)
            }
        }

        #[doc = concat!("A page of ", stringify!($name), " objects.")]
        pub struct $connection(pub $crate::platform::paging::Page<$table::Model>);

        #[doc = concat!("A page of ", stringify!($name), " objects.")]
        #[async_graphql::Object]
        impl $connection {
            /// The objects.
            pub async fn nodes(&self) -> Vec<$name> {
                self.0.rows.iter().map(|(_, row)| $name(row.clone())).collect()
            }
            /// The objects with their cursors.
            pub async fn edges(&self) -> Vec<$edge> {
                self.0.rows.iter().map(|(cursor, row)| $edge { cursor: cursor.clone(), node: $name(row.clone()) }).collect()
            }
            /// Where the page lies in the list.
            pub async fn page_info(&self) -> $crate::platform::graphql::PageInfo {
                (&self.0).into()
            }
            /// How many there are in all; counted only when asked for.
            pub async fn total_count(&self) -> u64 {
                self.0.total.unwrap_or_default()
            }
        }

        #[doc = concat!("A place in a list of ", stringify!($name), " objects.")]
        #[derive(async_graphql::SimpleObject)]
        pub struct $edge {
            /// The place.
            cursor: String,
            /// The object there.
            node: $name,
        }
    };
}

/// Declares an enum of the API that mirrors one of the database.
#[macro_export]
macro_rules! mirrored_enum {
    ($($(#[$meta:meta])* $name:ident of $module:ident::$remote:ident { $($(#[$variant_meta:meta])* $variant:ident),+ $(,)? })+) => {$(
        $(#[$meta])*
        #[derive(async_graphql::Enum, Copy, Clone, Eq, PartialEq, Debug)]
        pub enum $name { $($(#[$variant_meta])* $variant),+ }

        impl From<$module::$remote> for $name {
            fn from(value: $module::$remote) -> Self {
                match value { $($module::$remote::$variant => Self::$variant),+ }
            }
        }

        impl From<$name> for $module::$remote {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => Self::$variant),+ }
            }
        }

        impl $crate::platform::graphql::shape::Leaf for $name {
            fn write(self, text: &mut $crate::platform::graphql::text::Text) {
                let items = <Self as async_graphql::resolver_utils::EnumType>::items();
                match items.iter().find(|item| item.value == self) {
                    Some(item) => text.string(item.name),
                    None => unreachable!("an enum's items are all of its values"),
                }
            }
        }
    )+};
}
