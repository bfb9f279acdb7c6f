//! Who looks at the page, and the rooms they may see. Both are asked for once and shared by context.

use leptos::prelude::*;
use protocol::{RoomSummary, Viewer};

use crate::{AppError, api};

/// The rooms that the viewer may find: the joined ones first. Asked for again at each [`Rooms::refresh`].
#[derive(Clone, Copy)]
pub(crate) struct Rooms {
    version: RwSignal<u32>,
    /// The list itself.
    pub(crate) list: Resource<Result<Vec<RoomSummary>, AppError>>,
}

impl Rooms {
    /// To be called when a room was made, joined or left.
    pub(crate) fn refresh(self) {
        self.version.update(|version| *version += 1);
    }
}

/// Provides what [`use_viewer`] and [`use_rooms`] give.
pub(crate) fn provide_session() -> Viewer {
    // Signing in and out load a new document, so the viewer of a page never changes.
    let viewer = SharedValue::new(current_viewer).into_inner();
    provide_context(viewer.clone());
    let version = RwSignal::new(0);
    let list = Resource::new(move || version.get(), |_| api::rooms());
    provide_context(Rooms { version, list });
    viewer
}

/// The person at the screen.
#[must_use]
pub(crate) fn use_viewer() -> Viewer {
    use_context().unwrap_or_default()
}

/// The rooms of the sidebar and the home page.
#[must_use]
pub(crate) fn use_rooms() -> Rooms {
    expect_context()
}

#[cfg(feature = "ssr")]
fn current_viewer() -> Viewer {
    let caller = use_context::<crate::context::Caller>();
    Viewer { user: caller.and_then(|caller| caller.session).map(|session| session.user) }
}

#[cfg(not(feature = "ssr"))]
fn current_viewer() -> Viewer {
    Viewer::default()
}
