//! The load side: thousands of sockets on one epoll loop, which reads of a frame only what it needs to know.

use std::{
    io::{ErrorKind, Read, Write},
    time::{Duration, Instant},
};

use mio::{Events, Interest, Poll, Token, net::TcpStream};

use crate::{
    Result,
    dialect::{Changes, Dialect, Heard},
    frames::{self, Frame},
    server::Server,
    tally::Tally,
};

/// Sockets that open at the same time where nobody measures how long it takes.
const WAVE: usize = 100;
const INPUT_BYTES: usize = 64 * 1024;
/// Nothing at all happened for this long: the server hangs or has lost something.
const PATIENCE: Duration = Duration::from_secs(20);

/// How sends follow each other.
#[derive(Clone, Copy, Debug)]
pub enum Pace {
    /// So many wait for their acknowledgement at any time, over all senders.
    InFlight(usize),
    /// So many a second, whether or not the ones before are through.
    PerSecond(u32),
}

/// What came of a series of sends.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// From the first send until everything was delivered and acknowledged.
    pub time: Duration,
    /// Events that reached a subscriber.
    pub deliveries: usize,
    /// What these events took on the sockets, with the headers of their frames.
    pub bytes: usize,
    /// From each send to its acknowledgement.
    pub acknowledged: Vec<Duration>,
    /// From each send to the last subscriber's getting it.
    pub delivered: Vec<Duration>,
}

struct Socket {
    stream: TcpStream,
    dialect: Dialect,
    open: bool,
    room: usize,
    /// Place that it has everything up to.
    last: u64,
    /// Subscribes after this place, not at the head.
    after: Option<u64>,
    inbox: Vec<u8>,
    outbox: Vec<u8>,
}

struct Sent {
    room: usize,
    at: Instant,
    answer: Option<(u64, Instant)>,
}

/// Rooms and sends, apart from the sockets that bring news of them.
#[derive(Default)]
struct Floor {
    names: Vec<String>,
    tallies: Vec<Option<Tally>>,
    members: Vec<usize>,
    /// The number of the first send: a client id is used once, whichever swarm sends it.
    first: usize,
    sends: Vec<Sent>,
    acknowledged: usize,
    live: usize,
    deliveries: usize,
    bytes: usize,
    presence: Told,
}

/// What sockets were told of people, beside the rooms.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told {
    /// Frames, on all sockets together.
    pub frames: usize,
    /// What they took, with their headers.
    pub bytes: usize,
}

/// Sockets to one server.
pub struct Swarm {
    poll: Poll,
    events: Events,
    input: Vec<u8>,
    sockets: Vec<Socket>,
    floor: Floor,
    /// What is done instead of sending, and the number that it began with.
    changes: Option<(Changes, usize)>,
}

impl Swarm {
    /// Without a socket yet.
    ///
    /// # Errors
    /// There is no epoll to be had.
    pub fn new() -> Result<Self> {
        let (poll, events) = (Poll::new()?, Events::with_capacity(4096));
        Ok(Self { poll, events, input: vec![0; INPUT_BYTES], sockets: Vec::new(), floor: Floor::default(), changes: None })
    }

    /// Lets its sends follow those of other swarms of the same people.
    #[must_use]
    pub fn following(mut self, sends: usize) -> Self {
        self.floor.first = sends;
        self
    }

    /// How many sends there were, with those that it follows.
    #[must_use]
    pub fn sends(&self) -> usize {
        self.floor.first + self.floor.sends.len()
    }

    /// Opens sockets that subscribe to a room, and waits until all of them stand. The first of a room are its senders.
    ///
    /// # Errors
    /// One is refused or takes too long.
    pub fn join(&mut self, server: &Server, room: &str, subscribers: usize) -> Result<()> {
        let mut left = subscribers;
        let room = self.room(room, subscribers);
        while left > 0 {
            let wave = left.min(WAVE);
            self.open(server, room, wave, None)?;
            left -= wave;
        }
        Ok(())
    }

