//! What becomes of messages that are shown when something is done to one of them.
//!
//! Each change says how things are after it, not by how much they differ: so it may come twice, and on top of a message that was read later.

use std::sync::Arc;

use protocol::{Change, Message, Quote, Reaction, Seq, markdown};

/// Whether a change is about a message that may be shown already.
pub(super) fn is_about_shown(change: &Change) -> bool {
    match change {
        Change::MessageCreated { message } => message.thread_of.is_some(),
        Change::MessageEdited { .. }
        | Change::MessageDeleted { .. }
        | Change::ReactionChanged { .. }
        | Change::MessagePinned { .. } => true,
        _ => false,
    }
}

/// Does it to the messages that are shown, in the order of their places.
pub(super) fn apply(messages: &mut [Arc<Message>], change: &Change) {
    match change {
        Change::MessageCreated { message } => {
            let root = message.thread_of.and_then(|root| at(messages, root));
            if let Some(root) = root {
                root.thread.clone_from(&message.thread);
            }
        }
        Change::MessageEdited { seq, body, revision, edited_at, mentions, .. } => {
            if let Some(message) = at(messages, *seq).filter(|message| !message.deleted && message.revision <= *revision) {
                message.body.clone_from(body);
                message.mentions.clone_from(mentions);
                (message.revision, message.edited_at) = (*revision, Some(*edited_at));
            }
            quotes(messages, *seq, |quote| {
                if !quote.deleted {
                    quote.line = markdown::line(body);
                }
            });
        }
        Change::MessageDeleted { seq, thread_of, thread, .. } => {
            if let Some(message) = at(messages, *seq) {
                delete(message);
            }
            quotes(messages, *seq, |quote| {
                quote.line.clear();
                quote.deleted = true;
            });
            if let Some(root) = thread_of.and_then(|root| at(messages, root)) {
                root.thread.clone_from(thread);
            }
        }
        Change::ReactionChanged { seq, emoji, count, since, .. } => {
            if let Some(message) = at(messages, *seq).filter(|message| !message.deleted) {
                react(&mut message.reactions, Reaction { emoji: emoji.clone(), count: *count, since: *since });
            }
        }
        Change::MessagePinned { seq, pinned, .. } => {
            if let Some(message) = at(messages, *seq).filter(|message| !message.deleted) {
                message.pinned = *pinned;
            }
        }
        _ => {}
    }
}

fn at(messages: &mut [Arc<Message>], seq: Seq) -> Option<&mut Message> {
    let place = messages.binary_search_by_key(&seq, |message| message.seq).ok()?;
    Some(Arc::make_mut(&mut messages[place]))
}

/// What it said goes, and what hung on that; that there was something stays, and the thread under it.
pub(super) fn delete(message: &mut Message) {
    message.body.clear();
    message.reactions.clear();
    message.mentions.clear();
    (message.deleted, message.pinned, message.edited_at, message.reply_to) = (true, false, None, None);
}

/// The quotes of a message.
fn quotes(messages: &mut [Arc<Message>], seq: Seq, change: impl Fn(&mut Quote)) {
    for message in messages.iter_mut().filter(|message| message.reply_to.as_ref().is_some_and(|quote| quote.seq == seq)) {
        if let Some(quote) = &mut Arc::make_mut(message).reply_to {
            change(quote);
        }
    }
}

/// Takes what is so of one emoji; those that nobody reacts with any more go.
pub(super) fn react(reactions: &mut Vec<Reaction>, now: Reaction) {
    reactions.retain(|reaction| reaction.emoji != now.emoji);
    if now.count > 0 {
        let place = reactions.partition_point(|reaction| reaction.since < now.since);
        reactions.insert(place, now);
    }
}
