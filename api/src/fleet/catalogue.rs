//! What servers cost, and how many fit into a project.

use super::store::{project, server};

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

/// What a project's servers amount to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// How many there are.
    pub count: i32,
    /// What they cost a month, in euro cents; those without a price count nothing.
    pub cents: i32,
}

impl Usage {
    /// What these servers amount to.
    #[must_use]
    pub fn of(servers: &[server::Model]) -> Self {
        let mut usage = Self::default();
        for server in servers {
            usage.add(server);
        }
        usage
    }

    /// Counts another server.
    pub fn add(&mut self, server: &server::Model) {
        self.count += 1;
        self.cents += monthly_price_cents(server.r#type.as_deref()).unwrap_or_default();
    }

    /// Why no other server fits into the project, by number or by budget; none where one does.
    #[must_use]
    pub fn full(self, project: &project::Model) -> Option<String> {
        if self.count >= project.max_servers {
            return Some(format!("The project holds {} of at most {} servers.", self.count, project.max_servers));
        }
        (self.cents > project.monthly_budget_cents)
            .then(|| "The project's servers cost more than its budget.".to_owned())
    }
}
