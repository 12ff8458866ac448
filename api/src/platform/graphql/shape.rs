//! What can be read off the rows of a described type without calling its resolvers, as [`descriptor!`](crate::descriptor)
//! declares it: the columns of each field, and where each link leads.

use crate::platform::graphql::policy::Requires;
use crate::platform::graphql::projection::Seen;
use crate::platform::graphql::text::Text;
use crate::platform::scope::Resource;
use async_graphql::{ID, Json, Value};
use chrono::{DateTime, Utc};
use sea_orm::{DbErr, QueryResult, TryGetable};

/// The shape of a type.
pub struct Shape {
    /// The type's name.
    pub name: &'static str,
    /// The table's.
    pub table: &'static str,
    /// The columns of its key, tenant first.
    pub key: Vec<&'static str>,
    /// The fields that are made of columns.
    pub fields: Vec<Field>,
    /// The links.
    pub links: Vec<Link>,
    /// The rows that somebody sees.
    pub seen: Seen,
}

/// A field that is made of columns.
pub struct Field {
    /// Its name in the API.
    pub name: &'static str,
    /// Who may read it.
    pub guard: Option<Requires>,
    /// Of which columns.
    pub columns: Vec<&'static str>,
    /// Writes what it is for their values.
    pub write: fn(Cells<'_>, &mut Text) -> Result<(), DbErr>,
}

/// A field that leads to another row.
pub struct Link {
    /// Its name in the API.
    pub name: &'static str,
    /// Who may follow it.
    pub guard: Option<Requires>,
    /// The columns that hold the other row's key, in the key's order.
    pub columns: Vec<&'static str>,
    /// Whether it is null where there is no row, or none that is seen.
    pub is_optional: bool,
    /// Where it leads.
    pub shape: fn() -> &'static Shape,
}

impl Shape {
    /// The shape of a type whose rows are those of `E`.
    #[must_use]
    pub fn of<E: Resource>(name: &'static str, fields: Vec<Field>, links: Vec<Link>) -> Self {
        let key = E::key_columns().iter().map(sea_orm::IdenStatic::as_str).collect();
        Self { name, table: E::default().table_name(), key, fields, links, seen: Seen::of::<E>() }
    }
}

/// Some columns of a row.
#[derive(Clone, Copy)]
pub struct Cells<'r> {
    /// The row, of which they are a part.
    pub row: &'r QueryResult,
    /// Where they are in it.
    pub places: &'r [usize],
}

impl Cells<'_> {
    /// The value of one of them, as `member` has it.
    ///
    /// # Errors
    /// If the database holds something else.
    pub fn value<M, T: TryGetable>(self, index: usize, _member: fn(&M) -> &T) -> Result<T, DbErr> {
        self.row.try_get_by_index(self.places.get(index).copied().unwrap_or(usize::MAX))
    }
}

/// A value without a selection of its own.
pub trait Leaf {
    /// Writes it as an answer holds it.
    fn write(self, text: &mut Text);
}

impl Leaf for String {
    fn write(self, text: &mut Text) {
        text.string(&self);
    }
}

impl Leaf for ID {
    fn write(self, text: &mut Text) {
        text.string(&self);
    }
}

impl Leaf for bool {
    fn write(self, text: &mut Text) {
        text.boolean(self);
    }
}

impl Leaf for i32 {
    fn write(self, text: &mut Text) {
        text.integer(self.into());
    }
}

impl Leaf for i64 {
    fn write(self, text: &mut Text) {
        text.integer(self);
    }
}

impl<T: Leaf> Leaf for Option<T> {
    fn write(self, text: &mut Text) {
        match self {
            Some(value) => value.write(text),
            None => text.null(),
        }
    }
}

impl<T: Leaf> Leaf for Vec<T> {
    fn write(self, text: &mut Text) {
        let written: Result<(), std::convert::Infallible> = text.list(self, |text, item| {
            item.write(text);
            Ok(())
        });
        match written {
            Ok(()) => {}
        }
    }
}

/// As async-graphql makes values of them.
macro_rules! scalars {
    ($($name:ty),+) => {$(
        impl Leaf for $name {
            fn write(self, text: &mut Text) {
                text.value(&async_graphql::ScalarType::to_value(&self));
            }
        }
    )+};
}

scalars!(f64, DateTime<Utc>);

impl Leaf for Json<serde_json::Value> {
    fn write(self, text: &mut Text) {
        text.value(&Value::from_json(self.0).unwrap_or_default());
    }
}
