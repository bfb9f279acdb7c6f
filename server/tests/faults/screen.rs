//! What the page of a client shows, by the very code of the page.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use app::state::{Applied, RoomState, Unread};
use protocol::{
    EpochId, Event, Level, Message, Rights, Room, RoomId, RoomPage, RoomUnread, RoomsUnread, Seq, ServerFrame, Standing, UserId,
    Visibility, Window,
};
use tokio::time::Instant;

use crate::{dice, fresh::Ask, jitter};

/// Messages that a client shows and still scrolls up from: with a page more the end of the room stays in sight.
const SCROLLED_MAX: usize = 250;
/// One of so many looks up.
const SCROLLS: u64 = 100;
/// How long the list of what is new is not read for, when it does not fit what is known.
const SPREAD: Duration = Duration::from_millis(300);

/// A screen, and what is to be asked for and said so that it shows what it should.
#[derive(Debug)]
pub(crate) struct Screen {
    reader: Option<UserId>,
    rooms: Vec<Option<RoomState>>,
    /// Rooms of which more was missed than is replayed.
    stale: BTreeSet<usize>,
    unread: Unread,
    /// The epoch that it was greeted with.
    epoch: Option<EpochId>,
    /// When the list of what is new is to be read.
    list_due: Option<Instant>,
    /// Whether something was asked for that has not come.
    asking: bool,
    /// What was read and is to be said.
    marks: BTreeMap<RoomId, Seq>,
    /// Up to where was read here.
    pub(crate) read: BTreeMap<RoomId, Seq>,
    /// The last mark that came of each room, with its place in the log of the account.
    told: BTreeMap<RoomId, (i64, Seq)>,
}

impl Screen {
    pub(crate) fn new(rooms: usize, reader: Option<UserId>) -> Self {
        Self {
            reader,
            rooms: (0..rooms).map(|_| None).collect(),
            stale: BTreeSet::new(),
            unread: Unread::new(reader, RoomsUnread::default()),
            epoch: None,
            list_due: None,
            asking: false,
            marks: BTreeMap::new(),
            read: BTreeMap::new(),
            told: BTreeMap::new(),
        }
    }

    /// What it shows of a room.
    pub(crate) fn room(&self, number: usize) -> Option<&RoomState> {
        self.rooms[number].as_ref()
    }

    /// A connection stands: the list is read, and what was read here is said once more.
    pub(crate) fn greeted(&mut self, epoch: Option<EpochId>) {
        if self.epoch.is_some() && self.epoch != epoch {
            self.unread.begin_anew();
            self.told.clear();
        }
        self.epoch = epoch;
        self.list_due = self.reader.map(|_| Instant::now());
        self.marks = self.unread.unconfirmed().into_iter().collect();
    }

    /// A room is heard of from here on, of which nothing else is known.
    pub(crate) fn begin(&mut self, number: usize, head: Seq, epoch: EpochId) {
        self.stale.remove(&number);
        self.rooms[number] = Some(RoomState::from_page(nothing_before(head, epoch), self.reader));
    }

    /// More was missed of a room than is replayed: it is read anew.
    pub(crate) fn missed(&mut self, number: usize) {
        self.stale.insert(number);
    }

    pub(crate) fn apply(&mut self, number: usize, event: &Event) {
        if let Some(room) = &mut self.rooms[number] {
            room.apply(event.clone());
        }
    }

    /// Whether all of these rooms are shown up to these places.
    pub(crate) fn shows_up_to(&self, places: impl Iterator<Item = Option<Seq>>) -> bool {
        self.stale.is_empty() && self.rooms.iter().zip(places).all(|(room, place)| room.as_ref().map(RoomState::head) == place)
    }

    /// What is to be asked for now.
    pub(crate) fn next_ask(&mut self) -> Option<Ask> {
        if self.asking {
            return None;
        }
        let scrolled = || {
            let number = usize::try_from(dice(SCROLLS)).unwrap();
            let room = self.rooms.get(number)?.as_ref()?;
            let may = room.has_older() && room.messages().len() <= SCROLLED_MAX && !self.stale.contains(&number);
            Some(Ask::Page(number, Window::Before(room.first_seq().filter(|_| may)?)))
        };
        let ask = match self.stale.first() {
            Some(number) => Some(Ask::Page(*number, Window::Latest)),
            None if self.list_due.take_if(|due| *due <= Instant::now()).is_some() => Some(Ask::List),
            None => scrolled(),
        };
        self.asking = ask.is_some();
        ask
    }

