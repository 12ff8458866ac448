//! Answers that are the same for everybody: encoded once for all who select the same of them.

use crate::platform::feed::{Counts, Given};
use crate::platform::graphql::text::{Json, Written};
use crate::platform::viewer::Viewer;
use async_graphql::parser::types::{Field, Selection as Selected, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::{Context, ContextSelectionSet, OutputType, Positioned, ServerResult, Value};
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// A type whose answers depend on the object and the selection alone: neither it nor any type below it has a policy, an
/// argument or a resolver that asks who looks. A test holds each implementor against the schema.
pub trait Impersonal: OutputType + Send {}

/// So many different selections are kept of one object: they live as long as it does.
const SELECTIONS_MOST: usize = 16;

/// An object with what it is in JSON, as soon as somebody has asked for that.
pub struct Encoded<T> {
    object: T,
    texts: Mutex<Vec<(Selection, Text)>>,
}

type Text = Arc<OnceCell<Json>>;

/// What somebody selects of an object: its digest, so that it takes little room whatever it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selection([u8; 32]);

/// What a subscription answers: an object for one follower, or one for all of them.
pub struct Told<T> {
    given: Given<Encoded<T>>,
    selection: Option<Selection>,
}

impl<T> Encoded<T> {
    /// Nobody has asked for it yet.
    pub const fn new(object: T) -> Self {
        Self { object, texts: Mutex::new(Vec::new()) }
    }

    /// The object.
    pub const fn object(&self) -> &T {
        &self.object
    }

    /// Where the text for a selection is or will be; none if there are too many.
    fn text(&self, selection: Selection) -> Option<Text> {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, text)) = texts.iter().find(|(known, _)| *known == selection) {
            return Some(text.clone());
        }
        if texts.len() == SELECTIONS_MOST {
            return None;
        }
        let text = Text::default();
        texts.push((selection, text.clone()));
        Some(text)
    }
}

impl Selection {
    /// What is selected of the field that `context` is about; none if that cannot be told by the selection alone.
    #[must_use]
    pub fn of(context: &Context<'_>) -> Option<Self> {
        let mut digest = Sha256::new();
        digest_of(context, &context.item.node.selection_set.node, &mut digest)?;
        Some(Self(digest.finalize().into()))
    }
}

/// Names hold no punctuation, so that different selections are different texts. What `@skip` and `@include` drop is gone by
/// now, whatever the variables were.
fn digest_of(context: &Context<'_>, set: &SelectionSet, digest: &mut Sha256) -> Option<()> {
    digest.update("{");
    for selection in &set.items {
        if !selection.node.directives().is_empty() {
            return None;
        }
        let (on, set) = match &selection.node {
            Selected::Field(field) => {
                let field = &field.node;
                if !field.arguments.is_empty() {
                    return None;
                }
                for part in [field.response_key().node.as_str(), ":", field.name.node.as_str()] {
                    digest.update(part);
                }
                digest_of(context, &field.selection_set.node, digest)?;
                continue;
            }
            Selected::FragmentSpread(spread) => {
                let fragment = &context.query_env.fragments.get(&spread.node.fragment_name.node)?.node;
                (Some(&fragment.type_condition), &fragment.selection_set.node)
            }
            Selected::InlineFragment(fragment) => {
                (fragment.node.type_condition.as_ref(), &fragment.node.selection_set.node)
            }
        };
        digest.update("...");
        if let Some(on) = on {
            digest.update(on.node.on.node.as_str());
        }
        digest_of(context, set, digest)?;
    }
    digest.update("}");
    Some(())
}

impl<T> Told<T> {
    /// With what is selected of it.
    pub const fn new(given: Given<Encoded<T>>, selection: Option<Selection>) -> Self {
        Self { given, selection }
    }
}

impl<T: Impersonal> OutputType for Told<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, context: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match (&self.given, self.selection) {
            (Given::Shared(encoded), Some(selection)) => shared(encoded, selection, context, field).await,
            (Given::Shared(encoded), None) => encoded.object.resolve(context, field).await,
            (Given::Own(encoded), _) => encoded.object.resolve(context, field).await,
        }
    }
}

