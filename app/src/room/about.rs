//! What is known of a message that something may be done with.

use std::sync::Arc;

use leptos::prelude::*;
use protocol::{ClientId, Message, Rights, Seq, Standing};

use super::{context::RoomContext, target::Target};
use crate::state::{self, Row};

/// What is known of the message that something may be done with.
#[derive(Clone, PartialEq)]
pub(super) struct About {
    pub(super) target: Target,
    pub(super) message: Arc<Message>,
    /// Written by the reader.
    pub(super) own: bool,
    /// Whether the reader is a member, and so has a mark in the room that is shown.
    pub(super) reads: bool,
    /// Whether the reader may write here.
    pub(super) writes: bool,
    /// Whether they keep order here.
    pub(super) moderates: bool,
    /// For how many minutes messages can be edited here.
    edit_minutes: Option<u32>,
    /// Whether they may pin here.
    pub(super) pins: bool,
    /// Whether they are signed in, and so can keep something.
    pub(super) keeps: bool,
    /// Whether they keep it.
    pub(super) kept: bool,
    /// Whether the page shows its thread.
    pub(super) in_thread: bool,
}

impl About {
    /// What is known of a message, if it is there and says something.
    pub(super) fn of(room: RoomContext, target: Target) -> Option<Self> {
        let reader = room.page.viewer.with_value(|reader| reader.as_ref().map(|reader| reader.id));
        let (stored, rights, standing, kept) = room.state.with(|state| {
            let stored = match target {
                Target::Stored(seq) => state.message(seq).cloned(),
                Target::Unsent(_) => None,
            };
            let kept = matches!(target, Target::Stored(seq) if state.is_bookmarked(seq));
            (stored, state.rights, state.standing, kept)
        });
        let message = stored.or_else(|| on_its_way(room, target)).filter(|message| !message.deleted)?;
        let own = reader == Some(message.author.id);
        let Rights { write: writes, moderate: moderates, pin: pins, edit_minutes, .. } = rights;
        let in_thread = room.thread.is_some();
        let (reads, keeps) = (standing == Standing::Member && !in_thread, reader.is_some());
        Some(Self { target, message, own, reads, writes, moderates, edit_minutes, pins, keeps, kept, in_thread })
    }

    /// Its place in the room, if it has one.
    pub(super) fn place(&self) -> Option<Seq> {
        match self.target {
            Target::Stored(seq) => Some(seq),
            Target::Unsent(_) => None,
        }
    }

    pub(super) fn can_edit(&self) -> bool {
        let age = js_sys::Date::now() - self.message.at as f64;
        self.own && self.writes && self.edit_minutes.is_none_or(|minutes| age <= f64::from(minutes) * 60_000.0)
    }

    /// Whether the reader may react to it, and answer it.
    pub(super) fn can_respond(&self) -> bool {
        self.writes && self.place().is_some()
    }

    pub(super) fn can_delete(&self) -> bool {
        self.own
    }
}

/// A message of the reader's that does not stand in the room yet: as it is there, if it has come meanwhile, else as it is shown.
fn on_its_way(room: RoomContext, target: Target) -> Option<Arc<Message>> {
    let stored = match target {
        Target::Unsent(client_id) => stored(room, client_id),
        Target::Stored(_) => None,
    };
    stored.or_else(|| shown(room, target))
}

pub(super) fn stored(room: RoomContext, client_id: ClientId) -> Option<Arc<Message>> {
    let reader = room.page.viewer.with_value(|reader| reader.as_ref().map(|reader| reader.id))?;
    let is_it = |message: &&Arc<Message>| message.client_id == client_id && message.author.id == reader;
    room.state.with(|state| state.messages().iter().rev().find(is_it).cloned())
}

/// A message as it is shown: with what is on its way to be done to it.
pub(super) fn shown(room: RoomContext, target: Target) -> Option<Arc<Message>> {
    rows(room).into_iter().find_map(|row| match row {
        Row::Message(row) => {
            let is_it = match target {
                Target::Stored(seq) => row.message.seq == seq,
                Target::Unsent(client_id) => row.own && row.message.client_id == client_id,
            };
            is_it.then_some(row.message)
        }
        Row::Day { .. } | Row::New => None,
    })
}

pub(super) fn rows(room: RoomContext) -> Vec<Row> {
    room.page.viewer.with_value(|reader| {
        room.socket.with_outbox(|outbox| {
            room.state.with(|state| state::rows(state, outbox.of_room(room.id), reader.as_ref(), None, |at| at))
        })
    })
}
