//! What a client did and saw, and whether the database agrees.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
    net::SocketAddr,
    time::Duration,
};

use protocol::{
    Change, ClientId, EpochId, Error, ErrorCode, Event, MessageId, RoomPage, RoomsUnread, Seq, ServerFrame, UserId, Window,
};

use crate::{fresh::Fresh, screen::Screen, support::audit::Audit};

/// One delivery: the message of an event, if it is one.
pub(crate) type Content = Option<(ClientId, String)>;

/// A stretch of a room that a client saw without a break.
#[derive(Debug)]
pub(crate) struct Run {
    /// What its places are of.
    pub(crate) epoch: EpochId,
    /// The place that it began after.
    pub(crate) after: Seq,
    pub(crate) seen: Vec<Content>,
    /// The last name that it was told of.
    pub(crate) name: Option<String>,
}

impl Run {
    pub(crate) fn new(epoch: EpochId, after: Seq) -> Self {
        Self { epoch, after, seen: Vec::new(), name: None }
    }

    pub(crate) fn last(&self) -> Seq {
        Seq(self.after.0 + i64::try_from(self.seen.len()).unwrap())
    }
}

/// A message that was sent, and what became of it.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) room: usize,
    /// The text that it has, as far as that was answered; none once it is deleted.
    pub(crate) body: String,
    /// Whether it quotes another message, or stands under one.
    pub(crate) is_answer: bool,
    pub(crate) ack: Option<(Seq, MessageId)>,
    /// How often it was edited.
    pub(crate) revision: u32,
}

/// What is to be done to a message, and is not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Edit {
        message: ClientId,
        body: String,
    },
    Delete {
        message: ClientId,
    },
    /// To react or no longer; whether this went out once only, so that no late one can undo what follows it.
    React {
        room: usize,
        seq: Seq,
        on: bool,
        once: bool,
    },
}

/// Everything that one client did and saw.
#[derive(Debug)]
pub(crate) struct Journal {
    /// The node that it talks to now.
    pub(crate) node: Option<SocketAddr>,
    /// Its runs, for each room.
    pub(crate) rooms: Vec<Vec<Run>>,
    pub(crate) sent: BTreeMap<ClientId, Sent>,
    /// What was asked for and is not answered, by the id of the question.
    pub(crate) asked: BTreeMap<ClientId, Asked>,
    /// The messages that it has reacted to, and whether it still does, where that is sure.
    pub(crate) reacted: BTreeMap<(usize, Seq), Option<bool>>,
    /// Who it is, and what it reacts with. No other client does with the same, so what it was told last is so.
    pub(crate) reader: Option<UserId>,
    pub(crate) emoji: &'static str,
    /// What its page shows, where somebody looks at it: of hundreds that hear the same, not all need to show it.
    pub(crate) screen: Screen,
    is_looking: bool,
    /// What is stored from before a restore, by whomever.
    pub(crate) earlier: BTreeSet<ClientId>,
    /// What must not happen at all.
    pub(crate) faults: Vec<String>,
    pub(crate) tally: Tally,
}

/// What is counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) sends: usize,
    pub(crate) acks: usize,
    /// Edits, deletions and reactions that were answered.
    pub(crate) changes: usize,
    /// Marks of what was read.
    pub(crate) reads: usize,
    /// Pages and lists that were read beside the socket.
    pub(crate) pages: usize,
    pub(crate) deliveries: usize,
    pub(crate) connections: usize,
    pub(crate) resumes: usize,
    pub(crate) resets: usize,
    /// Refused sends that may be repeated, by their code.
    pub(crate) refusals: BTreeMap<String, usize>,
    /// Ends of sockets, by their number.
    pub(crate) closes: BTreeMap<u16, usize>,
    /// Longest time from a send to its answer, on a socket that lived that long.
    pub(crate) slowest_answer: Duration,
    /// After closes that said that the server restarts.
    pub(crate) comebacks: Vec<Comeback>,
}

/// How a client came back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Comeback {
    /// The time that it chose to wait,
    pub(crate) pause: Duration,
    /// and the time that it waited.
    pub(crate) waited: Duration,
}

