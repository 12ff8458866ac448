//! `rookery schema check OLD NEW`: whom a new schema would break.

use super::super::Failure;
use chrono::NaiveDate;
use clap::ValueEnum;
use rookery_api::platform::clock::Source;
use rookery_api::schema::changes::usage::{self, Concerned, Use};
use rookery_api::schema::changes::{Change, Changes, Severity};
use rookery_api::schema::definitions::Definitions;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::Path;

/// How findings are printed.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// A change, and whom it concerns.
#[derive(Serialize)]
struct Finding {
    #[serde(flatten)]
    change: Change,
    /// Nothing if nobody was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    clients: Option<Vec<Concerned>>,
}

/// All that is printed for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    breaking: usize,
    announced: usize,
    dangerous: usize,
    safe: usize,
    descriptions: usize,
    changes: Vec<Finding>,
}

pub(crate) fn run(old: &Path, new: &Path, uses: Option<&Path>, format: Format) -> Result<(), Failure> {
    let (old, new) = (definitions(old)?, definitions(new)?);
    let uses = uses.map(read_uses).transpose()?;
    let today = Source::system().now().date_naive();
    let report = report(&old, Changes::between(&old, &new, today), uses.as_deref());
    match format {
        Format::Text => print!("{}", text(&report, today)),
        Format::Json => println!("{}", serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?),
    }
    match report.breaking {
        0 => Ok(()),
        1 => Err(Failure::from("1 breaking change was not announced for today or before".to_owned())),
        count => Err(Failure::from(format!("{count} breaking changes were not announced for today or before"))),
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
}

fn definitions(path: &Path) -> Result<Definitions, Failure> {
    Definitions::read(&read(path)?).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
}

fn read_uses(path: &Path) -> Result<Vec<Use>, Failure> {
    usage::read(&read(path)?).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
}

fn report(old: &Definitions, changes: Changes, uses: Option<&[Use]>) -> Report {
    let count = |severity| changes.count(severity);
    let (breaking, announced) = (count(Severity::Breaking), count(Severity::Announced));
    let (dangerous, safe) = (count(Severity::Dangerous), count(Severity::Safe));
    let descriptions = changes.descriptions;
    let whom = |change: Change| {
        let breaks = matches!(change.severity, Severity::Breaking | Severity::Announced);
        let clients = uses.filter(|_| breaks).map(|uses| usage::concerned(&change, old, uses));
        Finding { change, clients }
    };
    let changes = changes.found.into_iter().map(whom).collect();
    Report { breaking, announced, dangerous, safe, descriptions, changes }
}

fn text(report: &Report, today: NaiveDate) -> String {
    let mut text = String::new();
    for Finding { change, clients } in &report.changes {
        let (severity, kind) = (change.severity.word(), change.kind.word());
        let _ = write!(text, "{severity:<9}  {}  {}  [{kind}]", change.coordinate, change.message);
        if let Some(date) = change.announced_for {
            let is_early = if date > today { ", and that day has not come" } else { "" };
            let _ = write!(text, "  (announced for {date}{is_early})");
        }
        text.push('\n');
        for client in clients.iter().flatten() {
            let _ = writeln!(text, "           {}", sentence(client));
        }
    }
    let Report { breaking, announced, dangerous, safe, descriptions, .. } = report;
    let _ = writeln!(
        text,
        "{breaking} breaking, {announced} announced, {dangerous} dangerous, {safe} safe; {descriptions} descriptions changed"
    );
    text
}

fn sentence(client: &Concerned) -> String {
    let breaks = if client.is_certain { "would break" } else { "may break" };
    let name = if client.client.is_empty() { "unnamed" } else { &client.client };
    let version = if client.version.is_empty() { String::new() } else { format!(" {}", client.version) };
    let (last, times) = (client.last_used_at.date_naive(), if client.count == 1 { "time" } else { "times" });
    format!("{breaks}: {name}{version} (last {last}, {} {times})", grouped(client.count))
}

/// 1204 as `1,204`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::{grouped, report, text};
    use chrono::NaiveDate;
    use rookery_api::schema::changes::{Changes, usage};
    use rookery_api::schema::definitions::Definitions;

    #[test]
    fn a_report_names_the_clients() {
        let old = "type Query { a: Int b: Int @deprecated(reason: \"2027-01-31: a.\") }";
        let new = "\"It.\" type Query { c: Int }";
        let uses = r#"{"client":"acme-sync","version":"2.1","field":"Query.a","lastUsedAt":"2026-11-20T09:00:00Z","count":1204}
                      {"client":"","field":"Query.a","lastUsedAt":"2026-11-19T09:00:00Z","count":1}"#;
        let (old, new) = (Definitions::read(old).unwrap(), Definitions::read(new).unwrap());
        let day = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let found = report(&old, Changes::between(&old, &new, day), Some(&usage::read(uses).unwrap()));
        let expected = [
            "breaking   Query.a  The field is gone.  [FIELD_REMOVED]",
            "           would break: acme-sync 2.1 (last 2026-11-20, 1,204 times)",
            "           would break: unnamed (last 2026-11-19, 1 time)",
            "breaking   Query.b  The field is gone.  [FIELD_REMOVED]  (announced for 2027-01-31, and that day has not come)",
            "safe       Query.c  There is a new field.  [FIELD_ADDED]",
            "2 breaking, 0 announced, 0 dangerous, 1 safe; 1 descriptions changed",
            "",
        ];
        assert_eq!(text(&found, day), expected.join("\n"));
    }

    #[test]
    fn counts_are_grouped_by_thousands() {
        assert_eq!([0, 12, 999, 1204, 1_000_000].map(grouped), ["0", "12", "999", "1,204", "1,000,000"]);
    }
}
