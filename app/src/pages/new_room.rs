use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use protocol::Field;

use crate::{
    Typed,
    api::CreateRoom,
    components::{PostForm, Posting, TextField},
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
            <a href="/login?next=/rooms/new" class="button">
                "Sign in"
            </a>
            <a href="/register?next=/rooms/new" class="button button--quiet">
                "Create an account"
            </a>
        </p>
    }
}

#[component]
fn NewRoomForm() -> impl IntoView {
    let posting = Posting::to(CreateRoom::PATH);
    let Typed { name, topic, visibility, .. } = posting.typed();
    view! {
        <p class="gate-lead">"A place for one subject, one team, or one evening."</p>
        <PostForm posting button="Create room">
            <TextField
                field=Field::Name
                name="name"
                value=name
                hint="Up to 60 characters. Its address is made from it."
                posting
            />
            <TextField
                field=Field::Topic
                name="topic"
                value=topic
                optional=true
                hint="What people talk about there, in one line."
                posting
            />
            <Visibility open=visibility == "open" posting />
        </PostForm>
    }
}

/// Who may see the room: public unless chosen otherwise.
#[component]
fn Visibility(open: bool, posting: Posting) -> impl IntoView {
    let choice = |value: &'static str, checked: bool, name: &'static str, meaning: &'static str| {
        view! {
            <label class="choice">
                <input type="radio" name="visibility" value=value checked=checked />
                <span class="choice-name">{name}</span>
                <span class="choice-meaning">{meaning}</span>
            </label>
        }
    };
    let fault = move || posting.refusal.with(|refusal| refusal.as_ref()?.about(Field::Visibility));
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
