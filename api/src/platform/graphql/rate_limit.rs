//! What an operation costs, and what is left: for the answer's `extensions.cost`, and as a field.

use crate::platform::meter::Standing;
use async_graphql::{Context, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use rookery_macros::gated;

/// What was taken for the operation that is carried out.
#[derive(Debug, Clone, Copy)]
pub struct Charge {
    /// What the operation could cost, in points.
    pub requested: u64,
    /// How many objects it could return.
    pub nodes: u64,
    /// Where the bucket stands from which it was taken.
    pub standing: Standing,
    /// When that is full again.
    pub reset_at: DateTime<Utc>,
}

/// What the client may still ask for.
#[derive(SimpleObject)]
pub struct RateLimit {
    /// How many points there are within a minute.
    limit: u64,
    /// How many are left, after this operation.
    remaining: u64,
    /// When all of them are there again, if nothing is asked until then.
    reset_at: DateTime<Utc>,
    /// What this operation could cost, in points: 1, and 1 for each object and each ten values that it could return, and
    /// 10 for each field of a mutation.
    cost: u64,
    /// How many objects this operation could return: `first` and `last` count with what they say, other lists as 10.
    node_count: u64,
}

impl From<Charge> for RateLimit {
    fn from(charge: Charge) -> Self {
        Self {
            limit: charge.standing.limit,
            remaining: charge.standing.remaining,
            reset_at: charge.reset_at,
            cost: charge.requested,
            node_count: charge.nodes,
        }
    }
}

/// What can be read of it.
#[derive(Default)]
pub struct RateLimitQuery;

#[gated]
#[Object]
impl RateLimitQuery {
    /// What this operation costs, and what is left of what the client may ask for within a minute.
    #[public]
    #[expect(clippy::unused_self, reason = "a resolver is called on its object")]
    fn rate_limit(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "Carry out nothing else: the operation is only checked, and its cost told. It costs one point.",
            default = false
        )]
        #[expect(unused_variables, reason = "it was read before anything was carried out")]
        dry_run: bool,
    ) -> Result<RateLimit> {
        context.data::<Charge>().copied().map(Into::into)
    }
}