async fn shared<T: Impersonal>(
    encoded: &Encoded<T>,
    selection: Selection,
    context: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
) -> ServerResult<Value> {
    let Some(text) = resolvable(encoded, selection) else { return encoded.object.resolve(context, field).await };
    let (mut value, mut is_first) = (None, false);
    let made = text.get_or_try_init(async || {
        is_first = true;
        let resolved = encoded.object.resolve(context, field).await.map_err(Some)?;
        // An error stands beside the data, where it would be lost to all others.
        let has_errors = !context.query_env.errors.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
        match Json::of(&resolved) {
            Ok(json) if !has_errors => Ok(json),
            _ => {
                value = Some(resolved);
                Err(None)
            }
        }
    });
    match made.await.cloned() {
        Ok(text) => {
            count(context, |counts| if is_first { &counts.encoded } else { &counts.shared });
            Ok(text.answer(context.data_opt::<Written>()))
        }
        Err(Some(error)) => Err(error),
        Err(None) => Ok(value.unwrap_or_default()),
    }
}

/// Where the text is; none if each follower is to be answered by resolvers.
fn resolvable<T>(encoded: &Encoded<T>, selection: Selection) -> Option<Text> {
    // Tests compare with what resolvers say.
    fail::fail_point!("sharing", |_| None);
    encoded.text(selection)
}

