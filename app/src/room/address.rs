//! What an address of a room asks for.

use protocol::{RoomPage, Seq, Standing, Visibility, Window};

#[cfg(feature = "hydrate")]
use crate::state::RoomState;

/// What is said at the address of a message that is not there.
pub(crate) const MISSING: &str = "There is no message at this address.";

/// `/r/{slug}` with `?before=` or `?after=`, or `/r/{slug}/m/{seq}`; a thread, `/r/{slug}/t/{seq}`, with these or with `?m=`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Address {
    pub(crate) slug: String,
    /// The message under which the thread stands, where it is one.
    pub(crate) thread: Option<Seq>,
    pub(crate) place: Place,
}

/// Which part of the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// The newest messages.
    End,
    /// A page of history.
    Before(Seq),
    /// A page of history.
    After(Seq),
    /// This message.
    At(Seq),
}

impl Address {
    /// Reads the path and the query of an address; `None` if no room has it.
    pub(crate) fn parse(path: &str, query: &str) -> Option<Self> {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        let (slug, message, thread) = match (parts.next(), parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("r"), Some(slug), None, ..) => (slug, None, None),
            (Some("r"), Some(slug), Some("m"), Some(seq), None) => (slug, Some(seq.parse().ok()?), None),
            (Some("r"), Some(slug), Some("t"), Some(seq), None) => (slug, None, Some(seq.parse().ok()?)),
            _ => return None,
        };
        // Digits are never escaped.
        let seq = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.parse().ok());
        let message = message.or_else(|| thread.and_then(|_| seq("m=")));
        let place = match (message, seq("before="), seq("after=")) {
            (Some(seq), ..) => Place::At(seq),
            (None, Some(seq), _) => Place::Before(seq),
            (None, None, Some(seq)) => Place::After(seq),
            (None, None, None) => Place::End,
        };
        Some(Self { slug: slug.to_owned(), thread, place })
    }
}

impl Place {
    /// What to read.
    pub(crate) fn window(self) -> Window {
        match self {
            Self::End => Window::Unread,
            Self::Before(seq) => Window::Before(seq),
            Self::After(seq) => Window::After(seq),
            Self::At(seq) => Window::Around(seq),
        }
    }

    /// The message to be marked.
    pub(crate) fn focus(self) -> Option<Seq> {
        if let Self::At(seq) = self { Some(seq) } else { None }
    }

    /// Whether a room that is kept up to date shows this already.
    #[cfg(feature = "hydrate")]
    pub(crate) fn is_shown_by(self, state: &RoomState) -> bool {
        match self {
            Self::End => !state.has_newer(),
            Self::At(seq) => state.shows(seq),
            Self::Before(_) | Self::After(_) => false,
        }
    }

    /// Whether the page that was read lacks the message that the address names. Where the reader may not read, any place may be
    /// asked for: the page is the one to join on.
    pub(crate) fn is_missing_in(self, page: &RoomPage) -> bool {
        let readable = page.standing == Standing::Member || page.room.visibility == Visibility::Public;
        let is_there = |seq| page.messages.iter().chain(&page.root).any(|message| message.seq == seq);
        readable && self.focus().is_some_and(|seq| !is_there(seq))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(path: &str, query: &str) -> Option<(String, Place)> {
        Address::parse(path, query).map(|address| (address.slug, address.place))
    }

    #[test]
    fn addresses_of_rooms() {
        let lobby = |place| Some(("lobby".to_owned(), place));
        assert_eq!(parse("/r/lobby", ""), lobby(Place::End));
        assert_eq!(parse("/r/lobby/", ""), lobby(Place::End));
        assert_eq!(parse("/r/lobby", "before=51"), lobby(Place::Before(Seq(51))));
        assert_eq!(parse("/r/lobby", "x=1&after=50"), lobby(Place::After(Seq(50))));
        assert_eq!(parse("/r/lobby/m/7", "before=51"), lobby(Place::At(Seq(7))));
        assert_eq!(parse("/r/lobby", "m=7"), lobby(Place::End));
        let thread = |query| Address::parse("/r/lobby/t/5", query).map(|address| (address.thread, address.place));
        assert_eq!(thread(""), Some((Some(Seq(5)), Place::End)));
        assert_eq!(thread("m=7"), Some((Some(Seq(5)), Place::At(Seq(7)))));
        assert_eq!(thread("before=7"), Some((Some(Seq(5)), Place::Before(Seq(7)))));
    }

    #[test]
    fn a_query_that_is_no_place_is_passed_over() {
        assert_eq!(parse("/r/lobby", "before=yesterday&after"), parse("/r/lobby", ""));
    }

    #[test]
    fn other_addresses_are_no_rooms() {
        for path in [
            "/",
            "/r",
            "/rooms/new",
            "/r/lobby/m",
            "/r/lobby/m/x",
            "/r/lobby/m/7/8",
            "/r/lobby/t",
            "/r/lobby/t/x",
            "/r/lobby/t/5/6",
            "/r/lobby/x/7",
        ] {
            assert_eq!(parse(path, ""), None, "{path}");
        }
    }
}
