//! Maintenance windows: when deployments on a project's servers may begin. Pure.

use crate::platform::error::{AppError, AppResult, Checks};
use chrono::{DateTime, Datelike as _, Days, Duration, NaiveDate, NaiveTime, TimeZone as _, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// At most so many windows a project.
pub const WINDOWS_MOST: usize = 20;
const MINUTES_OF_A_DAY: u32 = 24 * 60;
/// With a window on one day of the week, the next one begins within so many days.
const DAYS_AHEAD: u64 = 8;

/// A time of the week that comes again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Window {
    /// On which days it opens, Monday first.
    pub days: Vec<Weekday>,
    /// At what time of these days.
    pub opens_at: NaiveTime,
    /// How long it stays open.
    pub minutes: u32,
    /// The clock that this is read from.
    pub time_zone: Tz,
}

/// From when until when deployments may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// From then,
    pub from: DateTime<Utc>,
    /// until before then.
    pub until: DateTime<Utc>,
}

/// A window as it was typed in.
pub struct TypedWindow {
    /// On which days it opens.
    pub days: Vec<Weekday>,
    /// At what time of these days, as `22:00`.
    pub opens_at: String,
    /// How long it stays open.
    pub minutes: u32,
    /// An IANA time zone.
    pub time_zone: String,
}

/// Reads windows.
///
/// # Errors
/// User errors, by field.
pub fn read_windows(typed: Vec<TypedWindow>) -> AppResult<Vec<Window>> {
    let mut checks = Checks::default();
    checks.require(typed.len() <= WINDOWS_MOST, "windows", "At most 20 windows.");
    let read: Vec<_> = typed.into_iter().enumerate().map(|(index, window)| read(&mut checks, index, window)).collect();
    checks.finish()?;
    Ok(read.into_iter().flatten().collect())
}

fn read(checks: &mut Checks, index: usize, typed: TypedWindow) -> Option<Window> {
    let field = |name: &str| format!("windows.{index}.{name}");
    let mut days = typed.days;
    days.sort_unstable_by_key(Weekday::num_days_from_monday);
    days.dedup();
    checks.require(!days.is_empty(), &field("days"), "At least one day.");
    let opens_at = NaiveTime::parse_from_str(&typed.opens_at, "%H:%M").ok();
    checks.require(opens_at.is_some(), &field("opensAt"), "A time of the day, such as 22:00.");
    let fits = (1..=MINUTES_OF_A_DAY).contains(&typed.minutes);
    checks.require(fits, &field("minutes"), "Between a minute and a day.");
    let time_zone = Tz::from_str_insensitive(&typed.time_zone).ok();
    checks.require(time_zone.is_some(), &field("timeZone"), "An IANA time zone, such as Europe/Berlin.");
    Some(Window { days, opens_at: opens_at?, minutes: typed.minutes, time_zone: time_zone? })
}

/// The windows that a project's row keeps.
///
/// # Errors
/// INTERNAL.
pub fn kept_windows(kept: &serde_json::Value) -> AppResult<Vec<Window>> {
    Vec::deserialize(kept).map_err(AppError::unreadable("kept maintenance windows"))
}

/// The opening at that time, or else the next one; none without windows. Openings that touch are one.
#[must_use]
pub fn opening(windows: &[Window], at: DateTime<Utc>) -> Option<Opening> {
    let mut openings: Vec<_> = windows.iter().flat_map(|window| openings(window, at)).collect();
    openings.retain(|opening| opening.until > at);
    openings.sort_unstable_by_key(|opening| opening.from);
    let mut openings = openings.into_iter();
    let mut first = openings.next()?;
    for next in openings {
        if next.from > first.until {
            break;
        }
        first.until = first.until.max(next.until);
    }
    Some(first)
}

/// When something may begin that may at the earliest then.
#[must_use]
pub fn begins(windows: &[Window], at: DateTime<Utc>) -> DateTime<Utc> {
    opening(windows, at).map_or(at, |opening| opening.from.max(at))
}

/// From the day before until a week later: of those that may still be open, and of the next.
fn openings(window: &Window, at: DateTime<Utc>) -> Vec<Opening> {
    let today = at.with_timezone(&window.time_zone).date_naive();
    let first = today.checked_sub_days(Days::new(2)).unwrap_or(today);
    let days = first.iter_days().take_while(|day| *day <= today + Days::new(DAYS_AHEAD));
    let open = days.filter(|day| window.days.contains(&day.weekday()));
    open.filter_map(|day| {
        let from = local(window, day)?;
        Some(Opening { from, until: from + Duration::minutes(window.minutes.into()) })
    })
    .collect()
}

