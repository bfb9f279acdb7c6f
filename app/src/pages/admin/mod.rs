//! Administration, for owners and admins: documents with forms that need no script. To all others there is nothing here.

mod audit;
mod limits;
mod overview;
mod people;
mod person;
mod plot;
mod reports;
mod room;
mod rooms;
mod sessions;
mod settings;

use leptos::prelude::*;
use protocol::ErrorCode;

pub(super) use self::settings::choose_icon;
pub use self::{
    audit::audit,
    overview::overview,
    people::people,
    person::{person, reset_link},
    reports::all_reports,
    room::house_room,
    rooms::rooms,
    sessions::sessions,
    settings::{ICON_UPLOAD, announcement, settings},
};
use super::{
    Page, Visit,
    document::document,
    failure::{failure, nothing_here},
};
use crate::head::Head;

/// The pages of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Overview,
    People,
    Rooms,
    Reports,
    Invites,
    Sessions,
    Commands,
    Settings,
    Announcement,
    Audit,
}

impl Section {
    const ALL: [Self; 10] = [
        Self::Overview,
        Self::People,
        Self::Rooms,
        Self::Reports,
        Self::Invites,
        Self::Sessions,
        Self::Commands,
        Self::Settings,
        Self::Announcement,
        Self::Audit,
    ];

    fn address(self) -> &'static str {
        match self {
            Self::Overview => "/admin",
            Self::People => "/admin/people",
            Self::Rooms => "/admin/rooms",
            Self::Reports => "/admin/reports",
            Self::Sessions => "/admin/sessions",
            Self::Invites => "/admin/invites",
            Self::Commands => "/admin/commands",
            Self::Settings => "/admin/settings",
            Self::Announcement => "/admin/announce",
            Self::Audit => "/admin/audit",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Overview => "Administration",
            Self::People => "People",
            Self::Rooms => "Rooms",
            Self::Reports => "Reports",
            Self::Sessions => "Sessions",
            Self::Invites => "Invites",
            Self::Commands => "Commands",
            Self::Settings => "Settings",
            Self::Announcement => "Announcement",
            Self::Audit => "Audit log",
        }
    }
}

/// A page of it, in the frame that they all have.
pub(super) async fn office(visit: &Visit, section: Section, content: impl FnOnce() -> AnyView) -> Page {
    document(visit, Head::new(section.title(), Vec::new()), |_| {
        let links = Section::ALL.map(|other| {
            let name = if other == Section::Overview { "Overview" } else { other.title() };
            let current = (other == section).then_some("page");
            view! {
                <a href=other.address() aria-current=current>
                    {name}
                </a>
            }
        });
        view! {
            <div class="office">
                <h1>{section.title()}</h1>
                <nav class="office-nav" aria-label="Administration">
                    {links.collect_view()}
                </nav>
                {content()}
            </div>
        }
        .into_any()
    })
    .await
}

/// The page for whoever may not see one of them, and for what did not work.
async fn refused(visit: &Visit, error: &chat::Error) -> Page {
    match error.public().code {
        ErrorCode::NotFound | ErrorCode::NotAllowed | ErrorCode::NotAuthenticated => nothing_here(visit).await,
        _ => failure(visit, error),
    }
}

/// A number with what it is of, as people write it.
fn counted(count: i64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
