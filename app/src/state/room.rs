//! One room as this page knows it: a snapshot, moved on by events.

use std::{collections::VecDeque, sync::Arc};

use protocol::{Change, EpochId, Event, Message, Rights, Room, RoomPage, Seq, Standing, User, UserId, Visibility, limits};

use super::changes;

/// Messages that a timeline holds at most; the far end is dropped and loaded again when somebody scrolls there.
const SHOWN_MAX: usize = 300;

/// Events that may wait for a hole to be filled. One replay fills a hole of half that; past it the room is read anew anyway.
const WAITING_MAX: usize = 2 * limits::REPLAY_MAX as usize;

/// Changes that are remembered for pages that come late.
const CHANGES_MAX: usize = limits::REPLAY_MAX as usize;

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// The room has moved on.
    Fresh,
    /// It was known.
    Double,
    /// Something before it is missing; it waits until everything after this place has come.
    Gap {
        /// The last place before the hole.
        after: Seq,
    },
}

/// How many messages of others came while there was no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    /// As many.
    Exactly(usize),
    /// As many are shown, and there are more.
    MoreThan(usize),
}

/// A room. Events may come in any order, twice, or with holes between them: what ends up here is what the log says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomState {
    /// The room.
    pub room: Room,
    /// What the reader may do.
    pub standing: Standing,
    /// What else the reader may do, as it was read last.
    pub rights: Rights,
    /// Number of members.
    pub members: u64,
    reader: Option<UserId>,
    /// Everything up to here is applied.
    head: Seq,
    /// What the places are of.
    epoch: EpochId,
    /// Events beyond a hole, in the order of `seq`.
    waiting: VecDeque<Event>,
    /// The shown stretch: messages in the order of `seq`, without a hole between the first and the last.
    messages: Vec<Arc<Message>>,
    /// The message under which they stand, where they are those of a thread.
    root: Option<Arc<Message>>,
    /// Whether the reader follows that thread.
    pub following: bool,
    has_older: bool,
    has_newer: bool,
    /// What the reader reacted with to which messages.
    reacted: Vec<(Seq, String)>,
    /// What is pinned, also where it is not shown.
    pinned: Vec<Seq>,
    /// Which of the messages the reader keeps for themselves.
    bookmarked: Vec<Seq>,
    /// What was done to messages lately, for pages that were read before it and come later.
    changes: VecDeque<Event>,
    /// Of what was done up to here, some is not among them any more.
    forgotten: Seq,
    /// Messages of others that came behind a stretch that does not reach the end.
    unseen: Vec<Seq>,
    reader_at_end: bool,
    /// From which place to which the log is being caught up with.
    resume: Option<(Seq, Seq)>,
    /// What had been missed the last time.
    missed: Option<Missed>,
}

impl RoomState {
    /// A room from a snapshot.
    #[must_use]
    pub fn from_page(page: RoomPage, reader: Option<UserId>) -> Self {
        let (mut reacted, mut pinned, mut bookmarked) = (Vec::new(), Vec::new(), Vec::new());
        note_all(&mut reacted, page.reacted);
        note_all(&mut pinned, page.pinned);
        note_all(&mut bookmarked, page.bookmarked);
        Self {
            messages: page.messages,
            root: page.root,
            following: page.following,
            reacted,
            pinned,
            bookmarked,
            changes: VecDeque::new(),
            forgotten: page.head,
            room: page.room,
            standing: page.standing,
            rights: page.rights,
            members: page.members,
            reader,
            head: page.head,
            epoch: page.epoch,
            waiting: VecDeque::new(),
            has_older: page.has_older,
            has_newer: page.has_newer,
            unseen: Vec::new(),
            reader_at_end: true,
            resume: None,
            missed: None,
        }
    }

    /// Takes one event of the log.
    pub fn apply(&mut self, event: Event) -> Applied {
        if event.seq <= self.head {
            return Applied::Double;
        }
        if event.seq != self.head.next() {
            match self.waiting.binary_search_by_key(&event.seq, |waiting| waiting.seq) {
                Ok(_) => return Applied::Double,
                Err(place) if self.waiting.len() < WAITING_MAX => self.waiting.insert(place, event),
                Err(_) => {}
            }
            return Applied::Gap { after: self.head };
        }
        self.absorb(event);
        self.take_waiting();
        self.count_missed();
        Applied::Fresh
    }

