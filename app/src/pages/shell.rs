//! The HTML around every page.

use std::{
    fmt::Write,
    sync::{Arc, LazyLock},
};

use axum::response::{Html, IntoResponse, Response};
use chat::rooms::Beside;
use http::{HeaderValue, StatusCode, header};
use leptos::{
    config::LeptosOptions,
    hydration::{AutoReload, AutoReloadProps},
    prelude::*,
};

use protocol::{RoomUnread, RoomsUnread};

use super::{assets::Assets, escape::escape, visit::Visit, written};
use crate::{
    components::{Layout, PageContext},
    head::Head,
    room::{Address, App, DATA, MESSAGES, PageData, Typed},
};

/// What runs on every page, with and without the WASM module: `page.js` without what is for people.
static SCRIPT: LazyLock<String> = LazyLock::new(|| without_comments(include_str!("page.js")));

/// What runs beside it on living pages.
static MENU: LazyLock<String> = LazyLock::new(|| without_comments(include_str!("../room/menu.js")));

/// A script as it is sent.
pub(super) fn without_comments(script: &str) -> String {
    let lines = script.lines().map(str::trim);
    lines.filter(|line| !line.starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// A page, ready to be sent.
pub struct Page {
    pub(super) status: StatusCode,
    pub(super) html: String,
    /// Where the browser goes instead.
    pub(super) location: Option<HeaderValue>,
    /// Seconds after which what was refused may be tried again.
    pub(super) retry_after: Option<u64>,
}

impl Page {
    fn of(html: String) -> Self {
        Self { status: StatusCode::OK, html, location: None, retry_after: None }
    }

    /// No page, but the way to another one.
    pub(super) fn leading_to(address: &str) -> Self {
        // An address is ASCII that can be printed.
        let location = HeaderValue::try_from(address).ok();
        Self { status: StatusCode::SEE_OTHER, html: String::new(), location, retry_after: None }
    }
}

impl Page {
    /// No page: what was here has another address, for good.
    pub(super) fn moved_to(address: &str) -> Self {
        Self { status: StatusCode::PERMANENT_REDIRECT, ..Self::leading_to(address) }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = (self.status, Html(self.html)).into_response();
        response.headers_mut().extend(self.location.map(|location| (header::LOCATION, location)));
        response.headers_mut().extend(self.retry_after.map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds))));
        response
    }
}

/// A page that the server alone renders.
pub(super) fn render(visit: &Visit, head: &Head, beside: Beside, content: impl FnOnce(PageContext) -> AnyView) -> Page {
    let news = news(&beside.unread);
    let body = in_owner(|| {
        let page = visit.context(beside);
        let content = content(page);
        view! { <Layout page>{content}</Layout> }.to_html()
    });
    Page::of(shell(visit, head, &[" data-document", &news].concat(), &body, ""))
}

/// A part of a page, which a script asks for.
pub(super) fn fragment(content: impl FnOnce() -> AnyView) -> Page {
    Page::of(in_owner(|| content().to_html()))
}

/// A page that the browser brings to life, from the same data.
/// `typed` is what was sent from its composer without a script and refused.
pub(super) fn living(visit: &Visit, head: &Head, address: Address, mut data: PageData, typed: Option<Typed>) -> Page {
    let news = news(&data.news);
    let messages = std::mem::take(&mut data.page.messages);
    // What stands in a thread is read by few: it is not kept in the place of its room.
    let json: Arc<str> = match data.page.root {
        Some(_) => written::json(&messages).into(),
        None => written::messages(data.page.room.id, &messages),
    };
    let start = start(visit, &written::json(&data), &json);
    data.page.messages = messages;
    let body = in_owner(|| {
        if let Some(typed) = typed {
            provide_context(typed);
        }
        App::new(data, address, visit.here().to_owned(), visit.theme()).view().to_html()
    });
    Page::of(shell(visit, head, &news, &body, &[still(visit), start].concat()))
}

/// How much is new, and when nobody is to be disturbed, for the page's script.
fn news(unread: &RoomsUnread) -> String {
    let count: u64 = unread.rooms.iter().map(RoomUnread::weight).sum();
    let count = if count > 0 { format!(" data-unread=\"{count}\"") } else { String::new() };
    let quiet = if unread.quiet.is_never() { String::new() } else { format!(" data-quiet=\"{}\"", unread.quiet) };
    [count, quiet].concat()
}

/// Renders where signals may be made, and lets go of them.
fn in_owner(render: impl FnOnce() -> String) -> String {
    let owner = Owner::new_root(None);
    let html = owner.with(render);
    owner.unset_with_forced_cleanup();
    html
}