    /// Opens sockets all at once that resume after a place, and waits until each has what it missed up to `head`.
    ///
    /// # Errors
    /// One is refused, takes too long, or does not get what it missed.
    pub fn storm(&mut self, server: &Server, room: &str, sockets: usize, after: u64, head: u64) -> Result<()> {
        let room = self.room(room, sockets);
        self.floor.tallies[room] = Some(Tally::new(&self.floor.names[room], sockets, after));
        self.open(server, room, sockets, Some(after))?;
        let missed = usize::try_from(head - after)?;
        self.until(|floor| floor.complete(room) >= missed)
    }

    fn room(&mut self, name: &str, members: usize) -> usize {
        self.floor.names.push(name.to_owned());
        self.floor.members.push(members);
        self.floor.tallies.push(None);
        self.floor.names.len() - 1
    }

    fn open(&mut self, server: &Server, room: usize, count: usize, after: Option<u64>) -> Result<()> {
        for _ in 0..count {
            let id = self.sockets.len();
            let mut stream = TcpStream::connect(server.addr)?;
            self.poll.registry().register(&mut stream, Token(id), Interest::READABLE | Interest::WRITABLE)?;
            stream.set_nodelay(true)?;
            // The senders are the first of each room; in rooms that were made for the bench account 0 may write.
            let account = if self.floor.names.len() > 1 { 0 } else { id };
            let outbox = server.handshake(account).into_bytes();
            let (dialect, inbox) = (Dialect::of(server.kind), Vec::new());
            self.sockets.push(Socket { stream, dialect, open: false, room, last: 0, after, inbox, outbox });
        }
        let all = self.sockets.len();
        self.until(|floor| floor.live == all)
    }

    /// Sends for so long, the rooms taking turns and in each its first `senders`, and waits until every subscriber has everything.
    ///
    /// # Errors
    /// A send is refused, or an event is missing, doubled or out of order.
    pub fn drive(&mut self, time: Duration, senders: usize, pace: Pace) -> Result<Outcome> {
        let first_of_room: Vec<_> = (0..self.floor.names.len())
            .map(|room| self.sockets.iter().position(|socket| socket.room == room).ok_or("a room without a socket"))
            .collect::<std::result::Result<_, _>>()?;
        let (from, deliveries, bytes) = (self.floor.sends.len(), self.floor.deliveries, self.floor.bytes);
        let rooms = first_of_room.len();
        let start = Instant::now();
        while start.elapsed() < time {
            let sent = self.floor.sends.len() - from;
            let wait = match pace {
                Pace::InFlight(window) => (self.floor.sends.len() >= self.floor.acknowledged + window).then_some(PATIENCE),
                Pace::PerSecond(rate) => {
                    let due = start + Duration::from_secs_f64(sent as f64 / f64::from(rate));
                    due.checked_duration_since(Instant::now()).filter(|wait| !wait.is_zero())
                }
            };
            match wait {
                Some(wait) => self.turn(wait, matches!(pace, Pace::InFlight(_)))?,
                None => self.send(first_of_room[sent % rooms] + sent / rooms % senders)?,
            }
        }
        self.until(|floor| floor.acknowledged == floor.sends.len() && floor.all_complete())?;
        let time = start.elapsed();
        self.floor.check()?;
        let (acknowledged, delivered) = self.floor.times(from);
        let (deliveries, bytes) = (self.floor.deliveries - deliveries, self.floor.bytes - bytes);
        Ok(Outcome { time, deliveries, bytes, acknowledged, delivered })
    }

    /// From now on messages are changed, no longer sent. Their author is the first sender.
    pub fn change(&mut self, changes: Changes) {
        self.changes = Some((changes, self.floor.sends.len()));
    }

