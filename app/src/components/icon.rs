//! Line icons, drawn on a grid of 24.

use leptos::{prelude::*, tachys::html::InertElement};
use protocol::Visibility;

/// The icons there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    /// Three bars: opens the sidebar.
    Menu,
    /// Makes something new.
    Plus,
    /// A room that anyone may read.
    Globe,
    /// A room for people with an account.
    Door,
    /// A room that its members alone know of.
    Lock,
    /// Some people.
    People,
    /// Colours of the system.
    Screen,
    /// Light colours.
    Sun,
    /// Dark colours.
    Moon,
    /// What one is told.
    Bell,
    /// Leaves.
    Exit,
    /// Sends.
    Send,
    /// Leads to the newest.
    Down,
    /// All rooms.
    Compass,
    /// Leads to what else there is.
    More,
    /// Changes a text.
    Pencil,
    /// Emoji.
    Smile,
    /// Held up for all.
    Pin,
    /// Kept for oneself.
    Bookmark,
    /// Answers.
    Reply,
    /// Looks for something.
    Find,
}

/// The whole drawing as it stands in the page: nothing of it changes, so it is one piece of HTML.
macro_rules! drawing {
    ($path:literal) => {
        concat!(r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=""#, $path, r#""></path></svg>"#)
    };
}

impl Icon {
    /// What stands before the name of a room.
    pub(crate) fn of_room(visibility: Visibility) -> Self {
        match visibility {
            Visibility::Public => Self::Globe,
            Visibility::Open => Self::Door,
            Visibility::Private => Self::Lock,
            Visibility::Direct => Self::People,
        }
    }

    fn html(self) -> &'static str {
        match self {
            Self::Menu => drawing!("M4 7h16M4 12h16M4 17h10"),
            Self::Plus => drawing!("M12 5v14M5 12h14"),
            Self::Globe => {
                drawing!("M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M3.5 9.5h17M3.5 14.5h17M12 3c-5 5-5 13 0 18 5-5 5-13 0-18")
            }
            Self::Door => drawing!("M5 21h14M7 21V5a2 2 0 0 1 2-2h6a2 2 0 0 1 2 2v16M13.5 12h.01"),
            Self::Lock => {
                drawing!("M6 11h12a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1M8 11V8a4 4 0 0 1 8 0v3")
            }
            Self::People => drawing!(
                "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20c0-3.5 3-5.5 6.5-5.5s6.5 2 6.5 5.5M16 4.5a3.5 3.5 0 0 1 0 6.5M18 15c2 .6 3.5 2.3 3.5 5"
            ),
            Self::Screen => drawing!("M4 4h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1M9 20h6M12 16v4"),
            Self::Sun => drawing!(
                "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2.5V4M12 20v1.5M2.5 12H4M20 12h1.5M5.3 5.3l1 1M17.7 17.7l1 1M18.7 5.3l-1 1M6.3 17.7l-1 1"
            ),
            Self::Moon => drawing!("M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5"),
            Self::Bell => drawing!("M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15zM10 21.5h4"),
            Self::Exit => drawing!("M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M10 8l-4 4 4 4M6 12h9"),
            Self::Send => drawing!("M5 12 4 4.5 20.5 12 4 19.5 5 12m0 0h7"),
            Self::Down => drawing!("M12 5v14M6 13l6 6 6-6"),
            Self::More => drawing!("M5 12h.01M12 12h.01M19 12h.01"),
            Self::Pencil => drawing!("M4 20h4L19.5 8.5a2.1 2.1 0 0 0-4-4L4 16zM13.5 6.5l4 4"),
            Self::Smile => {
                drawing!("M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M8.5 14.5c1.5 2.5 5.5 2.5 7 0M9 9.5h.01M15 9.5h.01")
            }
            Self::Pin => drawing!("M9 4h6l-1 6 3 3H7l3-3zM12 13v7"),
            Self::Bookmark => drawing!("M7 4h10v16l-5-4-5 4z"),
            Self::Reply => drawing!("M9 6 4 11l5 5M4 11h10a6 6 0 0 1 6 6v2"),
            Self::Find => drawing!("M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l4.5 4.5"),
            Self::Compass => drawing!("M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M15.5 8.5l-2 5-5 2 2-5z"),
        }
    }
}

/// An icon beside a text that says the same: hidden from screen readers.
#[component]
pub(crate) fn Glyph(
    /// Which one.
    icon: Icon,
) -> impl IntoView {
    InertElement::new(icon.html())
}
