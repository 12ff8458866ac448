//! `rookery receipt`: for whoever was handed one. Needs no server, settings or network.

use super::Failure;
use clap::Subcommand;
use rookery_api::deployment::receipt::Receipt;
use rookery_api::deployment::receipt::verify::{KeySet, Verified, check_log, verify};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Check a deployment's receipt, and exit with 1 if it proves nothing
    Verify {
        /// The receipt, as it was downloaded
        file: PathBuf,
        /// The server's public keys, from its /.well-known/jwks.json: get them from the server itself, not from who hands you
        /// the receipt
        #[arg(long, value_name = "FILE")]
        jwks: PathBuf,
        /// The deployment's log, one event a line, to be checked against the receipt
        #[arg(long, value_name = "FILE")]
        events: Option<PathBuf>,
    },
}

pub(crate) fn run(command: &Command) -> Result<(), Failure> {
    let Command::Verify { file, jwks, events } = command;
    let keys = KeySet::read(&read(jwks)?).map_err(|error| Failure::usage(format!("{}: {error}", jwks.display())))?;
    let bytes = read(file)?;
    // Before anything is printed: what is printed is proven.
    let log = events.as_deref().map(|path| Ok::<_, Failure>((path, read(path)?))).transpose()?;
    let verified =
        verify(&bytes, &keys).map_err(|error| Failure::from(format!("{}: not proven: {error}", file.display())))?;
    if let Some((path, log)) = &log {
        check_log(log, &verified.receipt.log)
            .map_err(|error| Failure::from(format!("{}: not proven: it {error}", path.display())))?;
    }
    print!("{}", text(&verified, log.is_some()));
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
}

fn text(verified: &Verified, has_log: bool) -> String {
    let Receipt { issuer, issued_at, tenant, project, deployment, request, plan, targets, log, .. } = &verified.receipt;
    let mut text = format!("Proven: signed by {} with the key {}\n\n", shown(issuer), shown(&verified.kid));
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "{name:<12}{value}");
    };
    line("Deployment", format!("{} ({})", deployment.status, shown(&deployment.id)));
    if let Some(message) = &deployment.failure_message {
        line("  because", shown(message));
    }
    line("  tenant", shown(&tenant.name));
    line("  project", shown(&project.name));
    line("  started", format!("{} by {}", deployment.created_at, shown(&deployment.started_by.name)));
    line("  running", deployment.started_at.clone().unwrap_or_else(|| "never".to_owned()));
    line("  ended", deployment.finished_at.clone().unwrap_or_default());
    if let Some(request) = request {
        line("Request", format!("{} ({})", shown(&request.name), shown(&request.id)));
        line("  filed", format!("{} by {}", request.filed_at, shown(&request.requester.name)));
        for decision in &request.decisions {
            let digest = decision.plan_digest.as_deref().unwrap_or("none");
            let by = shown(&decision.by.name);
            line(
                "  decided",
                format!("{} by {by} on {}, for the plan {}", decision.decision, decision.at, shown(digest)),
            );
        }
    } else {
        line("Request", "none: run by who may do so without one".to_owned());
    }
    line("Plan", shown(&plan.digest));
    let script = &plan.script;
    line(
        "  script",
        format!("{}, revision {}, sha256:{}", shown(&script.name), script.revision, shown(&script.digest)),
    );
    line("  as root", if script.requires_root { "yes" } else { "no" }.to_owned());
    let price = |cents: i32| format!("{}.{:02} {} a month", cents / 100, cents % 100, shown(&plan.currency));
    line("  price", plan.monthly_price_cents.map_or_else(|| "not known".to_owned(), price));
    for target in targets {
        let counts = format!(
            "{} ok, {} changed, {} failed, {} skipped",
            target.ok, target.changed, target.failed, target.skipped
        );
        line("Server", format!("{} at {}: {} ({counts})", shown(&target.name), shown(&target.address), target.result));
    }
    line("Log", format!("{} events, {}", log.events, shown(&log.digest)));
    line("  checked", if has_log { "it is the log that was given" } else { "no log was given" }.to_owned());
    line("Made", issued_at.clone());
    text
}

/// What people wrote, without what could speak to the terminal or begin another line.
fn shown(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() || is_formatting(letter) { '\u{fffd}' } else { letter }).collect()
}

/// Separators of lines, and what turns the direction of text.
const fn is_formatting(letter: char) -> bool {
    matches!(letter, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn what_is_shown_stays_on_its_line() {
        assert_eq!(shown("a\nb\u{1b}[31m\u{2028}\u{202e}ü"), "a\u{fffd}b\u{fffd}[31m\u{fffd}\u{fffd}ü");
    }
}
