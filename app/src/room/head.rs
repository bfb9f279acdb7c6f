//! What search engines and other chats see of a room.

use protocol::{Message, Room, Visibility, markdown};

use super::address::{Address, Place};
use crate::head::{Head, Tag};

/// Characters of a description; search engines show about that many.
const DESCRIPTION_MAX: usize = 160;

/// Title and tags. Only public rooms introduce themselves; others tell nothing that their address does not. `named` is the message
/// that the address names, `origin` scheme and host that the page was asked for by.
pub(crate) fn head(address: &Address, room: &Room, named: Option<&Message>, origin: &str) -> Head {
    if room.visibility != Visibility::Public {
        return Head::new(&room.name, vec![Tag::Name("robots", "noindex".to_owned())]);
    }
    let headline = named.map_or(room.name.clone(), |message| [&message.author.name, " in ", &room.name].concat());
    let description = description(room, named);
    let canonical = canonical(address, origin);
    let tags = vec![
        Tag::Name("description", description.clone()),
        Tag::Property("og:site_name", "Snug".to_owned()),
        Tag::Property("og:type", "website".to_owned()),
        Tag::Property("og:title", headline.clone()),
        Tag::Property("og:description", description),
        Tag::Property("og:url", canonical.clone()),
        Tag::Canonical(canonical),
    ];
    Head::new(&headline, tags)
}

fn description(room: &Room, named: Option<&Message>) -> String {
    match named {
        Some(message) => markdown::excerpt(&message.body, DESCRIPTION_MAX),
        None if room.topic.is_empty() => ["What is said in ", &room.name, ", a public room."].concat(),
        None => room.topic.clone(),
    }
}

/// The one address of what is shown.
fn canonical(Address { slug, place }: &Address, origin: &str) -> String {
    let path = match place {
        Place::End => String::new(),
        Place::Before(seq) => ["?before=", &seq.to_string()].concat(),
        Place::After(seq) => ["?after=", &seq.to_string()].concat(),
        Place::At(seq) => ["/m/", &seq.to_string()].concat(),
    };
    [origin, "/r/", slug, &path].concat()
}