impl Journal {
    pub(crate) fn new(rooms: usize, reader: Option<UserId>, emoji: &'static str, is_looking: bool) -> Self {
        Self {
            node: None,
            rooms: (0..rooms).map(|_| Vec::new()).collect(),
            sent: BTreeMap::new(),
            asked: BTreeMap::new(),
            reacted: BTreeMap::new(),
            reader,
            emoji,
            screen: Screen::new(rooms, reader),
            is_looking,
            earlier: BTreeSet::new(),
            faults: Vec::new(),
            tally: Tally::default(),
        }
    }

    /// Where it is, for people who read why a test failed.
    pub(crate) fn place(&self) -> String {
        let last: Vec<_> = (0..self.rooms.len()).map(|room| self.last(room)).collect();
        let waiting = self.sent.values().filter(|sent| sent.ack.is_none()).count();
        let asked = self.asked.len();
        format!("at {last:?} with {waiting} sends not acknowledged and {asked} changes not answered, on {:?}", self.node)
    }

    /// The last place that was seen in a room.
    pub(crate) fn last(&self, room: usize) -> Option<Seq> {
        self.rooms[room].last().map(Run::last)
    }

    /// The epoch of that place.
    pub(crate) fn epoch(&self, room: usize) -> Option<EpochId> {
        self.rooms[room].last().map(|run| run.epoch)
    }

    /// What was sent and seen until now was held against another database than what comes; of the places only the last ones are kept.
    pub(crate) fn begin_anew(&mut self, stored: &[Audit]) {
        for runs in &mut self.rooms {
            *runs = runs.last().map(|run| Run::new(run.epoch, run.last())).into_iter().collect();
        }
        self.sent.clear();
        self.asked.clear();
        self.reacted.clear();
        self.screen.begin_anew();
        self.earlier = stored.iter().flat_map(|room| room.messages.keys().copied()).collect();
    }

    /// What it saw of each room after these places, in its last run. What a message said may be another text for those who heard of it later.
    pub(crate) fn seen_after(&self, places: &[Seq]) -> Vec<Vec<Option<ClientId>>> {
        let runs = self.rooms.iter().map(|runs| runs.last().expect("it is subscribed"));
        let seen = runs.zip(places).map(|(run, after)| &run.seen[usize::try_from(after.0 - run.after.0).unwrap()..]);
        seen.map(|seen| seen.iter().map(id).collect()).collect()
    }

    /// Whether everything that it asked for was answered.
    pub(crate) fn is_answered(&self) -> bool {
        self.asked.is_empty() && self.sent.values().all(|sent| sent.ack.is_some())
    }

    /// Whether its page shows what it has seen.
    pub(crate) fn is_shown(&self) -> bool {
        !self.is_looking || self.screen.shows_up_to((0..self.rooms.len()).map(|room| self.last(room)))
    }

    /// A subscription stands: the run goes on, or a new one begins.
    pub(crate) fn subscribed(&mut self, room: usize, head: Seq, epoch: EpochId, reset: bool) {
        let is_same = self.epoch(room) == Some(epoch);
        match self.last(room) {
            Some(last) if !is_same && !reset => self.faults.push(format!("{last} was taken for a place of {epoch}")),
            Some(last) if is_same && head < last => self.faults.push(format!("the log went back from {last} to {head}")),
            Some(_) if !reset => self.tally.resumes += 1,
            last => {
                self.tally.resets += usize::from(last.is_some());
                self.rooms[room].push(Run::new(epoch, head));
                match () {
                    () if !self.is_looking => {}
                    () if is_same => self.screen.missed(room),
                    () => self.screen.begin(room, head, epoch),
                }
            }
        }
    }

    pub(crate) fn event(&mut self, room: usize, event: &Event) {
        let Some(run) = self.rooms[room].last_mut() else {
            self.faults.push(format!("{} came before the subscription", event.seq));
            return;
        };
        if event.seq == run.last().next() {
            if let Change::RoomChanged { name, .. } = &event.change {
                run.name = Some(name.clone());
            }
            self.screen.apply(room, event);
            run.seen.push(event.message().map(|message| (message.client_id, message.body)));
            self.tally.deliveries += 1;
        } else {
            self.faults.push(format!("{} was delivered after {}", event.seq, run.last()));
        }
    }

