//! Reads a whole selection at once: one query with a join for each link, and one walk over its rows.
//!
//! A resolver for each field of each row makes a list of a hundred objects cost a thousand futures, and each level of
//! links one more query. Where a selection asks for nothing but what its types' [shapes](super::shape) declare, it is
//! planned once, with its guards decided once, and its rows are written as they come. Where it asks for more, where
//! somebody may not read a field, or where a link leads nowhere that must lead somewhere, the resolvers answer, with
//! the same result and with their errors: this is a shorter way to the same answer, never another answer.

mod kept;
mod plan;
mod query;
mod write;

pub use kept::{Plans, SteadyDocument};
pub use query::Seen;

use crate::platform::error::{AppError, AppResult};
use crate::platform::graphql::connection::{Described, Listed};
use crate::platform::graphql::text::{Json, Written};
use crate::platform::paging::{Ranking, Window};
use crate::platform::scope::{Resource, Scoped};
use crate::platform::viewer::Viewer;
use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::{Context, ContextSelectionSet, Name, OutputType, Positioned, ServerResult, Value};
use kept::Planned;
use plan::{ListPlan, ObjectPlan};
use sea_orm::{ConnectionTrait, EntityTrait, IdenStatic as _};
use std::borrow::Cow;
use std::iter;

/// What a field returns that may have been read as a whole.
pub enum Read<T> {
    /// It was not: resolvers go on.
    ByResolvers(T),
    /// Its selection, already written.
    Whole(Json),
}

impl<T> From<T> for Read<T> {
    fn from(object: T) -> Self {
        Self::ByResolvers(object)
    }
}

impl<T: OutputType> OutputType for Read<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, context: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match self {
            Self::ByResolvers(object) => object.resolve(context, field).await,
            Self::Whole(json) => Ok(json.answer(context.data_opt::<Written>())),
        }
    }
}

/// Reads a page of `T` as `context` selects it; none if that takes resolvers.
pub(super) async fn list<'c, T: Listed, C: ConnectionTrait + 'c>(
    context: &Context<'_>,
    viewer: &Viewer,
    rows: impl Fn() -> Scoped<'c, T::Table, C>,
    ranking: &Ranking<<T::Table as EntityTrait>::Column>,
    window: &Window,
) -> AppResult<Option<Read<T::Connection>>>
where
    <T::Table as EntityTrait>::Model: Send + Sync,
{
    // Tests compare with what resolvers say.
    fail::fail_point!("projection", |_| Ok(None));
    let of = (T::shape().name, ranking.column.as_str());
    let planned = viewer.kernel().plans.planned(context, viewer, of, || {
        let plan = is_unique(context).then(|| ListPlan::of::<T>(context, viewer, ranking))??;
        let prepared = rows().prepare(|select| plan.reading.arrange::<T::Table>(viewer.who(), select));
        Some(Planned { plan, prepared })
    });
    let Some(planned) = planned else {
        viewer.kernel().reads.count(false);
        return Ok(None);
    };
    let written = query::list((&planned.plan, &planned.prepared), rows, ranking, window).await?;
    viewer.kernel().reads.count(written.is_some());
    Ok(written.map(Read::Whole))
}

/// Reads the object with this key as `context` selects it. The outer option is empty if that takes resolvers, the inner
/// one if there is nothing that the viewer sees.
///
/// # Errors
/// INTERNAL.
pub async fn object<T: Described, Out>(
    context: &Context<'_>,
    key: <T::Table as Resource>::Key,
) -> AppResult<Option<Option<Read<Out>>>> {
    fail::fail_point!("projection", |_| Ok(None));
    let viewer = context.data::<Viewer>().map_err(AppError::internal)?;
    // Several at once are read together by the loaders.
    let is_alone = context.query_env.operation.node.selection_set.node.items.len() == 1;
    let rows = viewer.reader().find::<T::Table>();
    let planned = viewer.kernel().plans.planned(context, viewer, (T::shape().name, ""), || {
        let plan = (is_alone && is_unique(context)).then(|| ObjectPlan::of::<T>(context, viewer))??;
        let prepared = rows.prepare(|select| plan.reading.arrange::<T::Table>(viewer.who(), select));
        Some(Planned { plan, prepared })
    });
    let Some(planned) = planned else {
        viewer.kernel().reads.count(false);
        return Ok(None);
    };
    let rows = rows.filter(T::Table::by_keys(&[key]));
    let written = query::object((&planned.plan, &planned.prepared), rows).await?;
    viewer.kernel().reads.count(written.is_some());
    Ok(written.map(|found| found.map(Read::Whole)))
}

/// Whether nothing else in the document has the field's key: what two fields answer is merged, if it is values.
fn is_unique(context: &Context<'_>) -> bool {
    let key = &context.item.node.response_key().node;
    let operation = &context.query_env.operation.node.selection_set.node;
    let fragments = context.query_env.fragments.values().map(|fragment| &fragment.node.selection_set.node);
    iter::once(operation).chain(fragments).map(|set| count(set, key)).sum::<usize>() == 1
}

fn count(set: &SelectionSet, key: &Name) -> usize {
    let each = |selection: &Positioned<Selection>| match &selection.node {
        Selection::Field(field) => {
            usize::from(field.node.response_key().node == *key) + count(&field.node.selection_set.node, key)
        }
        Selection::InlineFragment(fragment) => count(&fragment.node.selection_set.node, key),
        Selection::FragmentSpread(_) => 0,
    };
    set.items.iter().map(each).sum()
}
