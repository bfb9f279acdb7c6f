//! Rows that the server has rendered before. A message looks the same to all who see it at the same time of their day, but for a few
//! things that stand in its key: so a page is put together from rows instead of made anew for each reader.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use leptos::{prelude::*, tachys::html::InertElement};
use protocol::{Message, MessageId};

use super::context::RoomContext;
use crate::{
    components::LIST_END,
    state::{Mark, MessageRow, Row},
};

/// Bytes of HTML that are kept. When there is more all of it goes, and what is shown comes back.
const KEPT_MAX_BYTES: usize = 4 * 1024 * 1024;
/// What a row costs beside its HTML, about.
const OVERHEAD: usize = 96;

static ROWS: LazyLock<Mutex<Rows>> = LazyLock::new(Mutex::default);

/// A message, and everything else that its HTML depends on.
type Key = (MessageId, u64);

#[derive(Default)]
struct Rows {
    html: HashMap<Key, Arc<str>>,
    bytes: usize,
}

/// The rows as a [`list`](crate::components::list) of them would be: each as it was rendered before, or as `view` makes it.
pub(super) fn rendered(room: RoomContext, rows: &[Row], view: impl Fn(Row) -> AnyView) -> AnyView {
    let mut html = String::with_capacity(rows.len() * 600);
    for row in rows {
        match key(room, row) {
            None => html.push_str(&view(row.clone()).to_html()),
            Some(key) => {
                let known = kept().html.get(&key).cloned();
                html.push_str(&known.unwrap_or_else(|| {
                    let html: Arc<str> = view(row.clone()).to_html().into();
                    kept().keep(key, html.clone());
                    html
                }));
            }
        }
    }
    html.push_str(LIST_END);
    InertElement::new(html).into_any()
}

fn kept() -> std::sync::MutexGuard<'static, Rows> {
    // Whoever panicked has left a map of whole entries.
    ROWS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a stored message looks like depends on. Its text is another one when it was edited or deleted. Of the one that the address names it
/// depends on who looks what may be done about it.
fn key(room: RoomContext, row: &Row) -> Option<Key> {
    let Row::Message(row @ MessageRow { mark: Mark::Stored, .. }) = row else { return None };
    let message = &*row.message;
    if room.focus.get_untracked() == Some(message.seq) {
        return None;
    }
    let mut hasher = DefaultHasher::new();
    let author = &message.author;
    let moderates = room.state.with_untracked(|state| state.rights.moderate);
    (row.local, row.first, row.own, row.kept, row.edited, moderates).hash(&mut hasher);
    (&author.name, &author.username, author.ambiguous, &author.picture, author.bot).hash(&mut hasher);
    hangs_on(message, &mut hasher);
    // Which of them are the reader's stands in the row: those who reacted with the same share it.
    row.reactions.iter().for_each(|chip| (&chip.emoji, chip.count, chip.own).hash(&mut hasher));
    // Who is called sees that it is them.
    let reader = room.page.viewer.with_value(|reader| reader.as_ref().map(|reader| reader.id));
    let is_called = message.mentions.iter().any(|mention| mention.user.is_some() && mention.user == reader);
    (is_called, room.thread).hash(&mut hasher);
    room.slug.with_value(|slug| slug.hash(&mut hasher));
    Some((message.id, hasher.finish()))
}

/// What became of a message, and what hangs on it.
fn hangs_on(message: &Message, hasher: &mut impl Hasher) {
    (message.deleted, message.revision, message.edited_at, message.pinned).hash(hasher);
    if let Some(quote) = &message.reply_to {
        (quote.seq, &quote.line, quote.deleted, &quote.author.name, &quote.author.username).hash(hasher);
    }
    if let Some(thread) = &message.thread {
        (thread.replies, thread.last_at).hash(hasher);
        thread.people.iter().for_each(|person| (&person.name, &person.picture).hash(hasher));
    }
    message.mentions.iter().for_each(|mention| (&mention.word, mention.user).hash(hasher));
}

impl Rows {
    fn keep(&mut self, key: Key, html: Arc<str>) {
        let bytes = html.len() + OVERHEAD;
        if self.bytes + bytes > KEPT_MAX_BYTES {
            *self = Self::default();
        }
        if self.html.insert(key, html).is_none() {
            self.bytes += bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_bounded() {
        let mut rows = Rows::default();
        for n in 0..1_000 {
            rows.keep((MessageId::generate(), n), "x".repeat(KEPT_MAX_BYTES / 100).into());
            assert!(rows.bytes <= KEPT_MAX_BYTES && rows.html.len() <= 100);
        }
    }
}
