//! Maintenance windows in the API.

use super::store::project;
use super::windows::{self, TypedWindow, Window, kept_windows};
use crate::platform::error::AppResult;
use async_graphql::{Enum, InputObject, SimpleObject};
use chrono::{DateTime, Utc};

/// A day of the week.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "chrono::Weekday")]
pub enum Weekday {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

/// A time of the week that comes again and again.
#[derive(SimpleObject, Clone)]
pub struct MaintenanceWindow {
    /// On which days it opens, Monday first.
    days: Vec<Weekday>,
    /// At what time of these days, as `22:00`. Where a clock that is put forward skips it, at the first time after it.
    opens_at: String,
    /// How many minutes it stays open.
    minutes: i32,
    /// The clock that this is read from, as the IANA calls it.
    time_zone: String,
}

impl From<Window> for MaintenanceWindow {
    fn from(window: Window) -> Self {
        Self {
            days: window.days.into_iter().map(Into::into).collect(),
            opens_at: window.opens_at.format("%H:%M").to_string(),
            minutes: window.minutes.cast_signed(),
            time_zone: window.time_zone.name().to_owned(),
        }
    }
}

/// A time of the week at which deployments may begin.
#[derive(InputObject)]
pub struct MaintenanceWindowInput {
    /// On which days it opens.
    days: Vec<Weekday>,
    /// At what time of these days, as `22:00`.
    opens_at: String,
    /// How many minutes it stays open, from 1 to 1,440.
    minutes: u32,
    /// The clock that this is read from, as the IANA calls it, such as `Europe/Berlin`.
    time_zone: String,
}

impl From<MaintenanceWindowInput> for TypedWindow {
    fn from(input: MaintenanceWindowInput) -> Self {
        Self {
            days: input.days.into_iter().map(Into::into).collect(),
            opens_at: input.opens_at,
            minutes: input.minutes,
            time_zone: input.time_zone,
        }
    }
}

/// From when until when deployments may begin. Windows that touch are one.
#[derive(SimpleObject)]
pub struct MaintenanceOpening {
    /// From then; in the past if it is open.
    opens_at: DateTime<Utc>,
    /// Until before then.
    closes_at: DateTime<Utc>,
}

/// The windows that a row keeps; what nobody can read is none here, and has deployments fail before they begin.
pub(super) fn windows_of(row: &project::Model) -> Vec<MaintenanceWindow> {
    kept_windows(&row.maintenance_windows).unwrap_or_default().into_iter().map(Into::into).collect()
}

pub(super) fn opening_of(row: &project::Model, now: DateTime<Utc>) -> AppResult<Option<MaintenanceOpening>> {
    let opening = windows::opening(&kept_windows(&row.maintenance_windows)?, now);
    Ok(opening.map(|opening| MaintenanceOpening { opens_at: opening.from, closes_at: opening.until }))
}