    /// A page came that was asked for; `after` is where the delivery of the room began.
    pub(crate) fn take_page(&mut self, number: usize, window: Window, page: Option<RoomPage>, after: Seq) -> Result<(), String> {
        self.asking = false;
        let (Some(page), Some(room)) = (page, &mut self.rooms[number]) else { return Ok(()) };
        match window {
            Window::Before(before) => _ = room.merge_older(before, page),
            // It was asked for before the last break, or before another database came.
            _ if page.head < after || page.epoch != room.epoch() => {}
            _ => {
                self.stale.remove(&number);
                let head = page.head;
                if room.replace(page) != Applied::Fresh {
                    return Err(format!("a page that was read at {head} is older than what was delivered"));
                }
            }
        }
        Ok(())
    }

    /// The list of what is new came, or it did not.
    pub(crate) fn take_list(&mut self, list: Option<RoomsUnread>) -> Result<(), String> {
        self.asking = false;
        let Some(list) = list else {
            self.read_list_soon(true);
            return Ok(());
        };
        let back = list.rooms.iter().find_map(|room| {
            let (rev, told) = self.told.get(&room.room)?;
            (list.rev >= *rev && room.last_read < *told).then(|| format!("a mark ran back from {told} to {}", room.last_read))
        });
        let again = self.unread.take_list(list);
        self.read_list_soon(again);
        back.map_or(Ok(()), Err)
    }

    /// What the account is told.
    pub(crate) fn take_frame(&mut self, frame: ServerFrame) -> Result<(), String> {
        match frame {
            ServerFrame::Read { rev, room, head, last_read, unread, mentions } => {
                let (before, told) = *self.told.entry(room).or_insert((rev, last_read));
                // By two ways the later may come first.
                if (rev > before && last_read < told) || (rev < before && last_read > told) {
                    return Err(format!("a mark ran back: {told} at {before}, {last_read} at {rev}"));
                }
                self.told.insert(room, (rev.max(before), last_read.max(told)));
                let mark = RoomUnread { room, head, last_read, unread, mentions, level: Level::Everything, quiet: false };
                let again = self.unread.take_mark(mark, rev);
                self.read_list_soon(again);
            }
            ServerFrame::Activity { room, from, head, entries } => {
                let again = self.unread.take_activity(room, (from, head), entries);
                self.read_list_soon(again);
            }
            ServerFrame::RoomsChanged { .. } | ServerFrame::AlertsChanged { .. } => self.read_list_soon(true),
            _ => {}
        }
        Ok(())
    }

    fn read_list_soon(&mut self, soon: bool) {
        if soon && self.reader.is_some() {
            self.list_due.get_or_insert_with(|| Instant::now() + jitter(SPREAD));
        }
    }

    /// Reads a room up to a place.
    pub(crate) fn read(&mut self, room: RoomId, seq: Seq) {
        if self.unread.read(room, seq) {
            let read = self.read.entry(room).or_default();
            *read = seq.max(*read);
            self.marks.insert(room, seq);
        }
    }

    /// What was read and is to be said now.
    pub(crate) fn take_marks(&mut self) -> BTreeMap<RoomId, Seq> {
        std::mem::take(&mut self.marks)
    }

    /// What is new, as a list that is read now says it: how far was read, and how much came since.
    pub(crate) fn knows(&self, list: &RoomsUnread) -> bool {
        let counts = |room: &RoomUnread| (room.last_read, room.unread, room.mentions);
        list.rooms.iter().all(|room| self.unread.of(room.room).as_ref().map(counts) == Some(counts(room)))
    }

    /// The newest messages that it shows of a room, the last one first.
    pub(crate) fn newest(&self, number: usize) -> impl Iterator<Item = &Message> {
        self.rooms[number].iter().flat_map(|room| room.messages().iter().rev()).map(|message| &**message)
    }

    /// Of what came before another database took the place of the one that was, nothing is known to be there.
    pub(crate) fn begin_anew(&mut self) {
        self.read.clear();
        self.told.clear();
    }
}

/// A page of a room of which only the end is known.
fn nothing_before(head: Seq, epoch: EpochId) -> RoomPage {
    let room = Room {
        id: RoomId::generate(),
        name: String::new(),
        topic: String::new(),
        slug: String::new(),
        visibility: Visibility::Public,
        archived: false,
        slow_seconds: 0,
        starred: false,
        person: None,
    };
    RoomPage {
        room,
        standing: Standing::Guest,
        rights: Rights::default(),
        members: 0,
        head,
        epoch,
        messages: Vec::new(),
        root: None,
        following: false,
        reacted: Vec::new(),
        pinned: Vec::new(),
        bookmarked: Vec::new(),
        has_older: true,
        has_newer: false,
    }
}
