//! Builders for the tests: a log, and what a server that holds it would answer.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use protocol::{
    Change, ClientId, Event, Message, MessageId, NewMessage, Quote, Reaction, Rights, Room, RoomId, RoomPage, Seq, Standing,
    Thread, User, UserId, Visibility, Window, limits::PAGE, markdown,
};

/// An id that is the same at each run.
pub(crate) fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(n: u64) -> T {
    format!("00000000-0000-7000-8000-{n:012x}").parse().unwrap()
}

pub(crate) fn user(n: u64) -> User {
    User { id: id(n), username: format!("u{n}"), name: format!("User {n}"), ambiguous: false, picture: None, bot: false }
}

pub(crate) fn room_id() -> RoomId {
    id(1)
}

pub(crate) fn message_event(seq: i64, author: u64, at: i64) -> Event {
    let n = u64::try_from(seq).unwrap();
    let message = NewMessage::plain(id::<MessageId>(n), id::<ClientId>(1_000_000 + n), format!("text {seq}"));
    Event { room: room_id(), seq: Seq(seq), at, actor: user(author), change: Change::MessageCreated { message } }
}

/// What happens at a place of a made-up log.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deed {
    Says(u64),
    Joins(u64),
    Leaves(u64),
    Renames(u64),
    /// Somebody changes the text of a message written before: the n-th, counted round.
    Edits(u64, usize),
    Deletes(u64, usize),
    Reacts(u64, usize),
    Pins(u64, usize),
    /// Somebody answers a message.
    Answers(u64, usize),
    /// Somebody writes under a message; people with an even number there alone.
    Threads(u64, usize),
}

/// A log where people say things and take them back, join, leave and give the room another name.
pub(crate) fn log(deeds: &[Deed]) -> Vec<Event> {
    let (mut log, mut messages) = (Vec::new(), Vec::<Message>::new());
    for (seq, &deed) in (1..).zip(deeds) {
        let told = |actor, change| Event { room: room_id(), seq: Seq(seq), at: seq * 1_000, actor: user(actor), change };
        let chosen = |n: usize| messages.get(n % messages.len().max(1));
        let event = match deed {
            Deed::Joins(who) => told(who, Change::MemberJoined),
            Deed::Leaves(who) => told(who, Change::MemberLeft),
            Deed::Renames(who) => {
                let (name, topic, slug) = (format!("Name {seq}"), format!("Topic {seq}"), "lobby".to_owned());
                let visibility = Visibility::Public;
                told(who, Change::RoomChanged { name, topic, slug, visibility, archived: false, slow_seconds: 0 })
            }
            Deed::Says(who) => message_event(seq, who, seq * 1_000),
            Deed::Answers(who, n) | Deed::Threads(who, n) => match chosen(n) {
                Some(message) if !message.deleted => answering(&messages, message, deed, message_event(seq, who, seq * 1_000)),
                _ => message_event(seq, who, seq * 1_000),
            },
            Deed::Edits(who, n) | Deed::Deletes(who, n) | Deed::Reacts(who, n) | Deed::Pins(who, n) => match chosen(n) {
                Some(message) if !message.deleted => told(who, done_to(&messages, message, deed, who, Seq(seq))),
                _ => message_event(seq, who, seq * 1_000),
            },
        };
        take(&mut messages, &event);
        log.push(event);
    }
    log
}

/// The thread under a message: without the message at one place, and with another one.
fn thread(messages: &[Message], root: Seq, without: Option<Seq>, with: Option<(&User, i64)>) -> Option<Box<Thread>> {
    let there =
        messages.iter().filter(|message| message.thread_of == Some(root) && !message.deleted && Some(message.seq) != without);
    let said: Vec<_> = there.map(|message| (&message.author, message.at)).chain(with).collect();
    let mut people: Vec<User> = Vec::new();
    for (author, _) in said.iter().rev() {
        if !people.contains(author) && people.len() < 3 {
            people.push((*author).clone());
        }
    }
    let (_, last_at) = *said.last()?;
    Some(Box::new(Thread { replies: said.len() as u64, last_at, people }))
}

