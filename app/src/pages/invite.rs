//! What an invite leads to: `/i/{code}`.

use leptos::{prelude::*, server_fn::ServerFn};
use protocol::ErrorCode;

use super::{
    Page, Visit,
    document::document,
    failure::{failure, nothing_here},
    form::Form,
};
use crate::{api::AcceptInvite, components::brand, head::Head, next::value};

/// The house's name, the room's where there is one, and the way in.
pub async fn invite(visit: Visit) -> Page {
    let code = visit.part_after("i");
    let shown = match chat::invites::show(&visit.chat, &code).await {
        Ok(shown) => shown,
        Err(error) if error.public().code == ErrorCode::NotFound => return nothing_here(&visit).await,
        Err(error) => return failure(&visit, &error),
    };
    let (house, form) = (visit.chat.settings().name.clone(), Form::to(AcceptInvite::PATH, &visit));
    document(&visit, Head::new("Invite", Vec::new()), |page| {
        let way = if page.is_signed_in() {
            let fields = view! { <input type="hidden" name="code" value=code /> };
            let button = if shown.room.is_some() { "Join the room" } else { "Go to the rooms" };
            form.view(fields.into_any(), button).into_any()
        } else {
            ways_in(&code, shown.registers)
        };
        let room = shown.room.map(|room| view! { " into the room " <strong><bdi>{room}</bdi></strong> });
        view! {
            <section class="gate">
                <div class="gate-card">
                    {brand(visit.house())}
                    <h1>"You are invited"</h1>
                    <p class="gate-lead">"To " <bdi>{house}</bdi> {room} "."</p>
                    {way}
                </div>
            </section>
        }
        .into_any()
    })
    .await
}

fn ways_in(code: &str, registers: bool) -> AnyView {
    let here = ["/i/", code].concat();
    let register = registers.then(|| {
        let address = ["/register?invite=", &value(code), "&next=", &value(&here)].concat();
        view! {
            <a href=address class="button">
                "Create an account"
            </a>
        }
    });
    let note = (!registers).then(|| view! { <p class="note">"This house takes no new accounts by this link."</p> });
    view! {
        {note}
        <p class="gate-actions">
            {register} <a href=["/login?next=", &value(&here)].concat() class="button button--quiet">
                "Sign in"
            </a>
        </p>
    }
    .into_any()
}