    pub(crate) fn acknowledged(&mut self, id: ClientId, seq: Seq, message: MessageId) {
        self.tally.acks += 1;
        let Some(sent) = self.sent.get_mut(&id) else {
            self.faults.push(format!("{id} was acknowledged and never sent"));
            return;
        };
        if *sent.ack.get_or_insert((seq, message)) != (seq, message) {
            self.faults.push(format!("{id} was acknowledged under {:?} and under {seq}", sent.ack));
        }
    }

    /// What it asked for was done.
    pub(crate) fn done(&mut self, id: ClientId) {
        // Of one that went out twice, the other is answered too.
        let Some(asked) = self.asked.remove(&id) else { return };
        self.tally.changes += 1;
        let sent = match &asked {
            Asked::Edit { message, .. } | Asked::Delete { message } => self.sent.get_mut(message),
            Asked::React { .. } => None,
        };
        match (asked, sent) {
            (Asked::Edit { body, .. }, Some(sent)) => (sent.body, sent.revision) = (body, sent.revision + 1),
            (Asked::Delete { .. }, Some(sent)) => sent.body.clear(),
            (Asked::React { room, seq, on, once }, _) => {
                let known = self.reacted.entry((room, seq)).or_insert(Some(on));
                *known = known.filter(|_| once).map(|_| on);
            }
            (asked, None) => self.faults.push(format!("{asked:?} was done to a message that was never sent")),
        }
    }

    /// What it asked for goes out once more: a late one may undo what follows it.
    pub(crate) fn repeated(&mut self, id: ClientId) {
        if let Some(Asked::React { once, .. }) = self.asked.get_mut(&id) {
            *once = false;
        }
    }

    /// What it asked for cannot be done.
    pub(crate) fn refused(&mut self, id: Option<ClientId>, error: &Error) {
        let asked = id.and_then(|id| self.asked.remove(&id));
        // What is to be answered may have been deleted: then nothing was sent, and never will be.
        let unsent = |sent: &Sent| sent.is_answer && sent.ack.is_none() && error.code == ErrorCode::NotFound;
        if let Some(id) = id.filter(|id| self.sent.get(id).is_some_and(unsent)) {
            self.sent.remove(&id);
            return;
        }
        // Of one that went out twice, the other may have been done, and something else since; and a message that somebody reacts to may have
        // been deleted.
        let answered = id.is_some_and(|id| asked.is_none() && !self.sent.contains_key(&id));
        let gone = matches!(asked, Some(Asked::React { .. })) && error.code == ErrorCode::NotFound;
        if !answered && !gone {
            self.faults.push(format!("refused for good: {error}, {asked:?}"));
        }
    }

    /// A page came that was asked for.
    pub(crate) fn take_page(&mut self, room: usize, window: Window, page: Option<RoomPage>) {
        self.tally.pages += usize::from(page.is_some());
        let after = self.rooms[room].last().map_or(Seq::ZERO, |run| run.after);
        let taken = self.screen.take_page(room, window, page, after);
        self.faults.extend(taken.err());
    }

    /// The list of what is new came that was asked for.
    pub(crate) fn take_list(&mut self, list: Option<RoomsUnread>) {
        self.tally.pages += usize::from(list.is_some());
        let taken = self.screen.take_list(list);
        self.faults.extend(taken.err());
    }

    /// Its account is told something.
    pub(crate) fn told(&mut self, frame: ServerFrame) {
        let taken = self.screen.take_frame(frame);
        self.faults.extend(taken.err());
    }

    /// What it shows is what a client shows that comes now.
    pub(crate) fn assert_shows(&self, fresh: &[Fresh]) {
        for (room, fresh) in fresh.iter().enumerate() {
            if self.is_looking {
                fresh.assert_shown_by(self.screen.room(room).expect("it is subscribed"), self.reader);
            }
        }
    }

