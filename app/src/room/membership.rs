use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use protocol::{Error, ErrorCode};

use super::context::RoomContext;
use crate::{
    components::{Part, dynamic},
    endpoints, fetch,
};

/// Joining or leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Membership {
    Join,
    Leave,
}

impl Membership {
    /// A form that works without JavaScript; with it, the page stays and changes.
    pub(super) fn form(self, room: RoomContext) -> AnyView {
        let busy = RwSignal::new(false);
        let fault = RwSignal::new(None::<String>);
        let submit = move |event: SubmitEvent| {
            event.prevent_default();
            if busy.get_untracked() {
                return;
            }
            busy.set(true);
            let slug = room.slug.get_value();
            spawn_local(async move {
                let result = self.change(&slug).await;
                // The form may be gone by now, the event being quicker than the answer.
                busy.try_set(false);
                fault.try_set(result.as_ref().err().map(ToString::to_string));
                if result.is_ok() || result.is_err_and(|error| error.code == ErrorCode::NotFound) {
                    room.socket.read_anew(room.id);
                    room.page.refresh_rooms();
                }
            });
        };
        let (class, label) = match self {
            Self::Join => ("button", "Join this room"),
            Self::Leave => ("danger", "Leave"),
        };
        view! {
            <form method="post" action=self.endpoint() on:submit=submit>
                <input type="hidden" name="room" value=room.slug.get_value() />
                <button class=class aria-busy=dynamic(move || busy.get().then_some("true"))>
                    {label}
                </button>
                <span class="field-fault" role="alert">
                    {dynamic(move || fault.get())}
                </span>
            </form>
        }
        .part()
    }

    async fn change(self, slug: &str) -> Result<(), Error> {
        fetch::post(self.endpoint(), &[("room", slug)]).await
    }

    fn endpoint(self) -> &'static str {
        match self {
            Self::Join => endpoints::JOIN_ROOM,
            Self::Leave => endpoints::LEAVE_ROOM,
        }
    }
}
