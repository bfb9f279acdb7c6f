//! Builders for the tests: a log, and what a server that holds it would answer.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use protocol::{
    Change, ClientId, Event, Message, MessageId, NewMessage, Rights, Room, RoomId, RoomPage, Seq, Standing, User, UserId,
    Visibility, Window, limits::PAGE,
};

/// An id that is the same at each run.
pub(crate) fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(n: u64) -> T {
    format!("00000000-0000-7000-8000-{n:012x}").parse().unwrap()
}

pub(crate) fn user(n: u64) -> User {
    User { id: id(n), username: format!("u{n}"), name: format!("User {n}"), ambiguous: false, picture: None }
}

pub(crate) fn room_id() -> RoomId {
    id(1)
}

pub(crate) fn message_event(seq: i64, author: u64, at: i64) -> Event {
    let n = u64::try_from(seq).unwrap();
    let message = NewMessage {
        id: id::<MessageId>(n),
        client_id: id::<ClientId>(1_000_000 + n),
        body: format!("text {seq}"),
        deleted: false,
    };
    Event { room: room_id(), seq: Seq(seq), at, actor: user(author), change: Change::MessageCreated { message } }
}

/// What happens at a place of a made-up log.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deed {
    Says(u64),
    Joins(u64),
    Leaves(u64),
    Renames(u64),
}

/// A log where people say things, join, leave and give the room another name.
pub(crate) fn log(deeds: &[Deed]) -> Vec<Event> {
    (1..)
        .zip(deeds)
        .map(|(seq, &deed)| {
            let told = |actor, change| Event { room: room_id(), seq: Seq(seq), at: seq * 1_000, actor: user(actor), change };
            match deed {
                Deed::Says(who) => message_event(seq, who, seq * 1_000),
                Deed::Joins(who) => told(who, Change::MemberJoined),
                Deed::Leaves(who) => told(who, Change::MemberLeft),
                Deed::Renames(who) => {
                    let (name, topic, slug) = (format!("Name {seq}"), format!("Topic {seq}"), "lobby".to_owned());
                    let visibility = Visibility::Public;
                    told(who, Change::RoomChanged { name, topic, slug, visibility, archived: false, slow_seconds: 0 })
                }
            }
        })
        .collect()
}

/// What the server answers when it has got as far as `head` in the log.
pub(crate) fn page(log: &[Event], head: usize, reader: Option<UserId>, window: Window) -> RoomPage {
    let known = &log[..head];
    let all: Vec<Arc<Message>> = known.iter().filter_map(Event::message).map(Arc::new).collect();
    let size = PAGE as usize;
    let at = |seq: Seq| all.partition_point(|message| message.seq < seq);
    let (from, to) = match window {
        Window::Latest => (all.len().saturating_sub(size), all.len()),
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
    };
    RoomPage {
        room,
        standing,
        rights: Rights::default(),
        members,
        head: Seq(i64::try_from(head).unwrap()),
        epoch: id(7),
        messages: all[from..to].to_vec(),
        has_older: from > 0,
        has_newer: to < all.len(),
    }
}