    /// Puts a page of older messages on top that was read as "before `before`". `false` when the timeline has moved away since.
    pub fn merge_older(&mut self, before: Seq, page: RoomPage) -> bool {
        if self.first_seq() != Some(before) || !self.can_take(&page) {
            return false;
        }
        let older = page.messages.into_iter().filter(|message| message.seq < before);
        self.messages.splice(0..0, older);
        note_all(&mut self.bookmarked, page.bookmarked);
        self.bring_up_to_date(page.reacted, page.head);
        self.has_older = page.has_older;
        if self.messages.len() > SHOWN_MAX {
            self.messages.truncate(SHOWN_MAX);
            self.has_newer = true;
        }
        true
    }

    /// Puts a page of newer messages at the end that was read as "after `after`". `false` when the timeline has moved away since.
    pub fn merge_newer(&mut self, after: Seq, page: RoomPage) -> bool {
        if !self.has_newer || self.last_seq() != Some(after) || !self.can_take(&page) {
            return false;
        }
        self.messages.extend(page.messages.into_iter().filter(|message| message.seq > after));
        note_all(&mut self.bookmarked, page.bookmarked);
        self.bring_up_to_date(page.reacted, page.head);
        // Events that came while the page was on its way were not shown, and the page may be too old to hold them.
        self.has_newer = page.has_newer || page.head < self.head;
        let last = self.last_seq();
        self.unseen.retain(|&seq| Some(seq) > last);
        self.drop_oldest(SHOWN_MAX);
        true
    }

    /// Starts anew from a page. A page that is older than what is applied already answers with a gap: what came in between has to
    /// be replayed. So does one of another epoch: what came since was taken for a part of the log before.
    pub fn replace(&mut self, page: RoomPage) -> Applied {
        let (head, renewed) = (self.head, page.epoch != self.epoch);
        let waiting = if renewed { VecDeque::new() } else { std::mem::take(&mut self.waiting) };
        let (reader_at_end, resume, missed) = (self.reader_at_end, self.resume, self.missed);
        *self = Self { waiting, reader_at_end, resume, missed, ..Self::from_page(page, self.reader) };
        self.take_waiting();
        self.count_missed();
        if renewed || self.head < head { Applied::Gap { after: self.head } } else { Applied::Fresh }
    }

    /// The server is about to send what was missed up to this place. `true` if anything was.
    pub fn resume(&mut self, until: Seq) -> bool {
        let behind = until > self.head;
        if behind {
            (self.resume, self.missed) = (Some((self.head, until)), None);
        }
        behind
    }

    /// Whether what was missed is still coming in.
    #[must_use]
    pub fn is_resuming(&self) -> bool {
        self.resume.is_some()
    }

    /// What others wrote meanwhile, once it is here.
    #[must_use]
    pub fn missed(&self) -> Option<Missed> {
        self.missed
    }

    /// Everything up to here is applied.
    #[must_use]
    pub fn head(&self) -> Seq {
        self.head
    }

    /// The epoch of all places here.
    #[must_use]
    pub fn epoch(&self) -> EpochId {
        self.epoch
    }

    /// Whether the reader reacted to a message with this.
    #[must_use]
    pub fn has_reacted(&self, seq: Seq, emoji: &str) -> bool {
        self.reacted.contains(&(seq, emoji.to_owned()))
    }

    /// How many messages are pinned.
    #[must_use]
    pub fn pins(&self) -> usize {
        self.pinned.len()
    }

    /// Whether the reader keeps a message for themselves.
    #[must_use]
    pub fn is_bookmarked(&self, seq: Seq) -> bool {
        self.bookmarked.contains(&seq)
    }

    /// The reader keeps a message for themselves, or no longer. `true` if that is new.
    pub fn bookmark(&mut self, seq: Seq, on: bool) -> bool {
        note(&mut self.bookmarked, seq, on)
    }

    /// The shown stretch.
    #[must_use]
    pub fn messages(&self) -> &[Arc<Message>] {
        &self.messages
    }

