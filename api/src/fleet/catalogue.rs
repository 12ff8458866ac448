//! What servers cost.

/// Monthly prices in euro cents, by the provider's plan.
pub const MONTHLY_PRICES_CENTS: [(&str, i32); 4] = [("cx11", 415), ("cx21", 825), ("cx31", 1_650), ("cx41", 3_300)];

/// The monthly price of a plan in euro cents; none for what is not sold.
#[must_use]
pub fn monthly_price_cents(plan: Option<&str>) -> Option<i32> {
    let plan = plan?;
    MONTHLY_PRICES_CENTS.iter().find(|(name, _)| *name == plan).map(|(_, cents)| *cents)
}

/// How many servers a project may hold, unless it says otherwise.
pub const MAX_SERVERS: i32 = 15;
/// A project's monthly budget in euro cents, unless it says otherwise.
pub const MONTHLY_BUDGET_CENTS: i32 = 50_000;
