use leptos::{form::ActionForm, prelude::*, server::ServerAction};
use leptos_meta::Title;
use leptos_router::components::A;
use protocol::Field;

use crate::{
    Typed, api,
    components::{ErrorSummary, Refusal, SubmitButton, TextField, typed},
    session::use_viewer,
};

/// Makes a room.
#[component]
pub(crate) fn NewRoom() -> impl IntoView {
    let body = if use_viewer().user.is_some() { view! { <NewRoomForm /> }.into_any() } else { sign_in_first().into_any() };
    view! {
        <Title text="New room" />
        <section class="gate gate--framed">
            <div class="gate-card">
                <h1>"New room"</h1>
                {body}
            </div>
        </section>
    }
}

fn sign_in_first() -> impl IntoView {
    view! {
        <p class="gate-lead">"Rooms are made by people with an account."</p>
        <p class="gate-actions">
            <A href="/login?next=/rooms/new" attr:class="button">
                "Sign in"
            </A>
            <A href="/register?next=/rooms/new" attr:class="button button--quiet">
                "Create an account"
            </A>
        </p>
    }
}

#[component]
fn NewRoomForm() -> impl IntoView {
    let action = ServerAction::<api::CreateRoom>::new();
    let refusal: Refusal = Signal::derive(move || action.value().get().and_then(Result::err));
    let Typed { name, topic, visibility, .. } = typed(refusal);
    view! {
        <p class="gate-lead">"A place for one subject, one team, or one evening."</p>
        <ErrorSummary refusal />
        <ActionForm action attr:class="form">
            <TextField
                field=Field::Name
                name="name"
                value=name
                hint="Up to 60 characters. Its address is made from it."
                refusal
            />
            <TextField
                field=Field::Topic
                name="topic"
                value=topic
                optional=true
                hint="What people talk about there, in one line."
                refusal
            />
            <Visibility open=visibility == "open" refusal />
            <SubmitButton label="Create room" pending=action.pending() />
        </ActionForm>
    }
}

/// Who may see the room: public unless chosen otherwise.
#[component]
fn Visibility(open: bool, refusal: Refusal) -> impl IntoView {
    let choice = |value: &'static str, checked: bool, name: &'static str, meaning: &'static str| {
        view! {
            <label class="choice">
                <input type="radio" name="visibility" value=value checked=checked />
                <span class="choice-name">{name}</span>
                <span class="choice-meaning">{meaning}</span>
            </label>
        }
    };
    let fault = move || refusal.with(|refusal| refusal.as_ref().and_then(|error| error.about(Field::Visibility)));
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
