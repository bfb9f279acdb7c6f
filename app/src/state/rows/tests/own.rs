//! One's own changes, shown before the server has them: whatever happens, what is shown in the end is what a fresh page shows.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use protocol::{Change, ClientId, Error, ErrorCode, Event, Message, NewMessage, Reaction, RoomPage, Seq, User, UserId, Window};

use super::*;
use crate::state::{
    Applied, Deed, Kept, Outbox, Pending, Status, reacts,
    testing::{id, message_event, messages, page, room_id, user},
};

const ME: u64 = 1;
const EMOJI: [&str; 2] = ["👍", "🎉"];

/// What happens next.
#[derive(Clone, Copy, Debug)]
enum Step {
    Says,
    /// One's own message, the n-th that is shown, counted round.
    Edits(usize),
    Deletes(usize),
    Undoes(usize),
    /// To any message that is shown, with one of the emoji; or no longer.
    Reacts(usize, usize),
    /// What asked is tried again, or thrown away.
    Retries(usize),
    Discards(usize),
    /// Somebody else writes; somebody keeps order; oneself is on another device.
    OtherSays,
    OtherDeletes(usize),
    ElsewhereEdits(usize),
    /// Somebody reacts, or no longer: oneself on another device, or another one.
    OtherReacts(u64, usize, usize),
    /// The first that is under way arrives, and is answered.
    Answered,
    /// It arrives, and the connection is lost.
    AnswerLost,
    /// It does not arrive.
    Lost,
    RefusedForNow,
    Refused,
    /// Events come: so many, or one too early.
    Hears(usize),
    HearsTooEarly(usize),
    ReadsAnew,
    /// A page is asked for, and comes when more has happened.
    Asks,
    PageComes,
    /// The page is loaded anew, with what was kept in the storage.
    Loads,
    /// So many seconds go by.
    Waits(i64),
}

struct World {
    log: Vec<Event>,
    state: RoomState,
    outbox: Outbox,
    /// What is kept in the storage of what is on its way.
    storage: BTreeMap<ClientId, Pending>,
    under_way: Vec<Pending>,
    on_its_way: Option<RoomPage>,
    now: i64,
    texts: u32,
}

fn me() -> User {
    user(ME)
}

impl World {
    fn new() -> Self {
        let log: Vec<_> = (1..7).map(|seq| message_event(seq, 1 + (seq as u64) % 2, seq * 1_000)).collect();
        let state = RoomState::from_page(page(&log, log.len(), Some(me().id), Window::Latest), Some(me().id));
        let (outbox, storage) = (Outbox::default(), BTreeMap::new());
        Self { log, state, outbox, storage, under_way: Vec::new(), on_its_way: None, now: 10_000, texts: 0 }
    }

    /// What the server shows now.
    fn page(&self) -> RoomPage {
        page(&self.log, self.log.len(), Some(me().id), Window::Latest)
    }

    fn rows(&self) -> Vec<Row> {
        rows(&self.state, self.outbox.of_room(room_id()), Some(&me()), None, |at| at)
    }

    /// One's own messages as they are shown, but those that are gone.
    fn own(&self, n: usize) -> Option<Message> {
        let rows = self.rows();
        let own = rows.iter().filter_map(|row| match row {
            Row::Message(row) if row.own && !row.message.deleted => Some((*row.message).clone()),
            _ => None,
        });
        let own: Vec<_> = own.collect();
        own.get(n % own.len().max(1)).cloned()
    }

    fn shown(&self, client_id: ClientId) -> Option<(String, bool)> {
        self.rows().into_iter().find_map(|row| match row {
            Row::Message(row) if row.own && row.message.client_id == client_id => {
                Some((row.message.body.clone(), matches!(row.mark, Mark::Unchanged { .. } | Mark::Failed(_))))
            }
            _ => None,
        })
    }

    fn text(&mut self) -> String {
        self.texts += 1;
        format!("text number {}", self.texts)
    }