/// A message that answers another one, or stands under it or where that stands.
fn answering(messages: &[Message], answered: &Message, deed: Deed, mut event: Event) -> Event {
    let (actor, at) = (event.actor.clone(), event.at);
    let Change::MessageCreated { message } = &mut event.change else { return event };
    match deed {
        Deed::Threads(who, _) => {
            let root = answered.thread_of.unwrap_or(answered.seq);
            (message.thread_of, message.only_in_thread) = (Some(root), who % 2 == 0);
            message.thread = thread(messages, root, None, Some((&actor, at)));
        }
        _ => {
            let line = markdown::line(&answered.body);
            let quote = Quote { seq: answered.seq, author: answered.author.clone(), line, deleted: false };
            message.reply_to = Some(Box::new(quote));
        }
    }
    event
}

/// What somebody does to a message.
fn done_to(messages: &[Message], message: &Message, deed: Deed, who: u64, place: Seq) -> Change {
    let (id, seq) = (message.id, message.seq);
    match deed {
        Deed::Edits(..) => {
            let (body, revision) = (format!("text {seq}, changed at {place}"), message.revision + 1);
            Change::MessageEdited { id, seq, body, revision, edited_at: place.0, mentions: Vec::new() }
        }
        Deed::Reacts(..) => {
            let emoji = if place.0 % 3 == 0 { "👍" } else { "🎉" }.to_owned();
            let before = message.reactions.iter().find(|reaction| reaction.emoji == emoji);
            let (count, since) = before.map_or((0, place), |reaction| (reaction.count, reaction.since));
            // In these logs nobody remembers who did; that people with an even number take back is as good.
            let on = who % 2 == 1 || count == 0;
            Change::ReactionChanged { id, seq, emoji, on, count: if on { count + 1 } else { count - 1 }, since }
        }
        Deed::Pins(..) => Change::MessagePinned { id, seq, pinned: !message.pinned },
        _ => {
            let thread_of = message.thread_of;
            Change::MessageDeleted {
                id,
                seq,
                thread_of,
                thread: thread_of.and_then(|root| thread(messages, root, Some(seq), None)),
            }
        }
    }
}

/// The messages of a log as they stand at its end.
pub(crate) fn messages(log: &[Event]) -> Vec<Message> {
    let mut messages = Vec::new();
    log.iter().for_each(|event| take(&mut messages, event));
    messages
}

/// Does to messages what happened next.
fn take(messages: &mut Vec<Message>, event: &Event) {
    messages.extend(event.message());
    let below = match &event.change {
        Change::MessageCreated { message } => message.thread_of.zip(Some(message.thread.clone())),
        Change::MessageDeleted { thread_of, thread, .. } => thread_of.zip(Some(thread.clone())),
        _ => None,
    };
    if let Some((root, thread)) = below
        && let Some(root) = messages.iter_mut().find(|message| message.seq == root)
    {
        root.thread = thread;
    }
    let said = match &event.change {
        Change::MessageEdited { seq, body, .. } => Some((*seq, markdown::line(body), false)),
        Change::MessageDeleted { seq, .. } => Some((*seq, String::new(), true)),
        _ => None,
    };
    if let Some((seq, line, deleted)) = said {
        for quote in messages.iter_mut().filter_map(|message| message.reply_to.as_mut()).filter(|quote| quote.seq == seq) {
            (quote.line, quote.deleted) = (line.clone(), deleted);
        }
    }
    let about = match event.change {
        Change::MessageEdited { seq, .. }
        | Change::MessageDeleted { seq, .. }
        | Change::ReactionChanged { seq, .. }
        | Change::MessagePinned { seq, .. } => messages.iter_mut().find(|message| message.seq == seq),
        _ => None,
    };
    let Some(message) = about else { return };
    match event.change.clone() {
        Change::MessageEdited { body, revision, edited_at, .. } => {
            (message.body, message.revision, message.edited_at) = (body, revision, Some(edited_at));
        }
        Change::MessageDeleted { .. } => {
            let NewMessage { body, .. } = NewMessage::plain(message.id, message.client_id, String::new());
            (message.body, message.deleted, message.edited_at, message.pinned) = (body, true, None, false);
            message.reactions.clear();
            message.reply_to = None;
        }
        Change::ReactionChanged { emoji, count, since, .. } => {
            message.reactions.retain(|reaction| reaction.emoji != emoji);
            message.reactions.extend((count > 0).then_some(Reaction { emoji, count, since }));
            message.reactions.sort_by_key(|reaction| reaction.since);
        }
        Change::MessagePinned { pinned, .. } => message.pinned = pinned,
        _ => {}
    }
}

