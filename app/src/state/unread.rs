//! What is new in the reader's rooms, as this page knows it: a list that was read, moved on by what the socket says.
//!
//! The list says up to which place of each room it counted. What comes after that place is added; what comes of one before is in it. So it does not
//! matter in which order list, hints and marks come, and where something between them is missing, that is seen and the list is read anew.

use protocol::{News, Quiet, RoomId, RoomUnread, RoomsUnread, Seq, UserId, limits};

/// Hints that are kept of a room until a list has them in it.
const RECENT_MAX: usize = 4 * limits::UNREAD_MAX as usize;

/// What is new in all rooms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unread {
    reader: Option<UserId>,
    /// Place in the account's log at which the last list was read.
    rev: i64,
    /// In the order of their ids. (A `BTreeMap` would be more code than all that is done with it.)
    rooms: Vec<(RoomId, Known)>,
    quiet: Quiet,
}

/// What is known of a room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Known {
    /// As it was counted last; nothing before it came.
    base: Option<RoomUnread>,
    /// The place in the log of the account that this is of.
    rev: i64,
    /// What came after that, in the order of `seq`.
    recent: Vec<News>,
    /// Hints reach up to here.
    head: Seq,
    /// Up to here some may be missing.
    missing: Seq,
    /// The reader has read up to here on this page.
    reading: Seq,
    /// The reader has marked it as unread: it is not read by itself any more, until they leave.
    held: bool,
}

impl Unread {
    /// Begins with what came with the page.
    #[must_use]
    pub fn new(reader: Option<UserId>, list: RoomsUnread) -> Self {
        let mut unread = Self { reader, ..Self::default() };
        unread.take_list(list);
        unread
    }

    /// A backup was put in the place of the database: the places that are known are of another epoch, and the log of the account may end before
    /// them. Nothing is known until the list is read anew.
    pub fn begin_anew(&mut self) {
        self.rooms.clear();
    }

    /// Place in the account's log at which the last list was read: what happened later is not in it.
    #[must_use]
    pub fn rev(&self) -> i64 {
        self.rev
    }

    /// What is new in a room, as far as it is known.
    #[must_use]
    pub fn of(&self, room: RoomId) -> Option<RoomUnread> {
        self.rooms[self.find(room).ok()?].1.now(self.reader)
    }

    /// The number on title and icon.
    #[must_use]
    pub fn weight(&self) -> u64 {
        self.all().map(|room| room.weight()).sum()
    }

    /// When that number is not shown.
    #[must_use]
    pub fn quiet(&self) -> Quiet {
        self.quiet
    }

    /// How many messages call the reader.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.all().map(|room| room.calls()).sum()
    }

    /// Whether there is anything to be marked as read.
    #[must_use]
    pub fn is_any_new(&self) -> bool {
        self.all().any(|room| room.is_bold() || room.calls() > 0)
    }

    fn all(&self) -> impl Iterator<Item = RoomUnread> {
        self.rooms.iter().filter_map(|(_, known)| known.now(self.reader))
    }

    /// Where a room stands, or where it would.
    fn find(&self, room: RoomId) -> Result<usize, usize> {
        self.rooms.binary_search_by_key(&room, |(id, _)| *id)
    }

    fn known(&mut self, room: RoomId) -> &mut Known {
        let at = self.find(room).unwrap_or_else(|at| {
            self.rooms.insert(at, (room, Known::default()));
            at
        });
        &mut self.rooms[at].1
    }

    /// Takes a list that was read. `true` when it has to be read again: something has happened meanwhile of which it may not know.
    pub fn take_list(&mut self, list: RoomsUnread) -> bool {
        (self.rev, self.quiet) = (list.rev, list.quiet);
        let reader = self.reader;
        let is_listed = |id: RoomId| list.rooms.iter().any(|room| room.room == id);
        // Of those that are not in it only what the socket says is known: they may have come into it since.
        self.rooms.retain(|(id, known)| (known.base.is_none() && !known.recent.is_empty()) || is_listed(*id));
        let mut again = false;
        for room in list.rooms {
            again |= self.known(room.room).take(room, list.rev, reader);
        }
        again
    }

    /// The reader's mark has moved, on whichever device. `true` when the list has to be read again.
    pub fn take_mark(&mut self, room: RoomUnread, rev: i64) -> bool {
        let reader = self.reader;
        let known = self.known(room.room);
        let Some(base) = &known.base else { return true };
        if rev < known.rev {
            return false;
        }
        // What it was counted with is not told twice.
        let behind = room.head < base.head;
        let (level, quiet) = (base.level, base.quiet);
        if behind {
            // Not so much as it would be with what came since.
            known.set(RoomUnread { head: base.head, level, quiet, ..room }, rev);
            return true;
        }
        known.set(RoomUnread { level, quiet, ..room }, rev);
        known.is_doubtful(reader)
    }

    /// Something has happened in a room. `true` when the list has to be read again.
    pub fn take_activity(&mut self, room: RoomId, (from, head): (Seq, Seq), entries: Vec<News>) -> bool {
        let reader = self.reader;
        let known = self.known(room);
        if from > known.head {
            known.missing = known.missing.max(from);
        }
        let is_full = entries.len() as u64 >= limits::UNREAD_MAX;
        let after = known.head;
        known.recent.extend(entries.into_iter().filter(|news| news.seq > after));
        known.head = known.head.max(head);
        if known.recent.len() > RECENT_MAX {
            known.recent.drain(..known.recent.len() - RECENT_MAX);
            known.missing = known.head;
        }
        let last_read = known.base.as_ref().map_or(Seq::ZERO, |base| base.last_read.max(known.reading));
        if is_full && known.came(last_read, reader) < limits::UNREAD_MAX {
            // There was more than was told.
            known.missing = known.head;
        }
        known.is_doubtful(reader)
    }

    /// The reader has read a room up to a place, on this page. `true` when the server is to be told.
    pub fn read(&mut self, room: RoomId, seq: Seq) -> bool {
        let reader = self.reader;
        let Ok(at) = self.find(room) else { return false };
        let Some((_, known)) = self.rooms.get_mut(at).filter(|(_, known)| !known.held) else { return false };
        let Some(now) = known.now(reader).filter(|now| now.unread + now.mentions > 0) else { return false };
        let moves = seq > now.last_read;
        if moves {
            known.reading = seq;
        }
        moves
    }

    /// What was read here and the server has not confirmed: to be told again to a new connection.
    #[must_use]
    pub fn unconfirmed(&self) -> Vec<(RoomId, Seq)> {
        let open = self.rooms.iter().filter(|(_, known)| known.reading > Seq::ZERO);
        open.map(|(room, known)| (*room, known.reading)).collect()
    }

    /// The reader marks a room as unread: until they leave it, it is not read by itself.
    pub fn hold(&mut self, room: RoomId) {
        let known = self.known(room);
        (known.held, known.reading) = (true, Seq::ZERO);
    }

    /// The reader has left a room, or says themselves that it is read.
    pub fn release(&mut self, room: RoomId) {
        if let Ok(at) = self.find(room) {
            self.rooms[at].1.held = false;
        }
    }
}