/// The first moment at which the clock shows that time of the day, or a later one where it skips it.
fn local(window: &Window, day: NaiveDate) -> Option<DateTime<Utc>> {
    let shown = day.and_time(window.opens_at);
    // No clock is put forward by more than a day.
    (0..=MINUTES_OF_A_DAY)
        .find_map(|minutes| {
            window.time_zone.from_local_datetime(&(shown + Duration::minutes(minutes.into()))).earliest()
        })
        .map(|moment| moment.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(days: &[Weekday], opens_at: &str, minutes: u32, time_zone: &str) -> Window {
        let typed = TypedWindow {
            days: days.to_vec(),
            opens_at: opens_at.to_owned(),
            minutes,
            time_zone: time_zone.to_owned(),
        };
        read_windows(vec![typed]).expect("a window").remove(0)
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn shown(windows: &[Window], time: &str) -> Option<(String, String)> {
        let text = |time: DateTime<Utc>| time.format("%d %H:%M").to_string();
        opening(windows, at(time)).map(|opening| (text(opening.from), text(opening.until)))
    }

    fn pair(from: &str, until: &str) -> (String, String) {
        (from.to_owned(), until.to_owned())
    }

    #[test]
    fn the_opening_is_the_one_at_the_time_or_the_next() {
        // 2026-11-21 is a Saturday; Berlin is an hour ahead of UTC then.
        let nights = [window(&[Weekday::Sat, Weekday::Tue], "22:00", 240, "europe/berlin")];
        assert_eq!(shown(&nights, "2026-11-21T20:59:59Z"), Some(pair("21 21:00", "22 01:00")));
        assert_eq!(shown(&nights, "2026-11-21T21:00:00Z"), Some(pair("21 21:00", "22 01:00")));
        assert_eq!(shown(&nights, "2026-11-22T00:59:59Z"), Some(pair("21 21:00", "22 01:00")));
        assert_eq!(shown(&nights, "2026-11-22T01:00:00Z"), Some(pair("24 21:00", "25 01:00")));
        assert_eq!(shown(&[], "2026-11-22T01:00:00Z"), None);
        assert_eq!(begins(&nights, at("2026-11-22T00:30:00Z")), at("2026-11-22T00:30:00Z"));
        assert_eq!(begins(&nights, at("2026-11-22T01:30:00Z")), at("2026-11-24T21:00:00Z"));
        assert_eq!(begins(&[], at("2026-11-22T01:30:00Z")), at("2026-11-22T01:30:00Z"));
    }

    #[test]
    fn openings_that_touch_are_one() {
        let windows = [
            window(&[Weekday::Sun], "00:00", 60, "UTC"),
            window(&[Weekday::Sat], "20:00", 240, "UTC"),
            window(&[Weekday::Sun], "03:00", 60, "UTC"),
        ];
        assert_eq!(shown(&windows, "2026-11-21T21:00:00Z"), Some(pair("21 20:00", "22 01:00")));
        let always: Vec<_> = (0..7)
            .map(|day| Weekday::try_from(day).expect("a day"))
            .map(|day| window(&[day], "00:00", MINUTES_OF_A_DAY, "UTC"))
            .collect();
        assert!(
            opening(&always, at("2026-11-21T21:00:00Z")).is_some_and(|open| open.from < at("2026-11-21T21:00:00Z"))
        );
    }

    #[test]
    fn clocks_that_are_put_forward_or_back_open_once() {
        // On 2026-03-29 the clock of Berlin skips 02:00 to 03:00; on 2026-10-25 it shows 02:00 to 03:00 twice.
        let windows = [window(&[Weekday::Sun], "02:30", 60, "Europe/Berlin")];
        assert_eq!(shown(&windows, "2026-03-28T12:00:00Z"), Some(pair("29 01:00", "29 02:00")));
        assert_eq!(shown(&windows, "2026-10-24T12:00:00Z"), Some(pair("25 00:30", "25 01:30")));
        assert_eq!(shown(&windows, "2026-10-25T01:30:00Z"), Some(pair("01 01:30", "01 02:30")));
        // Where a day was left out altogether.
        let apia = [window(&[Weekday::Fri], "10:00", 60, "Pacific/Apia")];
        assert_eq!(shown(&apia, "2011-12-29T12:00:00Z"), Some(pair("30 10:00", "30 11:00")));
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let typed = |days: &[Weekday], opens_at: &str, minutes, zone: &str| TypedWindow {
            days: days.to_vec(),
            opens_at: opens_at.to_owned(),
            minutes,
            time_zone: zone.to_owned(),
        };
        let refused = |window| match read_windows(vec![window]) {
            Err(AppError::User(errors)) => errors.iter().map(|error| error.field.join(".")).collect(),
            _ => String::new(),
        };
        assert_eq!(refused(typed(&[], "22:00", 60, "UTC")), "windows.0.days");
        assert_eq!(refused(typed(&[Weekday::Mon], "24:00", 60, "UTC")), "windows.0.opensAt");
        assert_eq!(refused(typed(&[Weekday::Mon], "ten", 60, "UTC")), "windows.0.opensAt");
        assert_eq!(refused(typed(&[Weekday::Mon], "22:00", 0, "UTC")), "windows.0.minutes");
        assert_eq!(refused(typed(&[Weekday::Mon], "22:00", 1_441, "UTC")), "windows.0.minutes");
        assert_eq!(refused(typed(&[Weekday::Mon], "22:00", 60, "Mars/Olympus")), "windows.0.timeZone");
        let twice = window(&[Weekday::Tue, Weekday::Mon, Weekday::Tue], "22:00", 1, "UTC");
        assert_eq!(twice.days, [Weekday::Mon, Weekday::Tue]);
        let kept = serde_json::to_value([&twice]).expect("JSON");
        assert_eq!(kept_windows(&kept).expect("windows"), [twice]);
    }
}