/// What somebody reacted with in a log, to these messages.
fn reacted(log: &[Event], reader: Option<UserId>, messages: &[Arc<Message>]) -> Vec<(Seq, String)> {
    let mut reacted = Vec::new();
    for event in log.iter().filter(|event| Some(event.actor.id) == reader) {
        let Change::ReactionChanged { seq, emoji, on, .. } = &event.change else { continue };
        let one = (*seq, emoji.clone());
        reacted.retain(|other| *other != one);
        reacted.extend(on.then_some(one));
    }
    reacted.retain(|(seq, _)| messages.iter().any(|message| message.seq == *seq && !message.reactions.is_empty()));
    reacted
}

/// What the server answers when it has got as far as `head` in the log.
pub(crate) fn page(log: &[Event], head: usize, reader: Option<UserId>, window: Window) -> RoomPage {
    let known = &log[..head];
    part(known, reader, window, |message| !message.only_in_thread)
}

/// The same for the thread under a message.
pub(crate) fn thread_page(log: &[Event], head: usize, reader: Option<UserId>, root: Seq, window: Window) -> RoomPage {
    let first = messages(&log[..head]).into_iter().find(|message| message.seq == root).map(Arc::new);
    RoomPage { root: first, ..part(&log[..head], reader, window, |message| message.thread_of == Some(root)) }
}

fn part(known: &[Event], reader: Option<UserId>, window: Window, stands: impl Fn(&Message) -> bool) -> RoomPage {
    let head = known.len();
    let all: Vec<Arc<Message>> = messages(known).into_iter().filter(|message| stands(message)).map(Arc::new).collect();
    let size = PAGE as usize;
    let at = |seq: Seq| all.partition_point(|message| message.seq < seq);
    let (from, to) = match window {
        Window::Latest | Window::Unread => (all.len().saturating_sub(size), all.len()),
        Window::Before(seq) => (at(seq).saturating_sub(size), at(seq)),
        Window::After(seq) => (at(seq.next()), (at(seq.next()) + size).min(all.len())),
        Window::Around(seq) => (at(seq).saturating_sub(size / 2), (at(seq) + size / 2).min(all.len())),
    };
    let mut members = 1_000;
    let mut standing = Standing::MayJoin;
    let (mut name, mut topic) = ("Lobby", "");
    for event in known {
        let own = Some(event.actor.id) == reader;
        match &event.change {
            Change::MemberJoined => {
                members += 1;
                standing = if own { Standing::Member } else { standing };
            }
            Change::MemberLeft => {
                members -= 1;
                standing = if own { Standing::MayJoin } else { standing };
            }
            Change::RoomChanged { name: new_name, topic: new_topic, .. } => (name, topic) = (new_name, new_topic),
            _ => {}
        }
    }
    let room = Room {
        id: room_id(),
        slug: "lobby".to_owned(),
        name: name.to_owned(),
        topic: topic.to_owned(),
        visibility: Visibility::Public,
        archived: false,
        slow_seconds: 0,
        starred: false,
        person: None,
    };
    RoomPage {
        root: None,
        following: false,
        room,
        standing,
        rights: Rights::default(),
        members,
        head: Seq(i64::try_from(head).unwrap()),
        epoch: id(7),
        messages: all[from..to].to_vec(),
        reacted: reacted(known, reader, &all[from..to]),
        pinned: all.iter().filter(|message| message.pinned).map(|message| message.seq).collect(),
        bookmarked: Vec::new(),
        has_older: from > 0,
        has_newer: to < all.len(),
    }
}