    /// Holds everything against the rooms as they are stored (G1 to G4).
    pub(crate) fn assert_agrees(&self, stored: &[Audit]) {
        assert_eq!(self.faults, [""; 0]);
        for (runs, stored) in self.rooms.iter().zip(stored) {
            for run in runs {
                let start = usize::try_from(run.after.0).unwrap();
                assert!(stored.log.len() >= start + run.seen.len(), "more was delivered than is stored");
                for (entry, seen) in stored.log[start..].iter().zip(&run.seen) {
                    assert_eq!(id(seen), id(&entry.message), "delivered and stored at {}", entry.seq);
                    assert!(entry.changed || seen == &entry.message, "delivered and stored at {}", entry.seq);
                }
            }
        }
        // Whoever saw a change in the end knows the name that the room has.
        for (runs, stored) in self.rooms.iter().zip(stored) {
            if let Some(name) = runs.last().and_then(|run| run.name.as_ref()) {
                assert_eq!(name, &stored.name);
            }
        }
        for (id, sent) in &self.sent {
            let (seq, _) = sent.ack.unwrap_or_else(|| panic!("{id} was never acknowledged"));
            let stored = &stored[sent.room];
            assert_eq!(stored.messages.get(id), Some(&vec![seq]), "{id} is not stored once under its seq");
            let entry = &stored.log[usize::try_from(seq.0).unwrap() - 1];
            assert_eq!(entry.message, Some((*id, sent.body.clone())));
        }
        self.assert_agrees_about_reactions_and_marks(stored);
    }

    /// Whether what it has read is stored.
    pub(crate) fn is_marked(&self, stored: &[Audit]) -> bool {
        let Some(reader) = self.reader else { return true };
        stored.iter().all(|stored| stored.marks.get(&reader) >= self.screen.read.get(&stored.room))
    }

    fn assert_agrees_about_reactions_and_marks(&self, stored: &[Audit]) {
        let Some(reader) = self.reader else { return };
        for ((room, seq), on) in &self.reacted {
            let stored = &stored[*room];
            let entry = &stored.log[usize::try_from(seq.0).unwrap() - 1];
            let key = (*seq, reader, self.emoji.to_owned());
            assert!(entry.deleted || on.is_none_or(|on| stored.reacted.contains(&key) == on), "{key:?} was answered as {on:?}");
        }
        assert!(self.is_marked(stored), "what it has read is not stored");
    }
}

fn id(content: &Content) -> Option<ClientId> {
    content.as_ref().map(|(id, _)| *id)
}

/// Nobody sent what is stored beside this, and nothing is stored twice.
pub(crate) fn assert_nothing_else(journals: &[&Journal], stored: &[Audit]) {
    let sent: BTreeSet<_> = journals.iter().flat_map(|journal| journal.sent.keys()).collect();
    let earlier: BTreeSet<_> = journals.iter().flat_map(|journal| &journal.earlier).collect();
    let kept = stored.iter().flat_map(|room| &room.messages).filter(|(id, _)| !earlier.contains(id));
    let kept: HashMap<_, _> = kept.collect();
    let strangers: Vec<_> = kept.keys().filter(|id| !sent.contains(*id)).collect();
    assert!(strangers.is_empty(), "{strangers:?}");
    assert_eq!(kept.len(), sent.len());
}

impl Tally {
    pub(crate) fn sum<'a>(tallies: impl IntoIterator<Item = &'a Self>) -> Self {
        tallies.into_iter().fold(Self::default(), |mut sum, tally| {
            sum.sends += tally.sends;
            sum.acks += tally.acks;
            sum.changes += tally.changes;
            sum.reads += tally.reads;
            sum.pages += tally.pages;
            sum.deliveries += tally.deliveries;
            sum.connections += tally.connections;
            sum.resumes += tally.resumes;
            sum.resets += tally.resets;
            sum.slowest_answer = sum.slowest_answer.max(tally.slowest_answer);
            sum.comebacks.extend(&tally.comebacks);
            tally.refusals.iter().for_each(|(code, count)| *sum.refusals.entry(code.clone()).or_default() += count);
            tally.closes.iter().for_each(|(code, count)| *sum.closes.entry(*code).or_default() += count);
            sum
        })
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} sends, {} acks, {} changes, {} reads, {} pages, {} deliveries, {} connections, {} resumes, {} resets, refusals {:?}, closes {:?}, slowest answer {:?}",
            self.sends,
            self.acks,
            self.changes,
            self.reads,
            self.pages,
            self.deliveries,
            self.connections,
            self.resumes,
            self.resets,
            self.refusals,
            self.closes,
            self.slowest_answer
        )
    }
}