    fn happens(&mut self, actor: User, change: Change) -> Seq {
        let seq = Seq(i64::try_from(self.log.len()).unwrap() + 1);
        let at = seq.0 * 1_000;
        self.log.push(Event { room: room_id(), seq, at, actor, change });
        seq
    }

    fn creates(&mut self, author: User, client_id: ClientId, body: String) -> Seq {
        let message = NewMessage::plain(id(self.log.len() as u64 + 500), client_id, body);
        self.happens(author, Change::MessageCreated { message })
    }

    fn head(&self) -> Seq {
        self.log.last().unwrap().seq
    }

    /// What the server does with what arrives.
    fn arrives(&mut self, pending: &Pending) -> Result<Seq, Error> {
        let messages = messages(&self.log);
        let at = |seq: Seq| messages.iter().find(|message| message.seq == seq).cloned().ok_or(ErrorCode::NotFound);
        match pending.deed {
            Deed::Send => {
                let earlier = messages.iter().find(|message| message.client_id == pending.client_id);
                match earlier {
                    Some(earlier) if earlier.revision == 0 && !earlier.deleted && earlier.body != pending.body => {
                        Err(ErrorCode::Conflict.into())
                    }
                    Some(earlier) => Ok(earlier.seq),
                    None => Ok(self.creates(me(), pending.client_id, pending.body.clone())),
                }
            }
            Deed::Edit { seq, revision } => {
                let message = at(seq)?;
                match () {
                    () if message.deleted => Err(ErrorCode::NotFound.into()),
                    () if message.body == pending.body => Ok(self.head()),
                    () if message.revision != revision => Err(ErrorCode::Changed.into()),
                    () => Ok(self.edits(&message, pending.body.clone())),
                }
            }
            Deed::Delete { seq } => {
                let message = at(seq)?;
                if message.deleted { Ok(self.head()) } else { Ok(self.deletes(me(), &message)) }
            }
            Deed::React { seq, ref emoji, on } => {
                let message = at(seq)?;
                if message.deleted { Err(ErrorCode::NotFound.into()) } else { Ok(self.reacts(me(), &message, emoji, on)) }
            }
        }
    }

    /// Whether somebody reacts to a message with this.
    fn has_reacted(&self, who: &User, place: Seq, wanted: &str) -> bool {
        let said = self.log.iter().rev().filter(|event| event.actor.id == who.id).find_map(|event| match &event.change {
            Change::ReactionChanged { seq, emoji, on, .. } if *seq == place && emoji == wanted => Some(*on),
            _ => None,
        });
        said.unwrap_or(false)
    }

    fn reacts(&mut self, who: User, message: &Message, emoji: &str, on: bool) -> Seq {
        if self.has_reacted(&who, message.seq, emoji) == on {
            return self.head();
        }
        let known = message.reactions.iter().find(|reaction| reaction.emoji == emoji).cloned();
        let first = Reaction { emoji: emoji.to_owned(), count: 0, since: self.head().next() };
        let Reaction { emoji, count, since } = known.unwrap_or(first);
        let count = if on { count + 1 } else { count - 1 };
        self.happens(who, Change::ReactionChanged { id: message.id, seq: message.seq, emoji, on, count, since })
    }

    fn edits(&mut self, message: &Message, body: String) -> Seq {
        let (id, seq, revision) = (message.id, message.seq, message.revision + 1);
        let edited_at = self.head().0;
        self.happens(me(), Change::MessageEdited { id, seq, body, revision, edited_at, mentions: Vec::new() })
    }

    fn deletes(&mut self, actor: User, message: &Message) -> Seq {
        let (id, seq) = (message.id, message.seq);
        self.happens(actor, Change::MessageDeleted { id, seq, thread_of: None, thread: None })
    }

