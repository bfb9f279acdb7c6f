//! What search engines and other chats see of a room.

use protocol::{Message, Room, Visibility};

use super::address::{Address, Place};
use crate::head::{Head, Tag};

/// Characters of a description; search engines show about that many.
#[cfg(feature = "ssr")]
const DESCRIPTION_MAX: usize = 160;

/// Title and tags. Only public rooms introduce themselves; others tell nothing that their address does not. `named` is the message
/// that the address names, `origin` scheme and host that the page was asked for by, `house` the name of the house.
pub(crate) fn head(address: &Address, room: &Room, named: Option<&Message>, origin: &str, house: &str) -> Head {
    if room.visibility != Visibility::Public {
        let thread = if address.thread.is_some() { "Thread in " } else { "" };
        return Head::new(&[thread, &room.name].concat(), vec![Tag::Name("robots", "noindex".to_owned())]);
    }
    let place = if address.thread.is_some() { ["a thread in ", &room.name].concat() } else { room.name.clone() };
    let headline = match named {
        Some(message) => [&*message.author.in_sentence(), " in ", &place].concat(),
        None if address.thread.is_some() => ["Thread in ", &room.name].concat(),
        None => place,
    };
    let canonical = canonical(address, origin);
    let mut tags = vec![
        Tag::Property("og:site_name", house.to_owned()),
        Tag::Property("og:type", "website".to_owned()),
        Tag::Property("og:title", headline.clone()),
        Tag::Property("og:url", canonical.clone()),
        Tag::Canonical(canonical),
    ];
    #[cfg(feature = "ssr")]
    tags.extend(alternates(address, origin));
    if let Some(description) = description(room, named) {
        tags.extend([Tag::Name("description", description.clone()), Tag::Property("og:description", description)]);
    }
    Head::new(&headline, tags)
}

/// What feed readers and other chats ask for.
#[cfg(feature = "ssr")]
fn alternates(address: &Address, origin: &str) -> [Tag; 2] {
    let feed = [origin, "/r/", &address.slug, "/feed.atom"].concat();
    let embed = [origin, "/oembed?url=", &crate::next::value(&canonical(address, origin))].concat();
    [Tag::Alternate("application/atom+xml", feed), Tag::Alternate("application/json+oembed", embed)]
}

fn description(room: &Room, named: Option<&Message>) -> Option<String> {
    match named {
        Some(message) if message.deleted => None,
        Some(message) => excerpt(message),
        None if room.topic.is_empty() => Some(["What is said in ", &room.name, ", a public room."].concat()),
        None => Some(room.topic.clone()),
    }
}

#[cfg(feature = "ssr")]
fn excerpt(message: &Message) -> Option<String> {
    Some(protocol::markdown::excerpt(&message.body, DESCRIPTION_MAX))
}

/// In the browser nobody would read it, and to know where it may be cut takes a table that weighs too much.
#[cfg(not(feature = "ssr"))]
fn excerpt(_message: &Message) -> Option<String> {
    None
}

/// The one address of what is shown.
fn canonical(Address { slug, thread, place }: &Address, origin: &str) -> String {
    let thread = thread.map(|root| ["/t/", &root.to_string()].concat()).unwrap_or_default();
    let path = match place {
        Place::End => String::new(),
        Place::Before(seq) => ["?before=", &seq.to_string()].concat(),
        Place::After(seq) => ["?after=", &seq.to_string()].concat(),
        Place::At(seq) if thread.is_empty() => ["/m/", &seq.to_string()].concat(),
        Place::At(seq) => ["?m=", &seq.to_string()].concat(),
    };
    [origin, "/r/", slug, &thread, &path].concat()
}
