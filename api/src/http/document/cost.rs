//! What an operation costs: before it is carried out by what it could return, afterwards by what it did.

use crate::platform::graphql::text::{Written, counts};
use async_graphql::Value;
use async_graphql::parser::types::OperationType;
use std::ops::{Add, Mul};

/// Objects that one operation can return.
pub(super) const NODES_MOST: u64 = 25_000;
/// Objects that an operation can return which asks for the schema alone. Tools ask for all of it at once, as large as it is.
pub(super) const INTROSPECTION_NODES_MOST: u64 = 100_000;
/// Values that one operation can return, those within objects included.
pub(super) const VALUES_MOST: u64 = 250_000;
/// What each field of a mutation costs besides what it returns: it is a transaction.
const MUTATION: u64 = 10;
/// So many values cost as much as one object.
const VALUES_PER_POINT: u64 = 10;

/// Objects and the values in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::http) struct Weight {
    pub(super) nodes: u64,
    pub(super) values: u64,
}

impl Weight {
    pub(super) const NODE: Self = Self { nodes: 1, values: 0 };
    pub(super) const VALUE: Self = Self { nodes: 0, values: 1 };

    /// In points, of which an operation costs one besides.
    pub(super) const fn points(self) -> u64 {
        self.nodes.saturating_add(self.values / VALUES_PER_POINT).saturating_add(1)
    }
}

impl Add for Weight {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { nodes: self.nodes.saturating_add(other.nodes), values: self.values.saturating_add(other.values) }
    }
}

impl Mul<u64> for Weight {
    type Output = Self;

    fn mul(self, times: u64) -> Self {
        Self { nodes: self.nodes.saturating_mul(times), values: self.values.saturating_mul(times) }
    }
}

/// What an operation of this kind cost that returned `data`, some of it `written` before, in points.
pub(in crate::http) fn actual(kind: OperationType, data: &Value, written: &Written) -> u64 {
    let Value::Object(members) = data else { return Weight::default().points() };
    let each = root_field(kind) * members.len() as u64;
    // The fields of the operation itself are no members of an object that it returns.
    let found = members.values().map(counts).chain([written.counts()]);
    found.map(|found| Weight { nodes: found.objects, values: found.members }).fold(each, Add::add).points()
}

/// What each field of an operation of this kind costs, whatever it returns.
pub(super) const fn root_field(kind: OperationType) -> Weight {
    match kind {
        OperationType::Query | OperationType::Subscription => Weight::VALUE,
        OperationType::Mutation => Weight { nodes: MUTATION, values: 1 },
    }
}