    /// The message under which the shown ones stand.
    #[must_use]
    pub fn root(&self) -> Option<&Arc<Message>> {
        self.root.as_ref()
    }

    /// The place of the message under which the shown ones stand, where they are those of a thread.
    #[must_use]
    pub fn thread(&self) -> Option<Seq> {
        self.root.as_ref().map(|root| root.seq)
    }

    /// Whether a message stands here that stands there.
    #[must_use]
    pub fn takes(&self, thread_of: Option<Seq>, only_in_thread: bool) -> bool {
        self.thread().map_or(!only_in_thread, |root| thread_of == Some(root))
    }

    /// The message at a place, if it is shown.
    #[must_use]
    pub fn message(&self, seq: Seq) -> Option<&Arc<Message>> {
        let root = self.root.as_ref().filter(|root| root.seq == seq);
        root.or_else(|| Some(&self.messages[self.messages.binary_search_by_key(&seq, |message| message.seq).ok()?]))
    }

    /// Place of the first shown message.
    #[must_use]
    pub fn first_seq(&self) -> Option<Seq> {
        self.messages.first().map(|message| message.seq)
    }

    /// Place of the last shown message.
    #[must_use]
    pub fn last_seq(&self) -> Option<Seq> {
        self.messages.last().map(|message| message.seq)
    }

    /// Whether the shown stretch reaches over this place.
    #[must_use]
    pub fn shows(&self, seq: Seq) -> bool {
        self.message(seq).is_some()
    }

    /// Whether there are messages before the first one shown.
    #[must_use]
    pub fn has_older(&self) -> bool {
        self.has_older
    }

    /// Whether there are messages after the last one shown.
    #[must_use]
    pub fn has_newer(&self) -> bool {
        self.has_newer
    }

    /// Whether the reader may read what is written here.
    #[must_use]
    pub fn is_open_to_reader(&self) -> bool {
        self.standing == Standing::Member || self.room.visibility == Visibility::Public
    }

    /// Messages of others after this place.
    #[must_use]
    pub fn unseen_after(&self, seen: Seq) -> usize {
        let shown = self.messages.iter().rev().take_while(|message| message.seq > seen);
        shown.filter(|message| !message.deleted && !self.is_reader(&message.author)).count() + self.unseen.len()
    }

    /// Whether the reader stands at the end: then the top of a long timeline may go, otherwise nothing they read moves.
    pub fn set_reader_at_end(&mut self, at_end: bool) {
        self.reader_at_end = at_end;
    }

    /// Counts once, when all of it has come: later some of it may not be shown any more.
    fn count_missed(&mut self) {
        let Some((from, _)) = self.resume.take_if(|(_, until)| *until <= self.head) else { return };
        self.missed = match self.unseen_after(from) {
            0 => None,
            count if self.has_older && self.first_seq() > Some(from.next()) => Some(Missed::MoreThan(count)),
            count => Some(Missed::Exactly(count)),
        };
    }

    fn take_waiting(&mut self) {
        while let Some(event) = self.waiting.pop_front() {
            if event.seq > self.head.next() {
                self.waiting.push_front(event);
                return;
            }
            if event.seq > self.head {
                self.absorb(event);
            }
        }
    }

    /// Whether what was done since a page was read is all known.
    fn can_take(&self, page: &RoomPage) -> bool {
        page.epoch == self.epoch && page.head >= self.forgotten
    }

    /// Does to messages that came late what was done since they were read.
    fn bring_up_to_date(&mut self, reacted: Vec<(Seq, String)>, read_at: Seq) {
        note_all(&mut self.reacted, reacted);
        for event in self.changes.iter().filter(|event| event.seq > read_at) {
            changes::apply(&mut self.messages, &event.change);
            note_reaction(&mut self.reacted, self.reader, event);
        }
    }