    /// As the socket does.
    fn hears(&mut self, event: Event) {
        let own = event.message().filter(|message| message.author.id == me().id);
        let gap = matches!(self.state.apply(event), Applied::Gap { .. });
        if let Some(message) = own.filter(|_| !gap) {
            let next = self.outbox.arrived(message.client_id, message.seq);
            self.stored(message.client_id, next);
        }
        self.outbox.settle(room_id(), self.state.head());
    }

    fn hears_on(&mut self, count: usize) {
        let from = usize::try_from(self.state.head().0).unwrap();
        for event in self.log[from..].iter().take(count).cloned().collect::<Vec<_>>() {
            self.hears(event);
        }
    }

    fn sends(&mut self) {
        self.under_way.extend(self.outbox.take_due(self.now));
    }

    fn answers(&mut self, pending: &Pending, answer: Result<Seq, Error>) {
        match answer {
            Ok(seq) => {
                let next = self.outbox.acknowledge(pending.client_id, seq, self.now);
                self.stored(pending.client_id, next);
            }
            Err(error) => self.outbox.refuse(pending.client_id, error, self.now, 0.5),
        }
        self.outbox.settle(room_id(), self.state.head());
    }

    fn stored(&mut self, client_id: ClientId, next: Option<Pending>) {
        self.keep(Kept { keep: next, forget: vec![client_id] });
    }

    fn keep(&mut self, kept: Kept) {
        self.storage.retain(|client_id, _| !kept.forget.contains(client_id));
        self.storage.extend(kept.keep.map(|pending| (pending.client_id, pending)));
    }

    fn takes_page(&mut self, page: RoomPage) {
        if let Applied::Gap { .. } = self.state.replace(page) {
            self.hears_on(usize::MAX);
        }
        self.outbox.settle(room_id(), self.state.head());
    }

    /// What comes back from the storage has only what is written there.
    fn loads(&mut self) {
        self.disconnects();
        let kept = self.storage.values().map(|pending| serde_json::from_str(&serde_json::to_string(pending).unwrap()).unwrap());
        let kept = kept.collect();
        self.outbox = Outbox::default();
        self.outbox.adopt(kept);
        self.state = RoomState::from_page(self.page(), Some(me().id));
    }

    /// What asks, or was refused.
    fn asking(&self) -> Vec<ClientId> {
        let asks = |pending: &&Pending| matches!(pending.status, Status::Failed(_) | Status::Held);
        self.outbox.of_room(room_id()).filter(asks).map(|pending| pending.client_id).collect()
    }

    fn discards(&mut self, client_id: ClientId) {
        self.outbox.remove(client_id);
        self.storage.remove(&client_id);
    }

    fn retries(&mut self, client_id: ClientId) {
        if let Some(again) = self.outbox.retry(client_id, self.now).cloned() {
            self.keep(Kept { keep: Some(again), forget: vec![client_id] });
        }
    }

    fn react(&mut self, n: usize, emoji: &str) {
        let shown: Vec<_> = self.state.messages().iter().filter(|message| !message.deleted).map(|message| message.seq).collect();
        let Some(&seq) = shown.get(n % shown.len().max(1)) else { return };
        let on = !reacts(&self.state, self.outbox.of_room(room_id()), seq, emoji);
        let known = self.state.has_reacted(seq, emoji);
        let kept = self.outbox.react(room_id(), (seq, emoji), (known, on), self.now);
        self.keep(kept);
        let own = |row: Row| match row {
            Row::Message(row) if row.message.seq == seq && !row.message.deleted => {
                Some(row.reactions.iter().any(|chip| chip.own && chip.emoji == emoji))
            }
            _ => None,
        };
        let shown = self.rows().into_iter().find_map(own);
        assert!(shown.is_none_or(|own| own == on), "{emoji} under {seq} is shown at once: {:?}", self.outbox);
    }

    fn disconnects(&mut self) {
        self.under_way.clear();
        self.outbox.disconnected();
    }

