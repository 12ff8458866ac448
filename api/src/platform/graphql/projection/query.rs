//! Reads what a plan asks for, within its viewer's scope.

use super::plan::{Join, ListPlan, ObjectPlan, Reading, SOURCES};
use super::write::{self, Found, Unwritten};
use crate::platform::error::AppResult;
use crate::platform::graphql::text::{Json, Text};
use crate::platform::paging::{Ranking, Window, bounded, cut, size};
use crate::platform::prepared::Prepared;
use crate::platform::scope::{Resource, Scoped, Visible, scope};
use crate::platform::viewer::Who;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement, SimpleExpr};
use sea_orm::{Condition, ConnectionTrait, JoinType};

/// The rows of a table that somebody sees, to be joined with others.
#[derive(Clone, Copy)]
pub struct Seen(fn(&Who) -> SelectStatement);

impl Seen {
    /// Those of `E`.
    #[must_use]
    pub const fn of<E: Visible>() -> Self {
        Self(|who| {
            let mut rows = Query::select();
            rows.from(E::default().table_ref()).cond_where(scope::<E>(who));
            rows
        })
    }
}

/// A page as it is answered; none if a row lacks what must be there.
pub(super) async fn list<'c, E: Resource, C: ConnectionTrait + 'c>(
    (plan, prepared): (&ListPlan, &Prepared),
    rows: impl Fn() -> Scoped<'c, E, C>,
    ranking: &Ranking<E::Column>,
    window: &Window,
) -> AppResult<Option<Json>>
where
    E::Model: Send + Sync,
{
    let count = size(window)?;
    let found = match bounded(rows(), ranking, window, count)? {
        Some(query) => query.read_by(prepared).await?,
        None => Vec::new(),
    };
    let page = cut(found, window, count);
    let total = if plan.has_total { Some(rows().count().await?) } else { None };
    let cursors = match plan.cursor {
        Some(places) => page.rows.iter().map(|row| ranking.cursor(row, places)).collect::<AppResult<_>>()?,
        None => Vec::new(),
    };
    let found = Found { page: &page, cursors, total };
    written(|text| write::list(plan, &found, text))
}

/// The object of the one row, if there is one; the outer option is empty if it lacks what must be there.
pub(super) async fn object<E: Resource, C: ConnectionTrait>(
    (plan, prepared): (&ObjectPlan, &Prepared),
    rows: Scoped<'_, E, C>,
) -> AppResult<Option<Option<Json>>> {
    let found = rows.read_by(prepared).await?;
    match found.first() {
        Some(row) => Ok(written(|text| write::object(&plan.object, row, text))?.map(Some)),
        None => Ok(Some(None)),
    }
}

fn written(write: impl FnOnce(&mut Text) -> Result<(), Unwritten>) -> AppResult<Option<Json>> {
    let mut text = Text::default();
    match write(&mut text) {
        Ok(()) => Ok(Some(text.finish())),
        Err(Unwritten::Missing) => Ok(None),
        Err(Unwritten::Failed(error)) => Err(error.into()),
    }
}

impl Reading {
    /// Makes a query for rows of `E` one for these columns.
    pub(super) fn arrange<E: Visible>(&self, who: &Who, select: &mut SelectStatement) {
        let own = E::default().table_name();
        let place = |source: usize, column: &'static str| -> SimpleExpr {
            Expr::col((if source == 0 { own } else { SOURCES[source] }, column))
        };
        for (source, column) in &self.columns {
            select.expr(place(*source, column));
        }
        if self.columns.is_empty() {
            select.expr(Expr::value(1));
        }
        for (join, source) in self.joins.iter().zip(1..) {
            let mut rows = (join.shape.seen.0)(who);
            for column in self.needed(source, join) {
                rows.column((join.shape.table, column));
            }
            // The tenant comes last: what differs from row to row is compared first.
            let keys = join.columns.iter().zip(&join.shape.key).rev();
            let same = keys.fold(Condition::all(), |all, (own, key)| {
                all.add(place(join.from, own).eq(Expr::col((SOURCES[source], *key))))
            });
            select.join_subquery(JoinType::LeftJoin, rows, SOURCES[source], same);
        }
    }

    /// The columns of a source that anything asks for: the answer, its own link, and those that go on from it.
    fn needed(&self, source: usize, join: &Join) -> Vec<&'static str> {
        let mut needed = join.shape.key.clone();
        let asked = self.columns.iter().filter(|(of, _)| *of == source).map(|(_, column)| *column);
        let onward = self.joins.iter().filter(|join| join.from == source).flat_map(|join| join.columns.iter().copied());
        for column in asked.chain(onward) {
            if !needed.contains(&column) {
                needed.push(column);
            }
        }
        needed
    }
}