    fn change_messages(&mut self, event: &Event) {
        changes::apply(&mut self.messages, &event.change);
        changes::apply(self.root.as_mut_slice(), &event.change);
        note_reaction(&mut self.reacted, self.reader, event);
        match &event.change {
            Change::MessageDeleted { seq, .. } => {
                self.unseen.retain(|unseen| unseen != seq);
                note(&mut self.pinned, *seq, false);
                note(&mut self.bookmarked, *seq, false);
            }
            Change::MessagePinned { seq, pinned, .. } => {
                note(&mut self.pinned, *seq, *pinned);
            }
            _ => {}
        }
        self.changes.push_back(event.clone());
        if self.changes.len() > CHANGES_MAX
            && let Some(oldest) = self.changes.pop_front()
        {
            self.forgotten = oldest.seq;
        }
    }

    fn absorb(&mut self, event: Event) {
        self.head = event.seq;
        if changes::is_about_shown(&event.change) {
            self.change_messages(&event);
        }
        match event.change {
            Change::MessageCreated { .. } => {
                if let Some(message) = event.message().filter(|message| self.takes(message.thread_of, message.only_in_thread)) {
                    self.append(message);
                }
            }
            Change::MessageEdited { .. }
            | Change::MessageDeleted { .. }
            | Change::ReactionChanged { .. }
            | Change::MessagePinned { .. } => {}
            Change::MemberJoined => {
                self.members += 1;
                if self.is_reader(&event.actor) {
                    self.standing = Standing::Member;
                }
            }
            Change::MemberLeft => {
                self.members = self.members.saturating_sub(1);
                if self.is_reader(&event.actor) {
                    self.standing = Standing::MayJoin;
                    self.rights = Rights::default();
                }
            }
            Change::MemberAdded { user } => {
                self.members += 1;
                if self.is_reader(&user) {
                    self.standing = Standing::Member;
                }
            }
            Change::MemberRemoved { user } => {
                self.members = self.members.saturating_sub(1);
                if self.is_reader(&user) {
                    self.standing = Standing::MayJoin;
                    self.rights = Rights::default();
                }
            }
            // What it means for the reader is read anew: no page decides that.
            Change::MemberChanged { .. } => {}
            Change::RoomChanged { name, topic, slug, visibility, archived, slow_seconds } => {
                let (id, person, starred) = (self.room.id, self.room.person, self.room.starred);
                self.room = Room { id, name, topic, slug, visibility, archived, slow_seconds, person, starred };
            }
        }
    }

    fn append(&mut self, message: Message) {
        // A page can be ahead of the events: then the message stands there already.
        if self.last_seq() >= Some(message.seq) {
            return;
        }
        self.has_newer |= self.messages.len() >= 2 * SHOWN_MAX;
        if !self.has_newer {
            self.messages.push(Arc::new(message));
            if self.reader_at_end && self.messages.len() > SHOWN_MAX + limits::PAGE as usize {
                self.drop_oldest(SHOWN_MAX);
            }
        } else if !self.is_reader(&message.author) {
            self.unseen.push(message.seq);
        }
    }

    fn drop_oldest(&mut self, keep: usize) {
        let surplus = self.messages.len().saturating_sub(keep);
        self.messages.drain(..surplus);
        self.has_older |= surplus > 0;
    }

    /// Whether the reader is this person.
    #[must_use]
    pub fn is_reader(&self, user: &User) -> bool {
        self.reader == Some(user.id)
    }
}

/// What the reader reacted with, after this.
fn note_reaction(reacted: &mut Vec<(Seq, String)>, reader: Option<UserId>, event: &Event) {
    let Change::ReactionChanged { seq, emoji, on, .. } = &event.change else { return };
    if reader != Some(event.actor.id) {
        return;
    }
    note(reacted, (*seq, emoji.clone()), *on);
}

/// Adds something to what is kept in order, once of each, or takes it out. `true` if that is something else now. (A `BTreeSet` would be more
/// code than all that is done with it.)
fn note<T: Ord>(kept: &mut Vec<T>, one: T, on: bool) -> bool {
    match kept.binary_search(&one) {
        Err(at) if on => kept.insert(at, one),
        Ok(at) if !on => _ = kept.remove(at),
        _ => return false,
    }
    true
}

fn note_all<T: Ord>(kept: &mut Vec<T>, all: Vec<T>) {
    for one in all {
        note(kept, one, true);
    }
}

#[cfg(test)]
mod tests;
