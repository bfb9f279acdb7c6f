//! What search engines and other chats see of a room.

use leptos::prelude::*;
use leptos_meta::{Link, Meta, Title};
use protocol::{Message, Room, Visibility, markdown};

use super::address::{Address, Place};
use crate::state::RoomState;

/// Characters of a description; search engines show about that many.
const DESCRIPTION_MAX: usize = 160;

/// Title and meta tags. Only public rooms introduce themselves; others tell nothing that their address does not.
pub(crate) fn head(address: &Address, state: &RoomState) -> AnyView {
    let title = state.room.name.clone();
    if state.room.visibility != Visibility::Public {
        return view! {
            <Title text=title />
            <Meta name="robots" content="noindex" />
        }
        .into_any();
    }
    let named: Option<&Message> =
        address.place.focus().and_then(|seq| state.messages().iter().find(|message| message.seq == seq)).map(AsRef::as_ref);
    let headline = named.map_or(title.clone(), |message| [&message.author.name, " in ", &title].concat());
    let description = description(&state.room, named);
    let canonical = canonical(address);
    view! {
        <Title text=headline.clone() />
        <Meta name="description" content=description.clone() />
        <Meta property="og:site_name" content="Snug" />
        <Meta property="og:type" content="website" />
        <Meta property="og:title" content=headline />
        <Meta property="og:description" content=description />
        <Meta property="og:url" content=canonical.clone() />
        <Link rel="canonical" href=canonical />
    }
    .into_any()
}

fn description(room: &Room, named: Option<&Message>) -> String {
    match named {
        Some(message) => markdown::excerpt(&message.body, DESCRIPTION_MAX),
        None if room.topic.is_empty() => ["What is said in ", &room.name, ", a public room."].concat(),
        None => room.topic.clone(),
    }
}

/// The one address of what is shown.
fn canonical(Address { slug, place }: &Address) -> String {
    let path = match place {
        Place::End => String::new(),
        Place::Before(seq) => ["?before=", &seq.to_string()].concat(),
        Place::After(seq) => ["?after=", &seq.to_string()].concat(),
        Place::At(seq) => ["/m/", &seq.to_string()].concat(),
    };
    [&origin(), "/r/", slug, &path].concat()
}

/// Scheme and host that the page was asked for by.
#[cfg(feature = "ssr")]
fn origin() -> String {
    let host = use_context::<http::request::Parts>().and_then(|parts| {
        let named = parts.headers.get(http::header::HOST).and_then(|host| host.to_str().ok());
        named.or(parts.uri.host()).map(str::to_owned)
    });
    let secure = use_context::<crate::context::Caller>().is_some_and(|caller| caller.secure);
    [if secure { "https://" } else { "http://" }, &host.unwrap_or_default()].concat()
}

#[cfg(not(feature = "ssr"))]
fn origin() -> String {
    location().origin().unwrap_or_default()
}
