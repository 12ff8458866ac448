//! The app's files, from memory; and the app itself for every page's address.

use super::Web;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use memory_serve::{Asset, CacheControl, MemoryServe};
use tower::ServiceExt as _;

/// Where files lie whose names change with their contents.
pub(super) const HASHED: &str = "/assets/";
const INDEX: &str = "/index.html";
const PAGES: [(&str, &str); 1] = [("/graphiql", "/graphiql.html")];

static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/app_assets.rs"));

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Rookery</title>\
<h1>The app is not built into this server</h1><p>Run <code>npm ci</code> and <code>npm run build</code> in \
<code>frontend</code>, then build the server again, or <code>make build</code> for both. The API at \
<code>/graphql</code> works without it.</p>";

/// The files, and the app for whatever else a browser asks to show.
pub(super) fn router() -> Router<Web> {
    let files = MemoryServe::new(ASSETS)
        .index_file(None)
        // Compressing everything a second way at each start costs more than it saves: what cannot do brotli is rare.
        .enable_gzip(false)
        .html_cache_control(CacheControl::NoCache)
        .cache_control(CacheControl::NoCache)
        .into_router::<()>();
    let pages = files.clone();
    Router::new()
        .fallback(move |request: Request| page(pages.clone(), request))
        .merge(files.with_state(()))
        .layer(from_fn(cache))
}

async fn page(files: Router, request: Request) -> Response {
    let path = request.uri().path().trim_end_matches('/');
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_page = path.is_empty() || PAGES.iter().any(|(page, _)| *page == path);
    if !is_read || !(is_page || accepts_html(request.headers())) {
        return (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response();
    }
    if ASSETS.is_empty() {
        return ([(CONTENT_TYPE, "text/html; charset=utf-8")], NOT_BUILT).into_response();
    }
    let file = PAGES.iter().find(|(page, _)| *page == path).map_or(INDEX, |(_, file)| file);
    let (mut parts, _) = request.into_parts();
    parts.uri = Uri::from_static(file);
    match files.oneshot(Request::from_parts(parts, Body::empty())).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

fn accepts_html(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|range| {
        let kind = range.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("text/html")
    })
}

async fn cache(request: Request, next: Next) -> Response {
    let is_hashed = request.uri().path().starts_with(HASHED);
    let mut response = next.run(request).await;
    if is_hashed && (response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED) {
        let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
        response.headers_mut().insert(CACHE_CONTROL, forever);
    }
    response
}
