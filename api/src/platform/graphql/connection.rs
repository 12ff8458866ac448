//! Connections, as Relay means them, over keyset pages.

use crate::platform::graphql::projection::{self, Read};
use crate::platform::graphql::shape::Shape;
use crate::platform::graphql::viewer;
use crate::platform::paging::{Page, Ranking, Window, page};
use crate::platform::scope::Resource;
use crate::platform::viewer::Viewer;
use async_graphql::{Context, Enum, OutputType, Result, SimpleObject};
use sea_orm::{Condition, EntityTrait};

/// A direction of an order.
#[derive(Enum, Copy, Clone, Eq, PartialEq, Default)]
pub enum OrderDirection {
    /// From small to large.
    #[default]
    Asc,
    /// From large to small.
    Desc,
}

/// Where a page lies in its list.
#[derive(SimpleObject, Clone)]
pub struct PageInfo {
    /// Whether more follow.
    pub has_next_page: bool,
    /// Whether some come before.
    pub has_previous_page: bool,
    /// The cursor of the page's first row.
    pub start_cursor: Option<String>,
    /// The cursor of the page's last row.
    pub end_cursor: Option<String>,
}

impl<M> From<&Page<M>> for PageInfo {
    fn from(page: &Page<M>) -> Self {
        Self {
            has_next_page: page.has_next,
            has_previous_page: page.has_previous,
            start_cursor: page.rows.first().map(|(cursor, _)| cursor.clone()),
            end_cursor: page.rows.last().map(|(cursor, _)| cursor.clone()),
        }
    }
}

/// A GraphQL type that is a row of one table. [`descriptor!`](crate::descriptor) implements it.
pub trait Described: Sized + Send + Sync + 'static {
    /// The table.
    type Table: Resource;
    /// The object of a row.
    fn of(row: <Self::Table as EntityTrait>::Model) -> Self;
    /// What can be read of it without resolvers.
    fn shape() -> &'static Shape;
}

/// A type that is listed: with its filters and its orders.
pub trait Listed: Described {
    /// The input of `where`.
    type Where: Filter;
    /// The input of `orderBy`.
    type Order: Orders<<Self::Table as EntityTrait>::Column>;
    /// A page.
    type Connection: OutputType + From<Page<<Self::Table as EntityTrait>::Model>>;
    /// The name of an edge's type.
    const EDGE: &'static str;
}

/// The input of `where`.
pub trait Filter: Send + Sync {
    /// What a row must meet.
    fn condition(self, viewer: &Viewer) -> Condition;
}

/// The input of `orderBy`.
pub trait Orders<C> {
    /// The chosen order, or the usual one.
    fn ranking(chosen: Option<Self>) -> Ranking<C>
    where
        Self: Sized;
}

/// Reads a page of `T`: of those that `within` admits, that the viewer sees, and that `filter` asks for.
///
/// # Errors
/// `BAD_REQUEST` for a window that means nothing.
pub async fn list<T: Listed>(
    context: &Context<'_>,
    within: Condition,
    window: Window,
    filter: Option<T::Where>,
    order: Option<T::Order>,
) -> Result<Read<T::Connection>>
where
    <T::Table as EntityTrait>::Model: Send + Sync,
{
    let viewer = viewer(context)?;
    let wanted = filter.map_or_else(Condition::all, |filter| filter.condition(viewer));
    let ranking = T::Order::ranking(order);
    let rows = || viewer.reader().find::<T::Table>().filter(within.clone()).filter(wanted.clone());
    if let Some(read) = projection::list::<T, _>(context, viewer, rows, &ranking, &window).await? {
        return Ok(read);
    }
    let with_total = context.look_ahead().field("totalCount").exists();
    Ok(Read::ByResolvers(page(rows, &ranking, &window, with_total).await?.into()))
}
