//! A collector of traces on loopback: OTLP over HTTP.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What was received.
#[derive(Clone)]
pub struct Collector {
    pub endpoint: String,
    received: Arc<Mutex<Vec<Vec<u8>>>>,
}

/// A span, with its attributes by name.
#[derive(Debug)]
pub struct Seen {
    pub name: String,
    pub trace_id: String,
    pub span_id: String,
    pub parent: String,
    pub attributes: BTreeMap<String, String>,
    /// 0 unset, 2 error.
    pub status: i32,
}

impl Collector {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::new(Mutex::new(Vec::new()));
        let inbox = Arc::clone(&received);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&inbox)));
            }
        });
        Self { endpoint, received }
    }

    /// Everything that was sent, as it was.
    pub fn bytes(&self) -> Vec<u8> {
        self.received.lock().unwrap().concat()
    }

    /// The spans, and the name of the service that sent them.
    pub fn spans(&self) -> Vec<(String, Seen)> {
        let mut spans = Vec::new();
        for body in self.received.lock().unwrap().iter() {
            let request = ExportTraceServiceRequest::decode(body.as_slice()).expect("OTLP");
            for resource in request.resource_spans {
                let attributes = texts(resource.resource.unwrap().attributes);
                for scope in resource.scope_spans {
                    spans.extend(scope.spans.into_iter().map(|span| (attributes["service.name"].clone(), seen(span))));
                }
            }
        }
        spans
    }
}

fn seen(span: Span) -> Seen {
    assert_eq!(span.kind, 2, "a server's span: {span:?}");
    assert!(span.events.is_empty() && span.links.is_empty());
    assert!(span.end_time_unix_nano >= span.start_time_unix_nano && span.start_time_unix_nano > 0);
    Seen {
        name: span.name,
        trace_id: hex(&span.trace_id),
        span_id: hex(&span.span_id),
        parent: hex(&span.parent_span_id),
        attributes: texts(span.attributes),
        status: span.status.map_or(0, |status| status.code),
    }
}

fn texts(attributes: Vec<KeyValue>) -> BTreeMap<String, String> {
    let text = |value: AnyValue| match value.value.unwrap() {
        Value::StringValue(text) => text,
        Value::IntValue(number) => number.to_string(),
        other => panic!("{other:?}"),
    };
    attributes.into_iter().map(|attribute| (attribute.key, text(attribute.value.unwrap()))).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Takes requests of one connection.
async fn serve(stream: TcpStream, inbox: Arc<Mutex<Vec<Vec<u8>>>>) {
    let mut stream = BufReader::new(stream);
    loop {
        let (mut first, mut length, mut is_protobuf) = (String::new(), 0, false);
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or_default() == 0 {
                return;
            }
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            length = line.strip_prefix("content-length: ").map_or(length, |length| length.parse().unwrap());
            is_protobuf |= line == "content-type: application/x-protobuf";
            if first.is_empty() {
                first = line;
            }
        }
        assert_eq!((first.as_str(), is_protobuf), ("post /v1/traces http/1.1", true));
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.unwrap();
        inbox.lock().unwrap().push(body);
        let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}
