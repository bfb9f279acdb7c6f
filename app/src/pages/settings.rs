//! The frame of the pages on which people settle what is their own.

use leptos::prelude::*;
use protocol::Room;
use serde::Deserialize;

use super::{Page, Visit, document::document};
use crate::{head::Head, next::way_in};

/// One of these pages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    /// What others see.
    Profile,
    /// How one comes in.
    Security,
    /// When one is not to be disturbed.
    Notifications,
    /// By what programs come in one's name.
    Tokens,
    /// Accounts of programs that one answers for.
    Bots,
}

impl Tab {
    const ALL: [Self; 5] = [Self::Profile, Self::Security, Self::Notifications, Self::Tokens, Self::Bots];

    fn title(self) -> &'static str {
        match self {
            Self::Profile => "Profile",
            Self::Security => "Security",
            Self::Notifications => "Notifications",
            Self::Tokens => "Access tokens",
            Self::Bots => "Bots",
        }
    }

    fn address(self) -> &'static str {
        match self {
            Self::Profile => "/settings/profile",
            Self::Security => "/settings/security",
            Self::Notifications => "/settings/notifications",
            Self::Tokens => "/settings/tokens",
            Self::Bots => "/settings/bots",
        }
    }
}

/// The way to the sign-in page, and back to here afterwards.
pub(super) fn sign_in_first(visit: &Visit) -> Page {
    Page::leading_to(&way_in("/login", visit.here()))
}

/// What the address says has become of a form.
#[derive(Default, Deserialize)]
pub(super) struct Outcome {
    done: Option<String>,
    refused: Option<String>,
}

impl Outcome {
    /// What is said of what was done, by its word.
    pub(super) fn notice(&self, notices: &[(&str, &'static str)]) -> Option<&'static str> {
        let done = self.done.as_deref()?;
        notices.iter().find(|(word, _)| *word == done).map(|(_, notice)| *notice)
    }

    /// Whether something was sent by no server function, and not taken: a picture.
    pub(super) fn is_refused(&self) -> bool {
        self.refused.is_some()
    }
}

/// A page of settings: what was done a moment ago, and its sections.
pub(super) async fn settings(visit: &Visit, tab: Tab, done: Option<&'static str>, sections: AnyView) -> Page {
    let head = Head::new(tab.title(), Vec::new());
    document(visit, head, |_| {
        let tabs = Tab::ALL.map(|other| {
            let current = (other == tab).then_some("page");
            view! {
                <a href=other.address() aria-current=current>
                    {other.title()}
                </a>
            }
        });
        view! {
            <div class="settings">
                <nav class="settings-tabs" aria-label="Settings">
                    {tabs.into_iter().collect_view()}
                </nav>
                <h1>{tab.title()}</h1>
                {done.map(|done| view! { <p class="note" role="status">{done}</p> })}
                {sections}
            </div>
        }
        .into_any()
    })
    .await
}

/// Rooms in a list, each a link.
pub(super) fn room_items(rooms: Vec<Room>) -> impl IntoView {
    let item = |room: Room| {
        view! {
            <li>
                <a href=["/r/", &room.slug].concat() dir="auto">
                    {room.name}
                </a>
            </li>
        }
    };
    rooms.into_iter().map(item).collect_view()
}
