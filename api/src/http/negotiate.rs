//! Which media types a request sends and takes.

use super::answer::Media;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE};

/// Whether the body is JSON. Nothing else is taken: a foreign page can make a browser send other types unasked.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let mut parts = value.split(';').map(str::trim);
    parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"))
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.eq_ignore_ascii_case("charset") => {
                value.trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            _ => true,
        })
}

/// The answer's media type by `Accept`; none if the client takes none. All but JSON have to be asked for by name.
pub(super) fn wanted(headers: &HeaderMap) -> Option<Media> {
    let mut best: Option<(f32, Media)> = None;
    let mut is_asked = false;
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    for range in values.flat_map(|value| value.split(',')).map(str::trim).filter(|range| !range.is_empty()) {
        is_asked = true;
        let mut parts = range.split(';').map(str::trim);
        let media = match parts.next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "application/graphql-response+json" => Media::GraphqlResponse,
            "text/event-stream" => Media::EventStream,
            "application/json" | "application/*" | "*/*" => Media::Json,
            _ => continue,
        };
        let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |text| text.parse().ok());
        let quality = quality.filter(|quality| *quality > 0.0);
        if let Some(quality) = quality.filter(|quality| best.is_none_or(|(other, _)| *quality > other)) {
            best = Some((quality, media));
        }
    }
    if is_asked { best.map(|(_, media)| media) } else { Some(Media::Json) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn with(name: axum::http::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn the_answer_is_what_the_client_accepts() {
        assert_eq!(wanted(&HeaderMap::new()), Some(Media::Json));
        for (accept, media) in [
            ("*/*", Some(Media::Json)),
            ("application/json", Some(Media::Json)),
            ("application/graphql-response+json", Some(Media::GraphqlResponse)),
            ("application/graphql-response+json; charset=utf-8, application/json; q=0.9", Some(Media::GraphqlResponse)),
            ("application/json; q=0.5, application/graphql-response+json", Some(Media::GraphqlResponse)),
            ("text/html, */*;q=0.1", Some(Media::Json)),
            ("application/json;q=0", None),
            ("text/event-stream", Some(Media::EventStream)),
            ("text/event-stream, application/json;q=0.5", Some(Media::EventStream)),
            ("text/html", None),
        ] {
            assert_eq!(wanted(&with(ACCEPT, accept)), media, "{accept}");
        }
    }

    #[test]
    fn only_json_is_taken() {
        for right in ["application/json", "Application/JSON; charset=UTF-8", "application/json;charset=\"utf-8\""] {
            assert!(is_json(&with(CONTENT_TYPE, right)), "{right}");
        }
        for wrong in ["text/plain", "multipart/form-data", "application/json; charset=utf-16", "application/jsonp"] {
            assert!(!is_json(&with(CONTENT_TYPE, wrong)), "{wrong}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
