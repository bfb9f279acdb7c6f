//! The foot of a room: where one writes, or the way to be allowed to.

use leptos::{ev::SubmitEvent, prelude::*, server_fn::ServerFn, task::spawn_local};
use protocol::{ClientId, ErrorCode, Standing};

use super::{
    Desk,
    composer::composer,
    live::{live, part},
};
use crate::{
    api::{self, JoinRoom, LeaveRoom, with_next},
    session::use_rooms,
};

/// What stands under the messages, as long as the reader may do what they may now.
pub(super) fn foot(desk: Desk, form_id: ClientId) -> impl IntoView {
    let standing = desk.standing();
    part(move || match standing.get() {
        Standing::Member => composer(desk, form_id).into_any(),
        Standing::MayJoin => view! {
            <div class="join-bar">
                <p>"Members write here."</p>
                {Membership::Join.form(desk)}
            </div>
        }
        .into_any(),
        Standing::Guest => guest(desk).into_any(),
    })
}

fn guest(desk: Desk) -> impl IntoView {
    let next = desk.slug.with_value(|slug| ["/r/", slug].concat());
    view! {
        <div class="join-bar">
            <p>"Everyone may read here. Sign in to join and write."</p>
            <a class="button" href=with_next("/login", &next)>
                "Sign in"
            </a>
            <a class="button button--quiet" href=with_next("/register", &next)>
                "Create an account"
            </a>
        </div>
    }
}

/// Joining or leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Membership {
    Join,
    Leave,
}

impl Membership {
    /// A form that works without JavaScript; with it, the page stays and changes.
    pub(super) fn form(self, desk: Desk) -> impl IntoView {
        let rooms = use_rooms();
        let busy = RwSignal::new(false);
        let fault = RwSignal::new(None::<String>);
        let submit = move |event: SubmitEvent| {
            event.prevent_default();
            if busy.get_untracked() {
                return;
            }
            busy.set(true);
            let slug = desk.slug.get_value();
            spawn_local(async move {
                let result = match self {
                    Self::Join => api::join_room(slug).await,
                    Self::Leave => api::leave_room(slug).await,
                };
                // The form may be gone by now, the event being quicker than the answer.
                busy.try_set(false);
                fault.try_set(result.as_ref().err().map(ToString::to_string));
                if result.is_ok() || result.is_err_and(|error| error.error.code == ErrorCode::NotFound) {
                    desk.socket.read_anew(desk.id);
                    rooms.refresh();
                }
            });
        };
        let (action, class, label) = match self {
            Self::Join => (JoinRoom::PATH, "button", "Join this room"),
            Self::Leave => (LeaveRoom::PATH, "", "Leave"),
        };
        view! {
            <form method="post" action=action on:submit=submit>
                <input type="hidden" name="room" value=desk.slug.get_value() />
                <button class=class aria-busy=live(move || busy.get().then_some("true"))>
                    {label}
                </button>
                <span class="field-fault" role="alert">
                    {live(move || fault.get())}
                </span>
            </form>
        }
    }
}
