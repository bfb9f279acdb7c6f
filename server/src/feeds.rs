//! What programs read that are no clients: the Atom feed of a room (RFC 4287), the map of the site, `robots.txt`, oEmbed. They are given what a
//! guest may read, whoever asks.

use std::fmt::Write;

use axum::{
    Json, Router,
    extract::{Path, Query, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::get,
};
use chat::{Actor, messages, rooms};
use protocol::{ErrorCode, Message, Room, RoomRef, Seq, Window, markdown};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    AppState,
    answers::{Door, Refusal},
    caller::Client,
    etag,
    hosts::Host,
};

/// Characters of a title.
const TITLE_MAX: usize = 80;
/// Seconds for which the answer of oEmbed may be kept: what is deleted is gone soon.
const EMBED_SECONDS: u32 = 300;
const ATOM: &str = "application/atom+xml; charset=utf-8";

/// The addresses of what is no room's.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/robots.txt", get(robots)).route("/sitemap.xml", get(sitemap)).route("/oembed", get(oembed))
}

/// Says to those who look for pages that they are to list none, where the house does not want it.
pub(crate) async fn keep_out(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if !state.chat.settings().indexing {
        response.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
    }
    response
}

/// Scheme and host that were asked for.
fn origin(request: &Request) -> String {
    let secure = request.extensions().get::<Client>().is_some_and(|client| client.secure);
    let host = request.extensions().get::<Host>().map(ToString::to_string).unwrap_or_default();
    [if secure { "https://" } else { "http://" }, &host].concat()
}

async fn robots(State(state): State<AppState>, request: Request) -> Response {
    let text = if state.chat.settings().indexing {
        format!(
            "# Public rooms are for everyone; forms and interfaces are not pages.\nUser-agent: *\nDisallow: /api/\nDisallow: /hooks/\n\
             Disallow: /login\nDisallow: /register\nDisallow: /rooms/new\nSitemap: {}/sitemap.xml\n",
            origin(&request)
        )
    } else {
        "User-agent: *\nDisallow: /\n".to_owned()
    };
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=3600")], text).into_response()
}

async fn sitemap(State(state): State<AppState>, request: Request) -> Response {
    if !state.chat.settings().indexing {
        return Door::Page.refuse(ErrorCode::NotFound);
    }
    let rooms = match rooms::listed(&state.chat).await {
        Ok(rooms) => rooms,
        Err(error) => return Refusal::from(error).at(Door::Page),
    };
    let origin = xml(&origin(&request));
    let mut map = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    let _ = writeln!(map, "<url><loc>{origin}/</loc></url>");
    for room in rooms {
        let _ = writeln!(map, "<url><loc>{origin}/r/{}</loc></url>", xml(&room.slug));
    }
    map.push_str("</urlset>\n");
    ([(header::CONTENT_TYPE, "application/xml; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=300")], map)
        .into_response()
}

/// The newest messages of a public room: `/r/{slug}/feed.atom`.
pub(crate) async fn feed(State(state): State<AppState>, Path(slug): Path<String>, request: Request) -> Response {
    let page = match messages::page(&state.chat, Actor::Guest, &RoomRef::from(slug.clone()), Window::Latest).await {
        Ok(page) => page,
        // A room that is for people with an account has none, as if it were not there.
        Err(error) if matches!(error.public().code, ErrorCode::NotAuthenticated | ErrorCode::NotAMember) => {
            return Door::Page.refuse(ErrorCode::NotFound);
        }
        Err(error) => return Refusal::from(error).at(Door::Page),
    };
    let origin = origin(&request);
    if page.room.slug != slug {
        let place = [&origin, "/r/", &page.room.slug, "/feed.atom"].concat();
        return (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, place)]).into_response();
    }
    let there: Vec<_> = page.messages.iter().filter(|message| !message.deleted).map(|message| &**message).collect();
    let changed = there.iter().map(|message| message.edited_at.unwrap_or(message.at)).max().unwrap_or(0);
    let atom = atom(&state.chat.settings().name, &origin, &page.room, &there, changed);
    let hash = Sha256::digest(atom.as_bytes());
    let etag = format!("\"{}\"", hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>());
    let headers = [
        (header::ETAG, etag.clone()),
        (header::LAST_MODIFIED, chat::http_date(changed)),
        (header::CONTENT_TYPE, ATOM.to_owned()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    // Only the hash says whether it is the same: a deletion changes it, and no time.
    if etag::is_known(request.headers(), &etag) {
        (StatusCode::NOT_MODIFIED, headers).into_response()
    } else {
        (headers, atom).into_response()
    }
}

fn atom(house: &str, origin: &str, room: &Room, messages: &[&Message], changed: i64) -> String {
    let (origin, slug) = (xml(origin), xml(&room.slug));
    let mut atom = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"{origin}/\">\n\
         <id>urn:uuid:{id}</id>\n<title>{title}</title>\n<subtitle>{topic}</subtitle>\n<updated>{updated}</updated>\n\
         <link rel=\"self\" type=\"application/atom+xml\" href=\"{origin}/r/{slug}/feed.atom\"/>\n\
         <link rel=\"alternate\" type=\"text/html\" href=\"{origin}/r/{slug}\"/>\n",
        id = room.id,
        title = xml(&[&room.name, " · ", house].concat()),
        topic = xml(&room.topic),
        updated = chat::rfc3339(changed),
    );
    for message in messages.iter().rev() {
        let html = markdown::render_with(&message.body, &message.mentions, None);
        let _ = writeln!(
            atom,
            "<entry>\n<id>urn:uuid:{id}</id>\n<title>{title}</title>\n<published>{published}</published>\n<updated>{updated}</updated>\n\
             <author><name>{author}</name></author>\n<link rel=\"alternate\" type=\"text/html\" href=\"{origin}/r/{slug}/m/{seq}\"/>\n\
             <content type=\"html\">{content}</content>\n</entry>",
            id = message.id,
            title = xml(&markdown::excerpt(&message.body, TITLE_MAX)),
            published = chat::rfc3339(message.at),
            updated = chat::rfc3339(message.edited_at.unwrap_or(message.at)),
            author = xml(&message.author.in_sentence()),
            seq = message.seq,
            content = xml(&html),
        );
    }
    atom.push_str("</feed>\n");
    atom
}

