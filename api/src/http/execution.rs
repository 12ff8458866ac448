//! From what a client asks to its answer, the same on every transport: read, counted, charged, carried out.

use super::answer::{coded, error, error_of, is_coded, was_refused};
use super::document::actual;
use super::posted::{Admitted, Posted};
use super::usage::Use;
use super::watch::Watched;
use super::{Peer, Web, allowance, trusted};
use crate::identity::graphql::ClientAddress;
use crate::platform::error::AppError;
use crate::platform::graphql::loader::Loaders;
use crate::platform::graphql::projection::SteadyDocument;
use crate::platform::graphql::rate_limit::Charge;
use crate::platform::graphql::session_cookie::CookieJar;
use crate::platform::graphql::text::Written;
use crate::platform::meter::{Account, Exhausted, Standing};
use crate::platform::viewer::Viewer;
use crate::usage::client::Client;
use async_graphql::parser::types::OperationType;
use async_graphql::{Request as Operation, Response, ServerError, Value, value};
use chrono::{DateTime, TimeDelta, Utc};
use futures::stream::poll_fn;
use futures::{Stream, StreamExt as _};
use std::task::Poll;
use std::time::{Duration, Instant};

/// Who wants something carried out.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) viewer: Viewer,
    pub(super) peer: Peer,
    /// How their program calls itself.
    pub(super) client: Client,
    /// Who watches what comes of it.
    pub(super) watched: Watched,
}

/// What may be carried out: it was counted, and paid for.
pub(super) struct Ready {
    admitted: Admitted,
    viewer: Viewer,
    peer: Peer,
    cookies: CookieJar,
    charge: Option<Charge>,
    bill: Bill,
    used: Option<Use>,
    watched: Watched,
}

/// What the executor carries out, and what it leaves behind.
struct Work {
    operation: Operation,
    loaders: Loaders,
    /// What of the answer is no value to be counted.
    written: Written,
}

/// What is owed for an operation.
struct Bill {
    kind: OperationType,
    /// What was taken.
    taken: u64,
    /// What it could cost.
    requested: u64,
    account: Account,
    clock: Viewer,
}

/// What was not carried out.
pub(super) struct Refused {
    pub(super) response: Response,
    /// If it was too much at once: when to come again.
    pub(super) limited: Option<Exhausted>,
    /// It is not for this sender, whatever it says.
    pub(super) is_forbidden: bool,
}

/// What became of an operation.
pub(super) struct Carried {
    pub(super) response: Response,
    /// Where the client's bucket stands.
    pub(super) standing: Option<Standing>,
}

/// Reads, counts and charges what `caller` asks.
///
/// # Errors
/// An answer that says what is wrong with it.
pub(super) async fn prepare(
    web: &Web,
    caller: &Caller,
    posted: Posted,
    cookies: &CookieJar,
) -> Result<Ready, Box<Refused>> {
    caller.watched.received(&posted);
    charged(web, caller, posted, cookies).await.inspect_err(|refused| caller.watched.answered(&refused.response))
}

async fn charged(web: &Web, caller: &Caller, posted: Posted, cookies: &CookieJar) -> Result<Ready, Box<Refused>> {
    let Caller { viewer, peer, client, watched } = caller;
    let account = web.meter().account(viewer, peer.0, Instant::now());
    // Who has nothing left is not listened to.
    account.take(1, Instant::now()).map_err(|exhausted| limited(1, exhausted))?;
    let admitted = trusted::admit(web, viewer, posted).await.map_err(|why| match why {
        trusted::Refused::Document(error) => refused(error, None),
        trusted::Refused::Sender(error) => forbidden(error),
    })?;
    watched.admitted(&admitted);
    let (kind, requested, nodes) = (admitted.counted.kind, admitted.counted.requested, admitted.counted.nodes);
    let taken = if admitted.counted.is_dry_run { 1 } else { requested.max(1) };
    account.take(taken - 1, Instant::now()).map_err(|exhausted| limited(requested, exhausted))?;
    let used = Use::of(web, viewer, client.clone(), &admitted);
    admitted.permit(viewer).map_err(forbidden)?;
    let bill = Bill { kind: kind.unwrap_or(OperationType::Query), taken, requested, account, clock: viewer.clone() };
    let charge = bill.standing().map(|(standing, reset_at)| Charge { requested, nodes, standing, reset_at });
    let (viewer, watched) = (viewer.clone(), watched.clone());
    Ok(Ready { admitted, viewer, peer: *peer, cookies: cookies.clone(), charge, bill, used, watched })
}

impl Ready {
    /// What it does; none if no operation of the document is meant.
    pub(super) const fn kind(&self) -> Option<OperationType> {
        self.admitted.counted.kind
    }