    fn edit_own(&mut self, n: usize) {
        let (Some(message), text) = (self.own(n), self.text()) else { return };
        if message.seq > Seq::ZERO && self.state.shows(message.seq) {
            let known = self.state.messages().iter().find(|known| known.seq == message.seq).unwrap().revision;
            let kept = self.outbox.edit(room_id(), (message.seq, known), text.clone(), self.now);
            self.keep(kept);
        } else if message.seq == Seq::ZERO {
            let kept = self.outbox.amend(message.client_id, text.clone(), self.now);
            self.keep(kept);
        } else {
            return;
        }
        let shown = self.rows().into_iter().any(|row| matches!(row, Row::Message(row) if row.message.body == text));
        assert!(shown, "{text} of {message:?} is shown at once: {:?}", self.outbox);
    }

    fn delete_own(&mut self, n: usize) {
        let Some(message) = self.own(n) else { return };
        let kept = if message.seq > Seq::ZERO {
            self.outbox.delete(room_id(), message.seq, self.now)
        } else {
            self.outbox.take_back(message.client_id)
        };
        self.keep(kept);
        let still = self.shown(message.client_id).is_some_and(|(body, _)| !body.is_empty());
        assert!(!still, "{message:?} is gone at once: {:?}", self.outbox);
    }

    fn step(&mut self, step: Step) {
        self.sends();
        let first = |world: &mut Self| (!world.under_way.is_empty()).then(|| world.under_way.remove(0));
        match step {
            Step::Says => {
                let text = self.text();
                let pending = Pending::new(ClientId::generate(), room_id(), text, self.now);
                self.storage.insert(pending.client_id, pending.clone());
                self.outbox.push(pending);
            }
            Step::Edits(n) => self.edit_own(n),
            Step::Deletes(n) => self.delete_own(n),
            Step::Undoes(n) => {
                let all: Vec<_> = self.outbox.of_room(room_id()).filter(|pending| pending.place().is_some()).collect();
                if let Some(by) = all.get(n % all.len().max(1)).map(|pending| pending.client_id)
                    && self.outbox.undo(by)
                {
                    self.storage.remove(&by);
                }
            }
            Step::Reacts(n, emoji) => self.react(n, EMOJI[emoji]),
            Step::Retries(n) | Step::Discards(n) => {
                let asking = self.asking();
                match (asking.get(n % asking.len().max(1)), step) {
                    (Some(client_id), Step::Retries(_)) => self.retries(*client_id),
                    (Some(client_id), _) => self.discards(*client_id),
                    (None, _) => {}
                }
            }
            Step::OtherSays => {
                let n = self.log.len() as u64;
                self.creates(user(2), id(9_000_000 + n), format!("of another, {n}"));
            }
            Step::OtherDeletes(n) | Step::ElsewhereEdits(n) => {
                let mine = messages(&self.log).into_iter().filter(|message| message.author.id == me().id && !message.deleted);
                let mine: Vec<_> = mine.collect();
                let Some(message) = mine.get(n % mine.len().max(1)) else { return };
                if matches!(step, Step::OtherDeletes(_)) {
                    self.deletes(user(3), message);
                } else {
                    let text = self.text();
                    self.edits(message, text);
                }
            }
            Step::OtherReacts(who, n, emoji) => {
                let all: Vec<_> = messages(&self.log).into_iter().filter(|message| !message.deleted).collect();
                let Some(message) = all.get(n % all.len().max(1)) else { return };
                let on = !self.has_reacted(&user(who), message.seq, EMOJI[emoji]);
                self.reacts(user(who), message, EMOJI[emoji], on);
            }
            Step::Answered => {
                if let Some(pending) = first(self) {
                    let answer = self.arrives(&pending);
                    self.answers(&pending, answer);
                }
            }
            Step::AnswerLost => {
                if let Some(pending) = first(self) {
                    _ = self.arrives(&pending);
                }
                self.disconnects();
            }
            Step::Lost => self.disconnects(),
            Step::RefusedForNow => {
                if let Some(pending) = first(self) {
                    self.answers(&pending, Err(ErrorCode::Unavailable.into()));
                }
            }
            Step::Refused => {
                if let Some(pending) = first(self) {
                    self.answers(&pending, Err(ErrorCode::Muted.into()));
                }
            }
            Step::Hears(count) => self.hears_on(count),
            Step::HearsTooEarly(n) => {
                let event = self.log[n % self.log.len()].clone();
                self.hears(event);
            }
            Step::ReadsAnew => self.takes_page(self.page()),
            Step::Asks => self.on_its_way = Some(self.page()),
            Step::PageComes => {
                if let Some(page) = self.on_its_way.take() {
                    self.takes_page(page);
                }
            }
            Step::Loads => self.loads(),
            Step::Waits(seconds) => {
                self.now += seconds * 1_000;
                self.outbox.look(self.now);
            }
        }
        let keys: Vec<_> = self.rows().iter().map(Row::key).collect();
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len(), "{keys:?}");
    }

    /// All goes out, is answered and heard of; what is refused for good is thrown away.
    fn calms_down(&mut self) {
        for _ in 0..200 {
            self.now += 10_000;
            self.sends();
            for pending in std::mem::take(&mut self.under_way) {
                let answer = self.arrives(&pending);
                self.answers(&pending, answer);
            }
            self.hears_on(usize::MAX);
            for client_id in self.asking() {
                self.discards(client_id);
            }
        }
    }
}

