//! Messages as JSON that was written before: what one reader of a room is given, the next one is given too.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
};

use protocol::{Message, RoomId};
use serde::Serialize;

/// Bytes of JSON that are kept. When there is more all of it goes, and what is shown comes back.
const KEPT_MAX_BYTES: usize = 4 * 1024 * 1024;

static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);

/// What stood last on the page of each room.
#[derive(Default)]
struct Kept {
    rooms: HashMap<RoomId, Written>,
    bytes: usize,
}

struct Written {
    messages: Vec<Arc<Message>>,
    json: Arc<str>,
}

/// JSON for a script element.
pub(super) fn json(data: &impl Serialize) -> String {
    // In a script element only `<` could begin something else.
    serde_json::to_string(data).unwrap_or_default().replace('<', "\\u003c")
}

/// Messages of a room as [`json`].
pub(super) fn messages(room: RoomId, messages: &[Arc<Message>]) -> Arc<str> {
    let known = kept().of(room, messages);
    known.unwrap_or_else(|| {
        let json: Arc<str> = json(&messages).into();
        kept().keep(room, Written { messages: messages.to_vec(), json: json.clone() });
        json
    })
}

fn kept() -> MutexGuard<'static, Kept> {
    // Whoever panicked has left a map of whole entries.
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Kept {
    /// What was written of the very same messages.
    fn of(&self, room: RoomId, messages: &[Arc<Message>]) -> Option<Arc<str>> {
        let written = self.rooms.get(&room)?;
        let same = written.messages.len() == messages.len();
        let same = same && written.messages.iter().zip(messages).all(|(one, other)| Arc::ptr_eq(one, other));
        same.then(|| written.json.clone())
    }

    fn keep(&mut self, room: RoomId, written: Written) {
        let bytes = written.json.len();
        if self.bytes + bytes > KEPT_MAX_BYTES {
            *self = Self::default();
        }
        self.bytes += bytes;
        if let Some(before) = self.rooms.insert(room, written) {
            self.bytes -= before.json.len();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use protocol::{ClientId, MessageId, NewMessage, Seq, User, UserId};

    use super::*;

    fn message(body: &str) -> Arc<Message> {
        let author = User {
            id: UserId::generate(),
            username: "ada".into(),
            name: "Ada".into(),
            ambiguous: false,
            picture: None,
            bot: false,
        };
        let (id, client_id) = (MessageId::generate(), ClientId::generate());
        Arc::new(NewMessage::plain(id, client_id, body.to_owned()).stored(Seq(1), author, 0))
    }

    #[test]
    fn what_is_written_is_what_there_is_and_ends_no_script() {
        let (room, mut there) = (RoomId::generate(), vec![message("tea?"), message("</script><!--")]);
        for _ in 0..3 {
            let json = messages(room, &there);
            assert!(!json.contains('<'));
            assert_eq!(serde_json::from_str::<Vec<Arc<Message>>>(&json).unwrap(), there);
            // The same length, and one more.
            *there.first_mut().unwrap() = message("coffee?");
            assert_eq!(serde_json::from_str::<Vec<Arc<Message>>>(&messages(room, &there)).unwrap(), there);
            there.push(message("cake?"));
        }
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut kept = Kept::default();
        for _ in 0..200 {
            kept.keep(RoomId::generate(), Written { messages: Vec::new(), json: "x".repeat(KEPT_MAX_BYTES / 50).into() });
            assert!(kept.bytes <= KEPT_MAX_BYTES);
            assert_eq!(kept.bytes, kept.rooms.values().map(|written| written.json.len()).sum::<usize>());
        }
    }
}
