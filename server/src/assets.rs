//! The site inside the binary: scripts, WASM, styles, icons. What stands under `pkg` or `late` has its hash in its address and never
//! changes there; the rest is asked for again with its ETag.

use std::{borrow::Cow, collections::HashMap, fmt::Write as _, sync::Arc};

use app::pages::{Assets, LATE};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use rust_embed::RustEmbed;

use crate::{compression::accepts, etag, reload};

const FOREVER: &str = "public, max-age=31536000, immutable";
const AN_HOUR: &str = "public, max-age=3600";
const ASK_AGAIN: &str = "no-cache";

/// The files that `scripts/site.mjs` made, with their compressed twins. Debug builds read them from the disk when they start.
#[derive(RustEmbed)]
#[folder = "../target/site"]
struct Embedded;

/// A file as it was built.
pub struct SourceFile {
    /// Path below the site's root, such as `pkg/snug.js`.
    pub path: String,
    /// Content.
    pub data: Bytes,
    /// SHA-256 of the content.
    pub sha256: [u8; 32],
}

impl SourceFile {
    fn embedded(path: &str) -> Option<Self> {
        let file = Embedded::get(path)?;
        let data = match file.data {
            Cow::Borrowed(data) => Bytes::from_static(data),
            Cow::Owned(data) => data.into(),
        };
        Some(Self { path: path.to_owned(), data, sha256: file.metadata.sha256_hash() })
    }
}

/// A file as it is served.
#[derive(Clone)]
struct Asset {
    content_type: &'static str,
    cache: &'static str,
    hash: String,
    identity: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

/// Every file of the site by its address.
pub struct Site {
    /// `None`: read from the disk at each request.
    assets: Option<HashMap<String, Asset>>,
    links: Assets,
}

impl Site {
    /// The site that was built into the binary; the one on the disk as it is at each request, while `cargo leptos watch` changes it.
    #[must_use]
    pub fn built_in() -> Self {
        if reload::port().is_some() {
            return Self { assets: None, links: links(|folder, name| format!("/{folder}/{name}")) };
        }
        Self::of(Embedded::iter().filter_map(|path| SourceFile::embedded(&path)))
    }

    /// A site of these files.
    #[must_use]
    pub fn of(files: impl IntoIterator<Item = SourceFile>) -> Self {
        let files: HashMap<_, _> = files.into_iter().map(|file| (file.path.clone(), file)).collect();
        let mut assets = HashMap::new();
        for (path, file) in &files {
            if path.ends_with(".br") || path.ends_with(".gz") {
                continue;
            }
            let twin = |ending: &str| files.get(&format!("{path}{ending}")).map(|file| file.data.clone());
            let asset = Asset::new(file, twin(".br"), twin(".gz"));
            if is_hashed(path) {
                assets.insert(hashed(path, &asset.hash), Asset { cache: FOREVER, ..asset.clone() });
            }
            assets.insert(format!("/{path}"), asset);
        }
        let links = links(|folder, name| {
            let path = format!("{folder}/{name}");
            files.get(&path).map_or_else(|| format!("/{path}"), |file| hashed(&path, &short_hash(&file.sha256)))
        });
        Self { assets: Some(assets), links }
    }

    /// The addresses that pages link.
    #[must_use]
    pub fn links(&self) -> Assets {
        self.links.clone()
    }

    fn get(&self, path: &str) -> Option<Cow<'_, Asset>> {
        match &self.assets {
            Some(assets) => assets.get(path).map(Cow::Borrowed),
            None => SourceFile::embedded(path.strip_prefix('/')?).map(|file| Cow::Owned(Asset::new(&file, None, None))),
        }
    }
}

impl Asset {
    fn new(file: &SourceFile, brotli: Option<Bytes>, gzip: Option<Bytes>) -> Self {
        let cache = if is_hashed(&file.path) { ASK_AGAIN } else { AN_HOUR };
        let hash = short_hash(&file.sha256);
        Self { content_type: content_type(&file.path), cache, hash, identity: file.data.clone(), brotli, gzip }
    }

    fn answer(&self, headers: &HeaderMap) -> Response {
        let (coding, data) = match (&self.brotli, &self.gzip) {
            (Some(data), _) if accepts(headers, "br") => (Some("br"), data),
            (_, Some(data)) if accepts(headers, "gzip") => (Some("gzip"), data),
            _ => (None, &self.identity),
        };
        // Each coding is a representation of its own and needs its own tag (RFC 9110, 8.8.3.3).
        let etag = format!("\"{}-{}\"", self.hash, coding.unwrap_or("id"));
        let mut response = if etag::is_known(headers, &etag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            with_body(data.clone(), self.content_type, coding)
        };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.cache));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.extend(HeaderValue::try_from(etag).ok().map(|etag| (header::ETAG, etag)));
        response
    }
}

/// Answers with a file of the site where there is one.
pub(crate) async fn serve(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    match site.get(request.uri().path()).filter(|_| reads) {
        Some(asset) => asset.answer(request.headers()),
        None => next.run(request).await,
    }
}

fn with_body(data: Bytes, content_type: &'static str, coding: Option<&'static str>) -> Response {
    let mut response = ([(header::CONTENT_TYPE, content_type)], data).into_response();
    if let Some(coding) = coding {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}

fn links(address: impl Fn(&str, &str) -> String) -> Assets {
    let built = |name| address("pkg", name);
    let late = LATE.into_iter().map(|name| (name, address("late", name))).collect();
    Assets { js: built("snug.js"), wasm: built("snug.wasm"), css: built("snug.css"), late, reload_port: reload::port() }
}

/// What the build makes, and what comes when one reaches for it.
fn is_hashed(path: &str) -> bool {
    path.starts_with("pkg/") || path.starts_with("late/")
}

/// 64 bits of the hash: enough to tell the builds of one file apart.
fn short_hash(sha256: &[u8; 32]) -> String {
    sha256.iter().take(8).fold(String::with_capacity(16), |mut hash, byte| {
        let _ = write!(hash, "{byte:02x}");
        hash
    })
}

/// `pkg/snug.js` → `/pkg/snug.0123456789abcdef.js`
fn hashed(path: &str, hash: &str) -> String {
    match path.rsplit_once('.') {
        Some((stem, extension)) => format!("/{stem}.{hash}.{extension}"),
        None => format!("/{path}.{hash}"),
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