fn any_step() -> impl Strategy<Value = Step> {
    let n = || 0usize..8;
    prop_oneof![
        2 => Just(Step::Says),
        4 => n().prop_map(Step::Edits),
        2 => n().prop_map(Step::Deletes),
        1 => n().prop_map(Step::Undoes),
        2 => (n(), 0usize..2).prop_map(|(n, emoji)| Step::Reacts(n, emoji)),
        1 => n().prop_map(Step::Retries),
        1 => n().prop_map(Step::Discards),
        1 => Just(Step::OtherSays),
        1 => n().prop_map(Step::OtherDeletes),
        1 => n().prop_map(Step::ElsewhereEdits),
        1 => (1u64..4, n(), 0usize..2).prop_map(|(who, n, emoji)| Step::OtherReacts(who, n, emoji)),
        5 => Just(Step::Answered),
        1 => Just(Step::AnswerLost),
        1 => Just(Step::Lost),
        1 => Just(Step::RefusedForNow),
        1 => Just(Step::Refused),
        4 => (1usize..4).prop_map(Step::Hears),
        1 => n().prop_map(Step::HearsTooEarly),
        1 => Just(Step::ReadsAnew),
        1 => Just(Step::Asks),
        1 => Just(Step::PageComes),
        1 => Just(Step::Loads),
        2 => prop_oneof![9 => 1i64..8, 1 => Just(2 * 60 * 60)].prop_map(Step::Waits),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_to_ones_own_changes_the_end_is_what_a_fresh_page_shows(steps in prop::collection::vec(any_step(), 1..60)) {
        let mut world = World::new();
        for step in steps {
            world.step(step);
        }
        world.calms_down();
        prop_assert_eq!((world.outbox.of_room(room_id()).count(), world.storage.len()), (0, 0));
        let reader: UserId = me().id;
        let fresh = RoomState::from_page(world.page(), Some(reader));
        let fresh = rows(&fresh, std::iter::empty(), Some(&me()), None, |at| at);
        // A page has the last so many messages.
        let shown = world.rows();
        let tail = |rows: &[Row]| rows.iter().rev().take(20).cloned().collect::<Vec<_>>();
        prop_assert_eq!(tail(&shown), tail(&fresh));
        // Nothing was sent twice.
        let all = messages(&world.log);
        prop_assert_eq!(all.iter().map(|message| message.client_id).collect::<HashSet<_>>().len(), all.len());
    }
}