    /// Says something on each of these sockets.
    ///
    /// # Errors
    /// One has been closed.
    pub fn say(&mut self, mut sockets: impl Iterator<Item = usize>, text: &str) -> Result<()> {
        sockets.try_for_each(|id| self.sockets[id].say(text))
    }

    /// Takes in what comes, until nothing about people has come for so long; gives what did.
    ///
    /// # Errors
    /// A socket has been closed, or an event came out of order.
    pub fn listen(&mut self, rest: Duration) -> Result<Told> {
        let (before, mut since) = (self.floor.presence, Instant::now());
        let mut heard = before.frames;
        while let Some(left) = rest.checked_sub(since.elapsed()).filter(|left| !left.is_zero()) {
            self.turn(left, false)?;
            if self.floor.presence.frames > heard {
                (heard, since) = (self.floor.presence.frames, Instant::now());
            }
        }
        let Told { frames, bytes } = self.floor.presence;
        Ok(Told { frames: frames - before.frames, bytes: bytes - before.bytes })
    }

    /// The last place of the first room that somebody has everything up to.
    #[must_use]
    pub fn head(&self) -> u64 {
        self.sockets.first().map_or(0, |socket| socket.last)
    }

    fn send(&mut self, id: usize) -> Result<()> {
        let socket = &mut self.sockets[id];
        let (room, number) = (&self.floor.names[socket.room], self.floor.sends.len());
        let text = match self.changes {
            Some((changes, since)) => changes.frame(room, number, number - since),
            None => socket.dialect.send(room, self.floor.first + number),
        };
        frames::write_masked_text(text.as_bytes(), &mut socket.outbox);
        self.floor.sends.push(Sent { room: socket.room, at: Instant::now(), answer: None });
        socket.flush()
    }

    fn until(&mut self, mut done: impl FnMut(&Floor) -> bool) -> Result<()> {
        while !done(&self.floor) {
            self.turn(PATIENCE, true)?;
        }
        Ok(())
    }

    /// Waits for news and takes it in.
    fn turn(&mut self, wait: Duration, has_to_come: bool) -> Result<()> {
        self.poll.poll(&mut self.events, Some(wait))?;
        if has_to_come && self.events.is_empty() {
            let floor = &self.floor;
            floor.check()?;
            return Err(format!(
                "nothing comes any more: {} of {} sockets stand, {} of {} sends are acknowledged",
                floor.live,
                self.sockets.len(),
                floor.acknowledged,
                floor.sends.len()
            )
            .into());
        }
        for event in &self.events {
            let socket = &mut self.sockets[event.token().0];
            if event.is_writable() {
                socket.flush()?;
            }
            if event.is_readable() {
                socket.read(&mut self.input, &mut self.floor)?;
            }
        }
        Ok(())
    }
}