/// Text within XML, without the characters that XML 1.0 (2.2) cannot hold.
fn xml(text: &str) -> String {
    let mut xml = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\'' => xml.push_str("&#39;"),
            '\t' | '\n' => xml.push(c),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c < ' ' => {}
            c => xml.push(c),
        }
    }
    xml
}

#[derive(Deserialize)]
struct Embedding {
    #[serde(default)]
    url: String,
    format: Option<String>,
}

/// A link with what it leads to (oembed.com, 2.3.4.3).
#[derive(Serialize)]
struct Embed {
    version: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    author_name: Option<String>,
    provider_name: String,
    provider_url: String,
    cache_age: u32,
}

/// What an address of a room or a message leads to: `/oembed?url=…`.
async fn oembed(State(state): State<AppState>, request: Request) -> Response {
    let Ok(Query(Embedding { url, format })) = Query::try_from_uri(request.uri()) else {
        return Door::Rest.refuse(ErrorCode::BadRequest);
    };
    if format.is_some_and(|format| format != "json") {
        return Door::Rest.refuse_with(StatusCode::NOT_IMPLEMENTED, &ErrorCode::BadRequest.into());
    }
    match embed(&state, &url, &origin(&request)).await {
        Ok(embed) => ([(header::CACHE_CONTROL, format!("public, max-age={EMBED_SECONDS}"))], Json(embed)).into_response(),
        Err(error) => match error.public().code {
            ErrorCode::NotAuthenticated | ErrorCode::NotAMember => Door::Rest.refuse(ErrorCode::NotFound),
            _ => Refusal::from(error).at(Door::Rest),
        },
    }
}

async fn embed(state: &AppState, url: &str, origin: &str) -> Result<Embed, chat::Error> {
    let (room, seq) = named(url, origin).ok_or(ErrorCode::NotFound)?;
    let window = seq.map_or(Window::Latest, Window::Around);
    let page = messages::page(&state.chat, Actor::Guest, &room, window).await?;
    let message = match seq {
        Some(seq) => {
            let found = page.messages.iter().find(|message| message.seq == seq && !message.deleted);
            Some(found.ok_or(ErrorCode::NotFound)?)
        }
        None => None,
    };
    let name = &page.room.name;
    let author = message.map(|message| message.author.in_sentence());
    let title = match (message, &author) {
        (Some(message), Some(author)) => [author, " in ", name, ": ", &markdown::excerpt(&message.body, TITLE_MAX)].concat(),
        _ => name.clone(),
    };
    let (provider_name, provider_url) = (state.chat.settings().name.clone(), origin.to_owned());
    Ok(Embed { version: "1.0", kind: "link", title, author_name: author, provider_name, provider_url, cache_age: EMBED_SECONDS })
}

/// The room and the message that an address of this server names.
fn named(url: &str, origin: &str) -> Option<(RoomRef, Option<Seq>)> {
    let path = url.strip_prefix(origin)?.strip_prefix("/r/")?;
    let path = path.split(['?', '#']).next()?;
    let mut parts = path.trim_end_matches('/').split('/');
    let room = RoomRef::from(parts.next()?.to_owned());
    match (parts.next(), parts.next(), parts.next()) {
        (None, None, None) => Some((room, None)),
        (Some("m" | "t"), Some(seq), None) => Some((room, Some(seq.parse().ok()?))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_holds_any_text() {
        assert_eq!(xml("<a href=\"x\">'&'</a>\u{1}\u{ffff}\n"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;\n");
    }

    #[test]
    fn only_own_addresses_name_something() {
        let origin = "https://chat.example.org";
        let names = |url: &str| named(url, origin).map(|(_, seq)| seq);
        assert_eq!(names("https://chat.example.org/r/lobby"), Some(None));
        assert_eq!(names("https://chat.example.org/r/lobby/m/7#m7"), Some(Some(Seq(7))));
        for url in [
            "https://other.org/r/lobby",
            "https://chat.example.org.evil/r/lobby",
            "/r/lobby",
            "https://chat.example.org/r/lobby/members",
            "https://chat.example.org/r/lobby/m/x",
        ] {
            assert_eq!(names(url), None, "{url}");
        }
    }
}
