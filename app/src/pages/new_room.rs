use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{Field, Room};

use super::{Page, Visit, document::document, field::TextField, form::Form, namesake, visibility};
use crate::{Typed, api::CreateRoom, head::Head};

/// Makes a room.
pub async fn new_room(visit: Visit) -> Page {
    let head = Head::new("New room", Vec::new());
    let form = Form::to(CreateRoom::PATH, &visit);
    let namesake = namesake::namesake(&visit, &form).await;
    let may_be_public = visit.chat.settings().public_rooms;
    document(&visit, head, |page| {
        let body = if page.is_signed_in() { new_room_form(&form, namesake, may_be_public) } else { sign_in_first().into_any() };
        view! {
            <section class="gate gate--framed">
                <div class="gate-card">
                    <h1>"New room"</h1>
                    {body}
                </div>
            </section>
        }
        .into_any()
    })
    .await
}

fn sign_in_first() -> impl IntoView {
    view! {
        <p class="gate-lead">"Rooms are made by people with an account."</p>
        <p class="gate-actions">
            <a href="/login?next=/rooms/new" class="button">
                "Sign in"
            </a>
            <a href="/register?next=/rooms/new" class="button button--quiet">
                "Create an account"
            </a>
        </p>
    }
}

fn new_room_form(form: &Form, namesake: Option<Room>, may_be_public: bool) -> AnyView {
    let Typed { name, topic, visibility: chosen, .. } = form.typed();
    let fields = view! {
        {form
            .field(TextField {
                value: name,
                hint: "Up to 60 characters. Its address is made from it.",
                ..TextField::new(Field::Name, "name")
            })}
        {namesake.map(namesake::view)}
        {form.field(TextField::topic(topic))}
        {visibility::choose(&chosen, form, may_be_public)}
    };
    view! {
        <p class="gate-lead">"A place for one subject, one team, or one evening."</p>
        {form.view(fields.into_any(), "Create room")}
    }
    .into_any()
}