/// The document. Nothing is painted before the whole body is there (`rel="expect"`): a room stands at its end, so what is painted
/// earlier would move up with each message that trickles in.
fn shell(visit: &Visit, head: &Head, kind: &str, body: &str, start: &str) -> String {
    let Assets { css, .. } = &visit.assets;
    let (theme, nonce, reload, script) = (visit.theme(), &visit.nonce, reload(visit), &*SCRIPT);
    let mut html = String::with_capacity(body.len() + start.len() + 4_096);
    let theme_attribute = theme.attribute().map(|theme| format!(" data-theme=\"{theme}\"")).unwrap_or_default();
    // Writing to a String cannot fail.
    let _ = write!(
        html,
        "<!DOCTYPE html><html lang=\"en\"{theme_attribute}{kind}><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, interactive-widget=resizes-content\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"{css}\"><link rel=\"expect\" href=\"#whole\" blocking=\"render\">",
        title = escape(&head.title(&visit.house().name)),
    );
    let late = written::json(&visit.assets.late);
    for tag in &head.tags {
        let (element, attributes) = tag.parts();
        let _ = write!(html, "<{element}");
        for (name, value) in attributes {
            let _ = write!(html, " {name}=\"{}\"", escape(value));
        }
        html.push('>');
    }
    for (media, color) in theme.colors() {
        let _ = write!(html, "<meta name=\"theme-color\" content=\"{color}\"{media}>");
    }
    let icons = icons(visit);
    let _ = write!(
        html,
        "{icons}{reload}</head>\
         <body>{body}<script type=\"module\" nonce=\"{nonce}\">const late = {late};\n{script}</script>{start}</body></html>"
    );
    html
}

/// What tabs, home screens and installed pages show: the icon of the house, or that of Snug.
fn icons(visit: &Visit) -> String {
    match visit.house().icon_address() {
        // An etag is letters, digits, `-` and `_`.
        Some(icon) => format!(
            "<link rel=\"icon\" href=\"{icon}\" sizes=\"256x256\"><link rel=\"apple-touch-icon\" href=\"{icon}\">\
             <link rel=\"manifest\" href=\"{icon}/manifest.webmanifest\">"
        ),
        None => "<link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
                 <link rel=\"apple-touch-icon\" href=\"/apple-touch-icon.png\"><link rel=\"manifest\" href=\"/manifest.webmanifest\">"
            .to_owned(),
    }
}

/// What is said while the page does not change by itself. The style sheet shows it where scripts are off, and where none has come after a
/// while.
fn still(visit: &Visit) -> String {
    let here = visit.uri.path_and_query().map_or("/", |address| address.as_str());
    format!(
        "<p class=\"still\" role=\"status\">This page is not live: its script is off, or did not come. You can read and send; \
         <a href=\"{here}\" rel=\"external\">reload it</a> to see what is new. Times are in {zone}.</p>",
        here = escape(here),
        zone = zone_name(visit.zone()),
    )
}

/// `UTC+05:30`
fn zone_name(minutes_east: i32) -> String {
    match minutes_east {
        0 => "UTC".to_owned(),
        minutes => {
            let sign = if minutes < 0 { '−' } else { '+' };
            format!("UTC{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
        }
    }
}

/// Brings the page to life once the browser says that it has painted it, so that nothing of this stands in the way of the first sight. A
/// page that nobody sees is not painted, and starts at once; where nothing is said, after a second.
fn start(visit: &Visit, data: &str, messages: &str) -> String {
    let Assets { js, wasm, late, .. } = &visit.assets;
    let (nonce, menu) = (&visit.nonce, &*MENU);
    // Nobody shows a guest who is there.
    let presence = visit.caller.session.as_ref().and_then(|_| late.get("presence.js"));
    let presence =
        presence.map(|address| format!("fetch({address:?}).then(() => import({address:?}), () => {{}}); ")).unwrap_or_default();
    format!(
        "<script id=\"{DATA}\" type=\"application/json\">{data}</script>\
         <script id=\"{MESSAGES}\" type=\"application/json\">{messages}</script><script type=\"module\" nonce=\"{nonce}\">{menu}</script><script type=\"module\" nonce=\"{nonce}\">\
         async function start() {{ const wasm = fetch({wasm:?}), {{ default: init, hydrate }} = await import({js:?}); \
         await init({{ module_or_path: wasm }}); hydrate(); {presence}}} \
         const live = () => start().catch((error) => {{ document.documentElement.dataset.still = \"\"; throw error; }}); \
         let begun = document.hidden; const begin = () => {{ if (!begun) live(); begun = true; }}; \
         if (begun) live(); else {{ new PerformanceObserver(begin).observe({{ type: \"paint\", buffered: true }}); \
         setTimeout(begin, 1000); }}</script>"
    )
}

/// The script of cargo-leptos that shows a change at once, while it watches the sources.
fn reload(visit: &Visit) -> String {
    let Some(port) = visit.assets.reload_port else { return String::new() };
    in_owner(|| {
        provide_context(visit.nonce.clone());
        let options = LeptosOptions::builder().output_name("snug").reload_port(port).build();
        AutoReload(AutoReloadProps::builder().options(options).build()).to_html()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_named_by_their_distance() {
        assert_eq!([0, 120, 330, -210].map(zone_name), ["UTC", "UTC+02:00", "UTC+05:30", "UTC−03:30"]);
    }
}
