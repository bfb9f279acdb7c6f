//! What a client did and saw, and whether the database agrees.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
    net::SocketAddr,
    time::Duration,
};

use protocol::{Change, ClientId, EpochId, Event, MessageId, Seq};

use crate::support::audit::Audit;

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
    pub(crate) body: String,
    pub(crate) ack: Option<(Seq, MessageId)>,
}

/// Everything that one client did and saw.
#[derive(Debug)]
pub(crate) struct Journal {
    /// The node that it talks to now.
    pub(crate) node: Option<SocketAddr>,
    /// Its runs, for each room.
    pub(crate) rooms: Vec<Vec<Run>>,
    pub(crate) sent: BTreeMap<ClientId, Sent>,
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
    pub(crate) fn new(rooms: usize) -> Self {
        Self {
            node: None,
            rooms: (0..rooms).map(|_| Vec::new()).collect(),
            sent: BTreeMap::new(),
            earlier: BTreeSet::new(),
            faults: Vec::new(),
            tally: Tally::default(),
        }
    }

    /// Where it is, for people who read why a test failed.
    pub(crate) fn place(&self) -> String {
        let last: Vec<_> = (0..self.rooms.len()).map(|room| self.last(room)).collect();
        let waiting = self.sent.values().filter(|sent| sent.ack.is_none()).count();
        format!("at {last:?} with {waiting} sends not acknowledged, on {:?}", self.node)
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
        self.earlier = stored.iter().flat_map(|room| room.messages.keys().copied()).collect();
    }

    /// What it saw of each room after these places, in its last run.
    pub(crate) fn seen_after(&self, places: &[Seq]) -> Vec<Vec<Content>> {
        let runs = self.rooms.iter().map(|runs| runs.last().expect("it is subscribed"));
        runs.zip(places).map(|(run, after)| run.seen[usize::try_from(after.0 - run.after.0).unwrap()..].to_vec()).collect()
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

    /// Holds everything against the rooms as they are stored (G1 to G4).
    pub(crate) fn assert_agrees(&self, stored: &[Audit]) {
        assert_eq!(self.faults, [""; 0]);
        for (runs, stored) in self.rooms.iter().zip(stored) {
            for run in runs {
                let start = usize::try_from(run.after.0).unwrap();
                assert!(stored.log.len() >= start + run.seen.len(), "more was delivered than is stored");
                for (entry, seen) in stored.log[start..].iter().zip(&run.seen) {
                    assert_eq!(seen, &entry.message, "delivered and stored at {}", entry.seq);
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
    }
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
            "{} sends, {} acks, {} deliveries, {} connections, {} resumes, {} resets, refusals {:?}, closes {:?}, slowest answer {:?}",
            self.sends,
            self.acks,
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
