//! What an address of a room asks for.

use protocol::{RoomPage, Seq, Standing, Visibility, Window};

#[cfg(feature = "hydrate")]
use crate::state::RoomState;

/// What is said at the address of a message that is not there.
pub(crate) const MISSING: &str = "There is no message at this address.";

/// `/r/{slug}` with `?before=` or `?after=`, or `/r/{slug}/m/{seq}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Address {
    pub(crate) slug: String,
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
        let (slug, message) = match (parts.next(), parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("r"), Some(slug), None, ..) => (slug, None),
            (Some("r"), Some(slug), Some("m"), Some(seq), None) => (slug, Some(seq.parse().ok()?)),
            _ => return None,
        };
        // Digits are never escaped.
        let seq = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.parse().ok());
        let place = match (message, seq("before="), seq("after=")) {
            (Some(seq), ..) => Place::At(seq),
            (None, Some(seq), _) => Place::Before(seq),
            (None, None, Some(seq)) => Place::After(seq),
            (None, None, None) => Place::End,
        };
        Some(Self { slug: slug.to_owned(), place })
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
        readable && self.focus().is_some_and(|seq| !page.messages.iter().any(|message| message.seq == seq))
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
    }

    #[test]
    fn a_query_that_is_no_place_is_passed_over() {
        assert_eq!(parse("/r/lobby", "before=yesterday&after"), parse("/r/lobby", ""));
    }

    #[test]
    fn other_addresses_are_no_rooms() {
        for path in ["/", "/r", "/rooms/new", "/r/lobby/m", "/r/lobby/m/x", "/r/lobby/m/7/8", "/r/lobby/x/7"] {
            assert_eq!(parse(path, ""), None, "{path}");
        }
    }
}