impl Socket {
    fn flush(&mut self) -> Result<()> {
        while !self.outbox.is_empty() {
            match self.stream.write(&self.outbox) {
                Ok(written) => drop(self.outbox.drain(..written)),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::NotConnected) => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn read(&mut self, input: &mut [u8], floor: &mut Floor) -> Result<()> {
        loop {
            match self.stream.read(input) {
                Ok(0) => return Err("the server closed a socket".into()),
                Ok(size) => {
                    self.take(&input[..size], floor)?;
                    // Of a stream, less than asked for means that there is no more (epoll(7)): this saves every second call.
                    if size < input.len() {
                        return Ok(());
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn take(&mut self, input: &[u8], floor: &mut Floor) -> Result<()> {
        if self.inbox.is_empty() {
            let taken = self.take_whole(input, floor)?;
            self.inbox.extend_from_slice(&input[taken..]);
        } else {
            let mut inbox = std::mem::take(&mut self.inbox);
            inbox.extend_from_slice(input);
            let taken = self.take_whole(&inbox, floor)?;
            inbox.drain(..taken);
            self.inbox = inbox;
        }
        Ok(())
    }

    /// Takes what is there in full; returns how many bytes that were.
    fn take_whole(&mut self, input: &[u8], floor: &mut Floor) -> Result<usize> {
        let mut at = 0;
        if !self.open {
            let Some(end) = input.windows(4).position(|end| end == b"\r\n\r\n") else { return Ok(0) };
            if !input.starts_with(b"HTTP/1.1 101") {
                return Err(format!("no socket: {}", String::from_utf8_lossy(input)).into());
            }
            at = end + 4;
            self.open = true;
            self.react(self.dialect.opened(), 0, floor)?;
        }
        while let Some(frame) = Frame::first(&input[at..]) {
            match frame.opcode {
                frames::TEXT => self.react(self.dialect.hear(frame.payload)?, frame.size, floor)?,
                frames::CLOSE => return Err(format!("closed: {}", String::from_utf8_lossy(frame.payload)).into()),
                _ => {}
            }
            at += frame.size;
        }
        Ok(at)
    }

    fn react(&mut self, heard: Heard, size: usize, floor: &mut Floor) -> Result<()> {
        match heard {
            Heard::Asks(text) => self.say(text),
            Heard::Ready => self.say(&self.dialect.subscribe(&floor.names[self.room], self.after)),
            Heard::Subscribed(head) => {
                self.last = self.after.unwrap_or(head);
                floor.live += 1;
                let (name, members) = (&floor.names[self.room], floor.members[self.room]);
                floor.tallies[self.room].get_or_insert_with(|| Tally::new(name, members, head));
                Ok(())
            }
            Heard::Event(seq) => {
                let tally = floor.tallies[self.room].as_mut().ok_or("an event before the subscription")?;
                tally.delivered(self.last, seq, Instant::now())?;
                self.last = seq;
                floor.deliveries += 1;
                floor.bytes += size;
                Ok(())
            }
            Heard::Ack(number, seq) => floor.acknowledge(number, seq),
            Heard::Presence => {
                floor.presence.frames += 1;
                floor.presence.bytes += size;
                Ok(())
            }
            Heard::Other => Ok(()),
        }
    }

    fn say(&mut self, text: &str) -> Result<()> {
        frames::write_masked_text(text.as_bytes(), &mut self.outbox);
        self.flush()
    }
}

impl Floor {
    fn acknowledge(&mut self, number: usize, seq: u64) -> Result<()> {
        let sent =
            number.checked_sub(self.first).and_then(|number| self.sends.get_mut(number)).ok_or("an ack for what was not sent")?;
        if sent.answer.replace((seq, Instant::now())).is_some() {
            return Err("a send was acknowledged twice".into());
        }
        self.tallies[sent.room].as_mut().ok_or("an ack before the subscription")?.acknowledged(seq)?;
        self.acknowledged += 1;
        Ok(())
    }

    fn complete(&self, room: usize) -> usize {
        self.tallies[room].as_ref().map_or(0, Tally::complete)
    }

    fn all_complete(&self) -> bool {
        self.tallies.iter().flatten().map(Tally::complete).sum::<usize>() >= self.sends.len()
    }

    fn check(&self) -> Result<()> {
        let mut sent = vec![0; self.names.len()];
        self.sends.iter().for_each(|send| sent[send.room] += 1);
        for (tally, sent) in self.tallies.iter().flatten().zip(sent) {
            tally.check(sent)?;
        }
        Ok(())
    }

    /// Times of the sends from this one on, to the acknowledgement and to the last delivery.
    fn times(&self, from: usize) -> (Vec<Duration>, Vec<Duration>) {
        let answered = self.sends[from..].iter().filter_map(|sent| Some((sent, sent.answer?)));
        answered
            .filter_map(|(sent, (seq, answered))| {
                let completed = self.tallies[sent.room].as_ref()?.completed(seq)?;
                Some((answered - sent.at, completed - sent.at))
            })
            .unzip()
    }
}
