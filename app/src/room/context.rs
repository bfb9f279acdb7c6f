use leptos::prelude::*;
use protocol::{Quote, Room, RoomId, Seq, Standing};
use wasm_bindgen::JsValue;

use super::{
    address::{Address, Place},
    beside::ThreadBeside,
    scroller::Scroller,
    target::{Editing, Menu},
    zone::Zone,
};
use crate::{components::PageContext, socket::Socket, state::RoomState};

/// What the parts of the page of a room share.
#[derive(Clone, Copy)]
pub(super) struct RoomContext {
    pub(super) page: PageContext,
    pub(super) socket: Socket,
    pub(super) id: RoomId,
    pub(super) slug: StoredValue<String>,
    /// The message under which the shown ones stand, where they are those of a thread.
    pub(super) thread: Option<Seq>,
    pub(super) beside: ThreadBeside,
    /// Whether it stands there itself.
    pub(super) is_beside: bool,
    pub(super) state: RwSignal<RoomState>,
    /// What the browser's address bar names.
    pub(super) address: StoredValue<Address>,
    /// The message that the address names.
    pub(super) focus: RwSignal<Option<Seq>>,
    /// The reader had read up to here when they came, or when they looked away last: below it is new.
    pub(super) new_after: RwSignal<Option<Seq>>,
    /// How far the server knows that a thread is read.
    pub(super) told: StoredValue<Seq>,
    /// The message that is being answered.
    pub(super) answering: RwSignal<Option<Box<Quote>>>,
    /// What is to be said about this visit.
    pub(super) notice: RwSignal<Option<String>>,
    /// Why the message was refused that stands in the composer.
    pub(super) refused: StoredValue<Option<String>>,
    pub(super) scroller: Scroller,
    /// What may be done with messages.
    pub(super) menu: Menu,
    /// The message that is being edited.
    pub(super) editing: RwSignal<Option<Editing>>,
    pub(super) zone: RwSignal<Zone>,
}

impl RoomContext {
    /// The address of what is shown, or of what is below it.
    pub(super) fn address(self, below: &str) -> String {
        let thread = self.thread.map(|root| ["/t/", &root.to_string()].concat()).unwrap_or_default();
        self.slug.with_value(|slug| ["/r/", slug, &thread, below].concat())
    }

    /// What the id of a message begins with, before its place: the room beside may show the same one.
    pub(super) fn row_prefix(self) -> &'static str {
        if self.is_beside { "t" } else { "m" }
    }

    /// Takes away what is said about this visit, or what the reader alone was told here. `true` if there was anything.
    pub(super) fn close_notice(self) -> bool {
        let own = self.notice.try_maybe_update(|notice| {
            let was = notice.take().is_some();
            (was, was)
        });
        let told = || {
            self.socket.told.try_maybe_update(|told| {
                let was = told.take_if(|(room, _)| *room == self.id).is_some();
                (was, was)
            })
        };
        own == Some(true) || told() == Some(true)
    }

    /// What the reader may do, without a signal for every event.
    pub(super) fn standing(self) -> Memo<Standing> {
        let state = self.state;
        Memo::new(move |_| state.with(|state| state.standing))
    }

    /// Name, topic and visibility, without a signal for every event.
    pub(super) fn room(self) -> Memo<Room> {
        let state = self.state;
        Memo::new(move |_| state.with(|state| state.room.clone()))
    }

    /// The reader has gone on from a message or a page of the past to the present: the address follows, and what stood there because
    /// of it goes.
    pub(super) fn follow_to_present(self) {
        let here = self.slug.with_value(|slug| Address { slug: slug.clone(), thread: self.thread, place: Place::End });
        let is_past = self.address.with_value(|address| address.slug == here.slug && address.place != Place::End);
        let path = self.address("");
        let history = window().history();
        if is_past && history.is_ok_and(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&path)).is_ok()) {
            self.address.set_value(here);
            self.page.here.set(path);
            self.notice.set(None);
            self.focus.set(None);
        }
    }
}
