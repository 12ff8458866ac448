//! A client of the API over HTTP.

use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap};
use serde_json::{Value, json};

/// Sends operations, as somebody or as nobody.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    address: String,
    token: Option<String>,
    cookie: Option<String>,
    /// How it calls itself: headers, and members of a socket's `connection_init`.
    names: Vec<(&'static str, String)>,
    traceparent: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

/// What became of a mutation.
#[derive(Debug)]
pub enum Outcome {
    /// It was done: the payload.
    Done(Value),
    /// A person got something wrong: the code of each user error, and its field.
    Refused(Vec<(String, String)>, Value),
    /// It was not for this client: the first error's code.
    Denied(String, String),
}

impl Client {
    pub fn new(address: &str, token: Option<String>) -> Self {
        // Tests reach loopback only, and not through anybody else.
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { http, address: address.to_owned(), token, cookie: None, names: Vec::new(), traceparent: None }
    }

    /// The same person by the session cookie `name=value` instead of the token.
    pub fn with_cookie(&self, cookie: &str) -> Self {
        Self { token: None, cookie: Some(cookie.to_owned()), ..self.clone() }
    }

    /// The same person by a client that calls itself so.
    pub fn named(&self, name: &str, version: &str) -> Self {
        let names = vec![("graphql-client-name", name.to_owned()), ("graphql-client-version", version.to_owned())];
        Self { names, ..self.clone() }
    }

    /// As [`Client::named`], in the words of other clients.
    pub fn named_as_apollo(&self, name: &str, version: &str) -> Self {
        let members = ["apollographql-client-name", "apollographql-client-version"];
        Self { names: members.into_iter().zip([name, version].map(str::to_owned)).collect(), ..self.clone() }
    }

    /// The same client as a part of this trace.
    pub fn in_trace(&self, traceparent: &str) -> Self {
        Self { traceparent: Some(traceparent.to_owned()), ..self.clone() }
    }

    pub fn names(&self) -> &[(&'static str, String)] {
        &self.names
    }

    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// Gets a path.
    pub async fn get(&self, path: &str) -> reqwest::Response {
        self.http.get(format!("http://{}{path}", self.address)).send().await.unwrap()
    }

    /// Sends a document.
    pub async fn send(&self, query: &str, variables: Value) -> Answer {
        self.post(&json!({ "query": query, "variables": variables })).await
    }

    /// Posts the members of a request.
    pub async fn post(&self, members: &Value) -> Answer {
        answer(self.message().json(members)).await
    }

    /// Sends the members of a request, all of them texts, in the URL.
    pub async fn get_with(&self, members: &[(&str, &str)]) -> Answer {
        let mut url = reqwest::Url::parse(&format!("http://{}/graphql", self.address)).unwrap();
        url.query_pairs_mut().extend_pairs(members);
        answer(self.said_by(self.http.get(url))).await
    }

    /// A message that says who sends it.
    pub fn message(&self) -> reqwest::RequestBuilder {
        self.said_by(self.http.post(format!("http://{}/graphql", self.address)))
    }

    fn said_by(&self, mut request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        for (name, value) in &self.names {
            request = request.header(*name, value);
        }
        if let Some(traceparent) = &self.traceparent {
            request = request.header("traceparent", traceparent);
        }
        request
    }

    /// Carries out a mutation on a server that may die of it: whether an answer came.
    pub async fn mutate_at_its_peril(&self, name: &str, input: Value) -> bool {
        let kind = name[..1].to_uppercase() + &name[1..];
        let query = format!("mutation($input: {kind}Input!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}");
        let request = self.message().json(&json!({ "query": query, "variables": { "input": input } }));
        request.send().await.is_ok_and(|response| response.status() == 200)
    }

    /// The data of a query that succeeds.
    pub async fn query(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.send(query, variables).await;
        assert!(answer.body["errors"].is_null(), "{query}\n{:#}", answer.body);
        answer.body["data"].take()
    }

    /// The first error's code of a document that fails.
    pub async fn error(&self, query: &str, variables: Value) -> String {
        let answer = self.send(query, variables).await;
        answer.code().unwrap_or_else(|| panic!("{query}\nhad no error: {:#}", answer.body))
    }

    /// Carries out one mutation with its `input`, asking for `selection` of its payload.
    pub async fn mutate(&self, name: &str, input: Value, selection: &str) -> Outcome {
        let kind = name[..1].to_uppercase() + &name[1..];
        let document = format!(
            "mutation($input: {kind}Input!) {{ {name}(input: $input) {{ {selection} userErrors {{ code field message }} }} }}"
        );
        let mut answer = self.send(&document, json!({ "input": input })).await;
        if let Some(code) = answer.code() {
            return Outcome::Denied(code, answer.body["errors"][0]["message"].to_string());
        }
        let payload = answer.body["data"][name].take();
        let errors = payload["userErrors"].as_array().unwrap_or_else(|| panic!("{:#}", answer.body));
        if errors.is_empty() {
            return Outcome::Done(payload);
        }
        let told = errors.iter().map(|error| {
            let path = error["field"].as_array().map(Vec::as_slice).unwrap_or_default();
            let path: Vec<&str> = path.iter().filter_map(Value::as_str).collect();
            (error["code"].as_str().unwrap().to_owned(), path.join("."))
        });
        Outcome::Refused(told.collect(), payload.clone())
    }
}

async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"));
    Answer { status, headers, body }
}

impl Answer {
    /// The status and the body, without what is left to ask for, which each answer lessens.
    pub fn comparable(&self) -> (u16, Value) {
        let mut body = self.body.clone();
        if let Some(cost) = body["extensions"]["cost"].as_object_mut() {
            cost.remove("remaining");
            cost.remove("resetAt");
        }
        (self.status, body)
    }

    /// The first error's code.
    pub fn code(&self) -> Option<String> {
        let code = self.body["errors"].get(0)?["extensions"]["code"].as_str();
        Some(code.unwrap_or_else(|| panic!("an error without a code: {:#}", self.body)).to_owned())
    }
}

impl Outcome {
    /// The payload of what was done.
    #[track_caller]
    pub fn done(self) -> Value {
        match self {
            Self::Done(payload) => payload,
            Self::Denied(code, message) => panic!("{code}: {message}"),
            other => panic!("{other:#?}"),
        }
    }

    /// Whether it was done.
    pub const fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }

    /// The user errors, as `CODE field`, in alphabetical order.
    #[track_caller]
    pub fn refused(self) -> Vec<String> {
        match self {
            Self::Refused(errors, _) => {
                let mut told: Vec<String> =
                    errors.into_iter().map(|(code, field)| format!("{code} {field}").trim_end().to_owned()).collect();
                told.sort();
                told
            }
            other => panic!("{other:#?}"),
        }
    }

    /// The first user error's message.
    #[track_caller]
    pub fn message(&self) -> &str {
        match self {
            Self::Refused(_, payload) => payload["userErrors"][0]["message"].as_str().unwrap(),
            other => panic!("{other:#?}"),
        }
    }

    /// The error's code.
    #[track_caller]
    pub fn denied(self) -> String {
        match self {
            Self::Denied(code, _) => code,
            other => panic!("{other:#?}"),
        }
    }
}