impl Known {
    fn base_head(&self) -> Seq {
        self.base.as_ref().map_or(Seq::ZERO, |base| base.head)
    }

    /// Takes what a list says. `true` when it may be older than what is known.
    fn take(&mut self, room: RoomUnread, rev: i64, reader: Option<UserId>) -> bool {
        if self.base.is_some() && (rev < self.rev || room.head < self.base_head()) {
            // A mark has moved since it was read; what it says of the rest will come again.
            return true;
        }
        self.set(room, rev);
        self.is_doubtful(reader)
    }

    fn set(&mut self, room: RoomUnread, rev: i64) {
        let back = self.base.as_ref().is_some_and(|base| room.last_read < base.last_read);
        if back {
            // Only somebody's own wish takes a mark back.
            self.held = true;
        }
        if back || room.last_read >= self.reading {
            self.reading = Seq::ZERO;
        }
        self.recent.retain(|news| news.seq > room.head);
        self.head = self.head.max(room.head);
        self.rev = rev;
        self.base = Some(room);
    }

    /// Whether hints are missing, or something was taken away of which is not known whether it was counted.
    fn is_doubtful(&self, reader: Option<UserId>) -> bool {
        if self.missing > self.base_head() {
            return true;
        }
        let Some(base) = &self.base else { return false };
        let gone = self.gone(base.head, reader);
        gone > 0 && (base.mentions > 0 || base.unread >= limits::UNREAD_MAX)
    }

    /// Messages that were counted and are deleted since.
    fn gone(&self, head: Seq, reader: Option<UserId>) -> u64 {
        let last_read = self.base.as_ref().map_or(Seq::ZERO, |base| base.last_read);
        let counted =
            |news: &&News| Some(news.author) != reader && news.deleted.is_some_and(|seq| seq <= head && seq > last_read);
        self.recent.iter().filter(counted).count() as u64
    }

    /// Messages of others that came since it was counted, after this place.
    fn came(&self, last_read: Seq, reader: Option<UserId>) -> u64 {
        let deleted: Vec<Seq> = self.recent.iter().filter_map(|news| news.deleted).collect();
        let is_new = |news: &&News| {
            news.deleted.is_none() && Some(news.author) != reader && news.seq > last_read && !deleted.contains(&news.seq)
        };
        self.recent.iter().filter(is_new).count() as u64
    }

    /// As it is now.
    fn now(&self, reader: Option<UserId>) -> Option<RoomUnread> {
        let base = self.base.as_ref()?;
        let last_read = base.last_read.max(self.reading);
        // What is left of what was counted, where it was read in part, the server says in a moment.
        let all = self.reading >= base.head;
        let (unread, mentions) = if all { (0, 0) } else { (base.unread, base.mentions) };
        let came = self.came(last_read, reader);
        let gone = if all { 0 } else { self.gone(base.head, reader) };
        Some(RoomUnread {
            head: self.head,
            last_read,
            unread: (unread.saturating_sub(gone) + came).min(limits::UNREAD_MAX),
            mentions,
            ..base.clone()
        })
    }
}

#[cfg(test)]
mod tests;
