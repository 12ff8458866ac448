//! Watches operations: each is counted, timed and told to the collector once, whatever transport it came by and however it
//! ended.
//!
//! What names an operation here is the schema's, not the client's: names that clients choose would be too many, and could
//! hold anything.

use super::Web;
use super::document::Facts;
use super::labels::{Code, Kind, Transport};
use super::metrics::OperationLabels;
use super::posted::{Admitted, Posted};
use crate::platform::trace::TraceContext;
use crate::platform::trace::export::{Attribute, Ended};
use async_graphql::{Response, Value};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use chrono::{DateTime, Utc};
use futures::Stream;
use futures::stream::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tracing::{Instrument as _, Span};

/// An operation that goes on. It has ended when the last clone is dropped.
#[derive(Clone)]
pub(super) struct Watched(Arc<Operation>);

struct Operation {
    web: Web,
    transport: Transport,
    place: InTrace,
    began: DateTime<Utc>,
    begun: Instant,
    noted: Mutex<Noted>,
}

/// Where in a trace something is done.
#[derive(Debug, Clone, Copy)]
pub(super) struct InTrace {
    /// The operation itself.
    pub(super) context: TraceContext,
    /// Who asked for it, if they said so.
    asked_by: Option<TraceContext>,
}

#[derive(Default)]
struct Noted {
    kind: Kind,
    facts: Option<Arc<Facts>>,
    document: Option<String>,
    code: Option<Code>,
    request: Option<(&'static str, u16)>,
    is_none: bool,
    is_streamed: bool,
}

impl InTrace {
    /// The place of what `asked_by` asks for.
    pub(super) fn new(web: &Web, asked_by: Option<TraceContext>) -> Self {
        let source = &web.kernel.source;
        let context = asked_by.map_or_else(|| TraceContext::fresh(source), |asked_by| asked_by.child(source));
        Self { context, asked_by }
    }

    /// Does `work` there: its log lines carry the trace's id.
    pub(super) fn around<F: Future>(self, work: F) -> impl Future<Output = F::Output> + use<F> {
        self.context.around(work).instrument(self.span())
    }

    /// Waits there for what `stream` yields, whoever asks it.
    pub(super) fn throughout<S: Stream>(self, stream: S) -> impl Stream<Item = S::Item> + use<S> {
        let (span, mut stream) = (self.span(), Box::pin(stream));
        poll_fn(move |task| self.context.during(|| span.in_scope(|| stream.as_mut().poll_next(task))))
    }

    fn span(self) -> Span {
        // Of the highest level, so that lines of any level have it.
        tracing::error_span!("operation", trace.id = self.context.trace_id())
    }
}

impl Watched {
    /// Begins to watch.
    pub(super) fn begin(web: &Web, transport: Transport, place: InTrace) -> Self {
        let (web, began) = (web.clone(), web.kernel.source.now());
        Self(Arc::new(Operation { web, transport, place, began, begun: Instant::now(), noted: Mutex::default() }))
    }

    /// Notes which document is meant. It is told by its digest: what it holds may be secret.
    pub(super) fn received(&self, posted: &Posted) {
        if self.0.web.tracer.wants(&self.0.place.context) {
            self.note().document = Some(posted.hash());
        }
    }

    /// Notes what it does.
    pub(super) fn admitted(&self, admitted: &Admitted) {
        let facts = admitted.facts(&self.0.web);
        let mut noted = self.note();
        noted.kind = admitted.counted.kind.map_or(Kind::Unknown, Kind::from);
        noted.facts = Some(facts);
    }

    /// Notes what it could have cost, and what it did.
    pub(super) fn cost(&self, requested: u64, actual: u64) {
        self.0.web.metrics().cost(requested, actual);
    }

    /// Notes that it is answered by an event stream.
    pub(super) fn answers_by_stream(&self) {
        self.note().is_streamed = true;
    }

    /// Says that it is none by itself, but several: each of those is watched.
    pub(super) fn carries_several(&self) {
        self.note().is_none = true;
    }

    /// One of several that came with it.
    pub(super) fn beside(&self) -> Self {
        let Operation { web, transport, place, .. } = &*self.0;
        let context = place.context.child(&web.kernel.source);
        Self::begin(web, *transport, InTrace { context, ..*place })
    }

    /// Where it is.
    pub(super) fn place(&self) -> InTrace {
        self.0.place
    }

