//! What the browser keeps for the next page and for other tabs. Names of the keys are made here and nowhere else.
//!
//! A message on its way has a key of its own, so that two tabs never overwrite each other's. A full or forbidden storage is no
//! fault: everything works without it, until the page is closed.

use leptos::prelude::window;
use protocol::{ClientId, RoomId, Seq, UserId};

use crate::state::Pending;

/// Text that is being written in a room, or in a thread there.
pub(crate) fn draft(reader: UserId, room: RoomId, thread: Option<Seq>) -> Option<String> {
    get(&draft_key(reader, room, thread))
}

/// Keeps the text that is being written there; an empty one is forgotten.
pub(crate) fn keep_draft(reader: UserId, room: RoomId, thread: Option<Seq>, text: &str) {
    let key = draft_key(reader, room, thread);
    if text.is_empty() { remove(&key) } else { set(&key, text) }
}

/// The emoji that were used most, as `emoji.js` keeps them.
pub(crate) fn quick_emoji() -> String {
    get("snug.emoji.quick").unwrap_or_else(|| "👍 ❤\u{fe0f} 😂".to_owned())
}

/// Keeps a message until it is stored.
pub(crate) fn keep_pending(author: UserId, pending: &Pending) {
    if let Ok(json) = serde_json::to_string(pending) {
        set(&pending_key(author, pending.client_id), &json);
    }
}

/// A message is stored, or not wanted any more.
pub(crate) fn forget_pending(author: UserId, client_id: ClientId) {
    remove(&pending_key(author, client_id));
}

fn draft_key(reader: UserId, room: RoomId, thread: Option<Seq>) -> String {
    let thread = thread.map(|root| joined([".", &root.to_string()])).unwrap_or_default();
    joined(["snug.draft.", &reader.to_string(), ".", &room.to_string(), &thread])
}

fn pending_key(author: UserId, client_id: ClientId) -> String {
    joined([&pending_prefix(author), &client_id.to_string()])
}

fn pending_prefix(author: UserId) -> String {
    joined(["snug.outbox.", &author.to_string(), "."])
}

fn joined<const N: usize>(parts: [&str; N]) -> String {
    parts.concat()
}

fn local_storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

fn get(key: &str) -> Option<String> {
    local_storage()?.get_item(key).ok().flatten()
}

fn set(key: &str, value: &str) {
    if let Some(storage) = local_storage() {
        let _ = storage.set_item(key, value);
    }
}

fn remove(key: &str) {
    if let Some(storage) = local_storage() {
        let _ = storage.remove_item(key);
    }
}

#[cfg(feature = "hydrate")]
mod connection {
    use protocol::{ClientId, UserId};

    use super::{get, local_storage, pending_prefix, remove, set};
    use crate::{
        json,
        socket::token::StoredToken,
        state::{Deed, Pending},
    };

    const TOKEN: &str = "snug.token";
    /// Since when a tab has been drawing a token.
    const RENEWAL: &str = "snug.renewal";
    /// A tab that has been at it for longer (milliseconds) was closed meanwhile, or the line is slow.
    const RENEWAL_MS: i64 = 3_000;

    /// The token that this tab or another one has got last.
    pub(crate) fn token() -> Option<StoredToken> {
        json::read(&get(TOKEN)?)
    }

    /// Keeps a token for the next page and for other tabs.
    pub(crate) fn keep_token(token: &StoredToken) {
        if let Ok(json) = serde_json::to_string(token) {
            set(TOKEN, &json);
        }
    }

    /// The token is of no use any more.
    pub(crate) fn forget_token() {
        remove(TOKEN);
    }

    /// Whether this tab may draw a token now: not while another one does. Answers to both would overtake each other on their way to the
    /// one cookie. (Two tabs that ask at the very same moment may both be let in; the server bears with that.)
    pub(crate) fn begin_renewal(now: i64) -> bool {
        let since = get(RENEWAL).and_then(|since| since.parse().ok());
        let is_free = since.is_none_or(|since: i64| !(0..RENEWAL_MS).contains(&(now - since)));
        if is_free {
            set(RENEWAL, &now.to_string());
        }
        is_free
    }

    /// The answer is there.
    pub(crate) fn end_renewal() {
        remove(RENEWAL);
    }

    /// The messages of an author that were not stored when their pages were left, or that another tab is about to send.
    pub(crate) fn left_over(author: UserId) -> Vec<Pending> {
        let Some(storage) = local_storage() else { return Vec::new() };
        let prefix = pending_prefix(author);
        let keys = (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok().flatten());
        keys.filter(|key| key.starts_with(&prefix)).filter_map(|key| json::read(&get(&key)?)).collect()
    }

    /// What another tab will do to a message after some time, if that is what a `storage` event says: that tab may be closed before.
    pub(crate) fn begun_elsewhere(author: UserId, event: &web_sys::StorageEvent) -> Option<Pending> {
        event.key()?.strip_prefix(&pending_prefix(author))?;
        let pending: Pending = json::read(&event.new_value()?)?;
        matches!(pending.deed, Deed::Delete { .. }).then_some(pending)
    }

    /// The message whose key another tab has removed, if that is what a `storage` event says.
    pub(crate) fn settled_elsewhere(author: UserId, event: &web_sys::StorageEvent) -> Option<ClientId> {
        if event.new_value().is_some() {
            return None;
        }
        event.key()?.strip_prefix(&pending_prefix(author))?.parse().ok()
    }
}

#[cfg(feature = "hydrate")]
pub(crate) use connection::{
    begin_renewal, begun_elsewhere, end_renewal, forget_token, keep_token, left_over, settled_elsewhere, token,
};
