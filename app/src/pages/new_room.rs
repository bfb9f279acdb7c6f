use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{Field, Room};

use super::{Page, Visit, document::document, field::TextField, form::Form, namesake};
use crate::{Typed, api::CreateRoom, head::Head};

/// Makes a room.
pub async fn new_room(visit: Visit) -> Page {
    let head = Head::new("New room", Vec::new());
    let form = Form::to(CreateRoom::PATH, &visit);
    let namesake = namesake::namesake(&visit, &form).await;
    document(&visit, head, |page| {
        let body = if page.is_signed_in() { new_room_form(&form, namesake) } else { sign_in_first().into_any() };
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

fn new_room_form(form: &Form, namesake: Option<Room>) -> AnyView {
    let Typed { name, topic, visibility, .. } = form.typed();
    let fields = view! {
        {form
            .field(TextField {
                value: name,
                hint: "Up to 60 characters. Its address is made from it.",
                ..TextField::new(Field::Name, "name")
            })}
        {namesake.map(namesake::view)}
        {form.field(TextField::topic(topic))}
        {choose_visibility(visibility == "open", form.fault(Field::Visibility))}
    };
    view! {
        <p class="gate-lead">"A place for one subject, one team, or one evening."</p>
        {form.view(fields.into_any(), "Create room")}
    }
    .into_any()
}

/// Who may see the room: public unless chosen otherwise.
fn choose_visibility(open: bool, fault: Option<String>) -> impl IntoView {
    let choice = |value: &'static str, checked: bool, name: &'static str, meaning: &'static str| {
        view! {
            <label class="choice">
                <input type="radio" name="visibility" value=value checked=checked />
                <span class="choice-name">{name}</span>
                <span class="choice-meaning">{meaning}</span>
            </label>
        }
    };
    view! {
        <fieldset class="field choices" aria-describedby="visibility-fault">
            <legend>{Field::Visibility.label()}</legend>
            {choice("public", !open, "Public", "A page on the web: anyone can read it, people with an account can join and write.")}
            {choice("open", open, "Open", "People with an account can find it and join; only members read and write.")}
            <p class="field-fault" id="visibility-fault">
                {fault}
            </p>
        </fieldset>
    }
}
