use leptos::prelude::*;
use protocol::{Room, RoomId, Seq, Standing};

use super::{scroller::Scroller, zone::Zone};
use crate::{components::PageContext, socket::Socket, state::RoomState};

/// What the parts of the page of a room share.
#[derive(Clone, Copy)]
pub(super) struct RoomContext {
    pub(super) page: PageContext,
    pub(super) socket: Socket,
    pub(super) id: RoomId,
    pub(super) slug: StoredValue<String>,
    pub(super) state: RwSignal<RoomState>,
    /// The message that the address names.
    pub(super) focus: Option<Seq>,
    pub(super) scroller: Scroller,
    pub(super) zone: RwSignal<Zone>,
}

impl RoomContext {
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
}