fn count(context: &ContextSelectionSet<'_>, counter: impl FnOnce(&Counts) -> &AtomicU64) {
    if let Ok(viewer) = context.data::<Viewer>() {
        counter(viewer.kernel().feeds.counts()).fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::{EmptyMutation, ID, Object, Request, Schema, SimpleObject, Subscription, Variables};
    use futures::{Stream, StreamExt as _};
    use std::fmt::Write as _;

    #[derive(Clone, SimpleObject)]
    struct Event {
        number: i64,
        text: Option<String>,
        id: ID,
    }

    #[derive(SimpleObject)]
    struct Payload {
        events: Vec<Event>,
        newest: Event,
        oldest: Option<Event>,
        cursor: String,
    }

    impl Impersonal for Payload {}

    #[derive(SimpleObject)]
    struct Query {
        nothing: bool,
    }

    /// The batch that all are told of; or a field that fails.
    struct Feed {
        batch: Arc<Encoded<Payload>>,
        shares: bool,
    }

    #[Subscription]
    impl Feed {
        async fn told(&self, context: &Context<'_>, after: Option<String>) -> impl Stream<Item = Told<Payload>> {
            drop(after);
            let selection = Selection::of(context).filter(|_| self.shares);
            futures::stream::iter([Told::new(Given::Shared(self.batch.clone()), selection)])
        }

        async fn failing(&self, context: &Context<'_>) -> impl Stream<Item = Told<Failing>> {
            let selection = Selection::of(context);
            let batch = Arc::new(Encoded::new(Failing));
            futures::stream::iter([(), ()].map(|()| Told::new(Given::Shared(batch.clone()), selection)))
        }
    }

    struct Failing;

    #[Object]
    impl Failing {
        async fn may(&self, context: &Context<'_>) -> Option<bool> {
            context.add_error(async_graphql::ServerError::new("not now", None));
            std::future::ready(None).await
        }
    }

    impl Impersonal for Failing {}

    fn batch() -> Arc<Encoded<Payload>> {
        let event = |number: i64| Event {
            number,
            text: (number % 3 != 0).then(|| format!("line {number} \"quoted\" \u{1F426}\n\u{1b}")),
            id: format!("id-{number}").into(),
        };
        let events = (1..=5).map(event).collect();
        Arc::new(Encoded::new(Payload { events, newest: event(5), oldest: None, cursor: "c5".into() }))
    }

    fn schema(batch: &Arc<Encoded<Payload>>, shares: bool) -> Schema<Query, EmptyMutation, Feed> {
        Schema::build(Query { nothing: true }, EmptyMutation, Feed { batch: batch.clone(), shares }).finish()
    }

    /// The answers as they are written, and whether they were shared.
    async fn answers(schema: &Schema<Query, EmptyMutation, Feed>, query: &str, is: bool) -> Vec<(String, bool)> {
        let variables = Variables::from_json(serde_json::json!({ "is": is }));
        let mut responses = schema.execute_stream(Request::new(query).variables(variables));
        let mut texts = Vec::new();
        while let Some(response) = responses.next().await {
            let Value::Object(members) = &response.data else { panic!("{query}: {response:?}") };
            let text = match members.first().unwrap() {
                (name, Value::Binary(text)) => {
                    let text = std::str::from_utf8(text).unwrap();
                    (format!(r#"{{"data":{{"{name}":{text}}}}}"#), true)
                }
                _ => (serde_json::to_string(&response).unwrap(), false),
            };
            texts.push(text);
        }
        texts
    }

    /// Writes selections: the same ones in each run.
    struct Generator(u64);

    impl Generator {
        fn below(&mut self, most: u64) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 >> 33) % most
        }

        fn fields(&mut self, of: &str, depth: u32) -> String {
            let mut text = "__typename ".to_owned();
            for _ in 0..=self.below(4) {
                let condition =
                    ["", "", "", "@include(if: $is)", "@skip(if: $is)"][usize::try_from(self.below(5)).unwrap()];
                let kind = self.below(if of == "Event" { 4 } else { 6 });
                // An alias says what it stands for, so that no two fields of an answer differ under one name.
                let field = match (of, kind) {
                    (_, 0) if depth > 0 => {
                        format!("... on {of} {condition} {{ {} }}", self.fields(of, depth - 1))
                    }
                    (_, 1) if depth > 0 => format!("... {condition} {{ {} }}", self.fields(of, depth - 1)),
                    ("Event", 2) => format!("n{}: number {condition}", self.below(3)),
                    ("Event", _) => {
                        ["text", "id", "t: text", "...OfEvent"][usize::try_from(self.below(4)).unwrap()].into()
                    }
                    (_, 2) => format!("cursor {condition}"),
                    (_, 3) => "...OfPayload".into(),
                    (_, 4) => format!("oldest {condition} {{ {} }}", self.fields("Event", depth)),
                    _ => {
                        let name = ["events", "newest", "e: events"][usize::try_from(self.below(3)).unwrap()];
                        format!("{name} {{ {} }}", self.fields("Event", depth))
                    }
                };
                write!(text, "{field} ").unwrap();
            }
            text
        }

        fn document(&mut self) -> String {
            let name = ["told", "live: told"][usize::try_from(self.below(2)).unwrap()];
            let (all, payload, event) = (self.fields("Payload", 2), self.below(3), self.below(3));
            format!(
                "subscription($is: Boolean!) {{ {name} {{ {all} ...OfPayload newest @skip(if: $is) {{ ...OfEvent }} }} }}
                 fragment OfPayload on Payload {{ p{payload}: cursor newest {{ ...OfEvent }} }}
                 fragment OfEvent on Event {{ f{event}: number }}"
            )
        }
    }

    #[tokio::test]
    async fn what_is_shared_is_what_resolvers_say_byte_for_byte() {
        let mut generator = Generator(0x9E37_79B9_7F4A_7C15);
        let documents: Vec<String> = (0..300).map(|_| generator.document()).collect();
        let mut different = std::collections::HashSet::new();
        for documents in documents.chunks(3) {
            // All of them of one batch, so that one could be given another's text.
            let batch = batch();
            let (shared, alone) = (schema(&batch, true), schema(&batch, false));
            for (document, is) in documents.iter().flat_map(|document| [(document, true), (document, false)]) {
                let by_resolvers = answers(&alone, document, is).await;
                assert!(!by_resolvers[0].1);
                for _ in 0..2 {
                    let told = answers(&shared, document, is).await;
                    assert_eq!(told, [(by_resolvers[0].0.clone(), true)], "{document}");
                }
                different.insert(by_resolvers[0].0.clone());
            }
        }
        assert!(different.len() > 200, "{}", different.len());
    }

    #[tokio::test]
    async fn a_text_is_made_once_for_a_selection_and_only_so_many_are_kept() {
        let batch = batch();
        let schema = schema(&batch, true);
        let same = ["subscription { told { cursor } }", "subscription Other { a: told(after: \"x\") { cursor } }"];
        for document in same {
            assert!(answers(&schema, document, true).await[0].1);
        }
        assert_eq!(batch.texts.lock().unwrap().len(), 1);
        for number in 0..2 * SELECTIONS_MOST {
            let [(text, is_shared)] =
                &answers(&schema, &format!("subscription {{ told {{ c{number}: cursor }} }}"), true).await[..]
            else {
                panic!()
            };
            assert_eq!(text, &format!(r#"{{"data":{{"told":{{"c{number}":"c5"}}}}}}"#));
            assert_eq!(*is_shared, number + 1 < SELECTIONS_MOST);
        }
        assert_eq!(batch.texts.lock().unwrap().len(), SELECTIONS_MOST);
    }

    #[tokio::test]
    async fn errors_are_everybodys_own() {
        let schema = schema(&batch(), true);
        let told = answers(&schema, "subscription { failing { may } }", true).await;
        assert_eq!(told.len(), 2);
        for (text, is_shared) in told {
            assert!(
                !is_shared && text.contains("not now") && text.contains(r#""data":{"failing":{"may":null}}"#),
                "{text}"
            );
        }
    }
}
