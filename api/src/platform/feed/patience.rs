//! What to do when the database does not answer: try again, and say so if it goes on.

use crate::platform::error::{AppError, AppResult};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// For so long nobody is told.
pub(super) const LONG: Duration = Duration::from_secs(30);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Attempts at the same thing, which may fail for want of a database that answers.
pub struct Patience {
    since: Option<Instant>,
    pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { since: None, pause: FIRST_PAUSE }
    }
}

impl Patience {
    /// Pauses before the next attempt, each time for longer.
    ///
    /// # Errors
    /// What another attempt would not mend; UNAVAILABLE if they have failed for long.
    pub async fn after(&mut self, error: AppError) -> AppResult<()> {
        match error {
            AppError::Internal(_) | AppError::Busy(_) => {}
            error @ (AppError::NotFound
            | AppError::Forbidden(_)
            | AppError::Unauthenticated
            | AppError::BadRequest(_)
            | AppError::Unavailable(_)
            | AppError::User(_)
            | AppError::LeaseLost) => return Err(error),
        }
        if self.since.get_or_insert_with(Instant::now).elapsed() >= LONG {
            tracing::warn!(error = error.for_log(), "what is followed could not be read for long");
            return Err(AppError::Unavailable(
                "The database has not answered for a while. Come again, after the last that you have received.",
            ));
        }
        tracing::debug!(error = error.for_log(), "what is followed could not be read; trying again");
        sleep(self.pause).await;
        self.pause = LONGEST_PAUSE.min(2 * self.pause);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_passes_is_waited_for_but_not_for_ever() {
        let mut patience = Patience::default();
        assert!(matches!(patience.after(AppError::NotFound).await, Err(AppError::NotFound)));
        let begun = Instant::now();
        for _ in 0..3 {
            patience.after(AppError::Internal("busy".into())).await.unwrap();
        }
        // 100, 200 and 400 ms.
        assert!(begun.elapsed() >= Duration::from_millis(700));
        patience.since = Instant::now().checked_sub(LONG);
        let given_up = patience.after(AppError::Internal("busy".into())).await;
        assert!(matches!(given_up, Err(AppError::Unavailable(_))));
    }
}
