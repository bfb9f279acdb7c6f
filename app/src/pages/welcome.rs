//! The first steps of whoever made a new house: `/welcome`. Each can be skipped.

use chat::Settings;
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{ErrorCode, Field};
use serde::Deserialize;

use super::{
    Page, Visit,
    admin::choose_icon,
    document::document,
    failure::{failure, nothing_here},
    field::TextField,
    form::Form,
    registration::choose_registration,
};
use crate::{
    api::{WelcomeDoors, WelcomeName, WelcomeRooms},
    head::Head,
};

/// Where an icon is sent to that leads back here.
const ICON_WELCOME: &str = "/admin/icon?welcome";

#[derive(Default, Deserialize)]
struct Asked {
    step: Option<u8>,
    /// Whether an icon was not taken.
    #[serde(default)]
    refused: bool,
}

/// Asks for the name of the house, who may come in, and the first rooms.
pub async fn welcome(visit: Visit) -> Page {
    match chat::house::may_settle(&visit.chat, visit.actor()).await {
        Ok(()) => {}
        Err(error) if error.public().code == ErrorCode::NotFound => return nothing_here(&visit).await,
        Err(error) => return failure(&visit, &error),
    }
    let settings = visit.chat.settings();
    let (number, title, skip, form) = match visit.query::<Asked>().step {
        Some(2) => (2, "Who may come in?", "/welcome?step=3", doors(&visit, &settings)),
        Some(3) => (3, "First rooms", "/r/lobby", rooms(&visit)),
        _ => (1, "Welcome. What is this house called?", "/welcome?step=2", name(&visit, &settings)),
    };
    document(&visit, Head::new("Welcome", Vec::new()), |_| {
        view! {
            <section class="gate gate--framed">
                <div class="gate-card">
                    <h1>{title}</h1>
                    <p class="gate-lead">{format!("Step {number} of 3. All of it can be changed later.")}</p>
                    {form}
                    <p class="gate-other">
                        <a href=skip>"Skip this"</a>
                    </p>
                </div>
            </section>
        }
        .into_any()
    })
    .await
}

fn name(visit: &Visit, settings: &Settings) -> AnyView {
    let form = Form::to(WelcomeName::PATH, visit);
    let value = if form.is_refused() { form.typed().name } else { settings.name.clone() };
    let field = form.field(TextField { value, ..TextField::new(Field::Name, "name") });
    let refused = visit.query::<Asked>().refused;
    let icon = choose_icon(visit.house().icon_address(), ICON_WELCOME, refused);
    // The icon goes first: what is typed below would be lost.
    view! {
        <details class="welcome-icon" open=refused || visit.house().icon.is_some()>
            <summary>"An icon (optional)"</summary>
            {icon}
        </details>
        {form.view(field, "Next")}
    }
    .into_any()
}

fn doors(visit: &Visit, settings: &Settings) -> AnyView {
    let fields = view! {
        {choose_registration(settings.registration)}
        <label class="check">
            <input type="checkbox" name="public_rooms" value="true" checked=settings.public_rooms />
            "Rooms may be public: readable without an account"
        </label>
    };
    Form::to(WelcomeDoors::PATH, visit).view(fields.into_any(), "Next").into_any()
}

fn rooms(visit: &Visit) -> AnyView {
    let form = Form::to(WelcomeRooms::PATH, visit);
    let field = |name: &'static str, label: &'static str| {
        view! {
            <div class="field">
                <label for=name>{label}</label>
                <input id=name name=name autocomplete="off" />
            </div>
        }
    };
    let fields = view! { {field("first", "A room beside the lobby")} {field("second", "And another one")} };
    form.view(fields.into_any(), "Make them").into_any()
}