    /// Notes what it came to; of several answers the first that was not fine counts.
    pub(super) fn answered(&self, response: &Response) {
        let code = match response.errors.first() {
            Some(error) => Code::of(error),
            None if has_user_errors(&response.data) => Code::UserError,
            None => Code::Ok,
        };
        let mut noted = self.note();
        if matches!(noted.code, None | Some(Code::Ok)) {
            noted.code = Some(code);
        }
    }

    fn note(&self) -> MutexGuard<'_, Noted> {
        self.0.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Watches what is asked over HTTP.
pub(super) async fn over_http(State(web): State<Web>, request: Request, next: Next) -> axum::response::Response {
    let answer = |mut request: Request, watched| {
        request.extensions_mut().insert(watched);
        next.run(request)
    };
    throughout(&web, request, answer).await
}

/// Watches what `answer` makes of a request.
pub(super) async fn throughout<F: Future<Output = axum::response::Response>>(
    web: &Web,
    request: Request,
    answer: impl FnOnce(Request, Watched) -> F,
) -> axum::response::Response {
    let place = request.extensions().get::<InTrace>().copied().unwrap_or_else(|| InTrace::new(web, None));
    let watched = Watched::begin(web, Transport::Http, place);
    let method = method_name(request.method());
    let response = answer(request, watched.clone()).await;
    let status = response.status();
    let mut noted = watched.note();
    // A socket is no operation; those on it are.
    noted.is_none |= status == StatusCode::SWITCHING_PROTOCOLS;
    noted.code.get_or_insert(Code::of_status(status));
    noted.request = Some((method, status.as_u16()));
    drop(noted);
    response
}

/// The method, as the conventions for traces write those that nobody has heard of.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "_OTHER",
    }
}

/// Whether a mutation's payload says what a person got wrong; for who asked for it under its own name.
fn has_user_errors(data: &Value) -> bool {
    let Value::Object(roots) = data else { return false };
    roots.values().any(|root| match root {
        Value::Object(payload) => matches!(payload.get("userErrors"), Some(Value::List(errors)) if !errors.is_empty()),
        _ => false,
    })
}

impl Drop for Operation {
    fn drop(&mut self) {
        let took = self.begun.elapsed();
        let noted = std::mem::take(self.noted.get_mut().unwrap_or_else(PoisonError::into_inner));
        if noted.is_none {
            return;
        }
        let code = match noted.code {
            _ if std::thread::panicking() => Code::Internal,
            Some(code) => code,
            // Whoever follows something may end it at any time.
            None if noted.kind == Kind::Subscription => Code::Ok,
            None => Code::Cancelled,
        };
        let transport = if noted.is_streamed { Transport::EventStream } else { self.transport };
        let root = noted.facts.as_ref().map_or_else(|| self.web.roots().other(), |facts| Arc::clone(&facts.root));
        let labels = OperationLabels { operation_type: noted.kind, operation: Arc::clone(&root), code, transport };
        self.web.metrics().operation(&labels, took);
        if !self.web.tracer.wants(&self.place.context) {
            return;
        }
        let mut attributes: Vec<(&'static str, Attribute)> = vec![
            ("http.route", "/graphql".into()),
            ("rookery.transport", transport.as_str().into()),
            ("rookery.operation", Attribute::Text(root.to_string())),
            ("rookery.code", code.as_str().into()),
        ];
        if noted.kind != Kind::Unknown {
            attributes.push(("graphql.operation.type", noted.kind.as_str().into()));
        }
        let name = noted.facts.and_then(|facts| facts.name.clone());
        attributes.extend(name.map(|name| ("graphql.operation.name", Attribute::Text(name))));
        attributes.extend(noted.document.map(|digest| ("rookery.document.sha256", Attribute::Text(digest))));
        if let Some((method, status)) = noted.request {
            attributes.push(("http.request.method", method.into()));
            attributes.push(("url.path", "/graphql".into()));
            attributes.push(("http.response.status_code", Attribute::Number(status.into())));
        }
        if !matches!(code, Code::Ok | Code::UserError) {
            attributes.push(("error.type", code.as_str().into()));
        }
        let name = match noted.kind {
            Kind::Unknown => "GraphQL operation".to_owned(),
            Kind::Query | Kind::Mutation | Kind::Subscription => format!("{} {root}", noted.kind.as_str()),
        };
        self.web.tracer.tell(Ended {
            name,
            context: self.place.context,
            asked_by: self.place.asked_by,
            began: self.began,
            took,
            attributes,
            is_failure: code.is_failure(),
        });
    }
}