    fn work(&self) -> Work {
        let (loaders, written) = (Loaders::new(self.viewer.clone()), Written::default());
        let operation = self.admitted.operation().data(self.viewer.clone()).data(loaders.clone());
        let mut operation =
            operation.data(ClientAddress(Some(self.peer.0))).data(self.cookies.clone()).data(written.clone());
        if let Some(charge) = self.charge {
            operation = operation.data(charge);
        }
        let parsed = &self.admitted.counted.parsed;
        if !parsed.has_directives() {
            operation = operation.data(SteadyDocument { document: parsed.clone(), bytes: parsed.bytes() });
        }
        Work { operation, loaders, written }
    }

    /// Carries out a query or a mutation.
    pub(super) async fn execute(self, web: &Web) -> Carried {
        let (mut response, written) = self.answer(web).await;
        if !was_refused(&response) {
            self.used.into_iter().for_each(Use::note);
        }
        self.bill.settle(&mut response, &written, &self.watched);
        self.watched.answered(&response);
        Carried { response, standing: self.bill.standing().map(|(standing, _)| standing) }
    }

    /// A query that is known to be valid is not validated again. What then is wrong with a value is found by the executor,
    /// in its own words: it is asked again, to say what it always says. That a query is carried out twice does no harm.
    async fn answer(&self, web: &Web) -> (Response, Written) {
        if self.admitted.is_settled() {
            let Work { operation, written, .. } = self.work();
            let response = web.settled.execute(operation).await;
            if response.errors.iter().all(is_coded) {
                return (coded(response), written);
            }
        }
        let Work { operation, written, .. } = self.work();
        let response = coded(web.schema.execute(operation).await);
        if response.errors.is_empty() {
            self.admitted.settle();
        }
        (response, written)
    }

    /// Carries out any operation: queries and mutations have one answer, subscriptions one for each event. The first one
    /// tells the cost; events cost nothing more.
    pub(super) fn stream(self, web: &Web) -> impl Stream<Item = Response> + Send + use<> {
        let Work { operation, loaders, written } = self.work();
        let (mut bill, mut used, watched) = (Some(self.bill), self.used, self.watched);
        let mut responses = web.schema.execute_stream(operation);
        poll_fn(move |context| {
            let next = responses.poll_next_unpin(context);
            let is_refused = matches!(&next, Poll::Ready(Some(response)) if bill.is_some() && was_refused(response));
            // A document is validated before anything is waited for: one that was not refused is being carried out.
            used.take().filter(|_| !is_refused).into_iter().for_each(Use::note);
            next.map(|response| {
                // What the next event shows is what is true then.
                loaders.forget();
                let mut response = coded(response?);
                if let Some(bill) = bill.take() {
                    bill.settle(&mut response, &written, &watched);
                }
                watched.answered(&response);
                Some(response)
            })
        })
    }
}

impl Bill {
    /// Gives back what was not needed, and says so in the answer.
    fn settle(&self, response: &mut Response, written: &Written, watched: &Watched) {
        let actual = match &response.data {
            _ if was_refused(response) => 1,
            // Of what was found out before the error nothing is left to be counted.
            Value::Null => self.taken,
            data => actual(self.kind, data, written),
        };
        match self.kind {
            OperationType::Query | OperationType::Mutation => self.account.correct(self.taken, actual, Instant::now()),
            // What it returns, it returns later.
            OperationType::Subscription => {}
        }
        watched.cost(self.requested, actual);
        let mut cost = value!({ "requested": self.requested, "actual": actual });
        if let (Value::Object(cost), Some((standing, reset_at))) = (&mut cost, self.standing()) {
            cost.insert(async_graphql::Name::new("remaining"), standing.remaining.into());
            cost.insert(async_graphql::Name::new("resetAt"), reset_at.to_rfc3339().into());
        }
        response.extensions.insert("cost".to_owned(), cost);
    }

    fn standing(&self) -> Option<(Standing, DateTime<Utc>)> {
        let standing = self.account.standing(Instant::now())?;
        Some((standing, self.clock.kernel().source.now() + delta(standing.full_in)))
    }
}

fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}

fn refused(error: ServerError, limited: Option<Exhausted>) -> Box<Refused> {
    Box::new(Refused { response: coded(Response::from_errors(vec![error])), limited, is_forbidden: false })
}

fn forbidden(error: AppError) -> Box<Refused> {
    Box::new(Refused { is_forbidden: true, ..*refused(error_of(error), None) })
}

fn limited(points: u64, exhausted: Exhausted) -> Box<Refused> {
    let Standing { limit, remaining, .. } = exhausted.standing;
    let Some(retry_in) = exhausted.retry_in else {
        let message = format!("This could cost {points} points, and there are {limit} within a minute. Ask for less.");
        return refused(error("COST_EXCEEDED", &message, None), None);
    };
    let seconds = allowance::seconds(retry_in);
    let message = format!("This could cost {points} points, and {remaining} are left. Try again in {seconds} s.");
    refused(error("RATE_LIMITED", &message, None), Some(exhausted))
}
