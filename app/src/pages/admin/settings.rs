use chat::Settings;
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{Field, limits};
use serde::Deserialize;

use super::{Section, limits::limits as limits_form, office, refused};
use crate::{
    api::{Announce, RemoveIcon, Settle},
    pages::{Page, Visit, field::TextField, form::Form, registration::choose_registration, upload::upload},
};

/// Where an icon of the house is sent to.
pub const ICON_UPLOAD: &str = "/admin/icon";

/// How the house is run: `/admin/settings`. Admins see it, owners change it.
pub async fn settings(visit: Visit) -> Page {
    if let Err(error) = chat::house::may_administer(&visit.chat, visit.actor()).await {
        return refused(&visit, &error).await;
    }
    let may_settle = chat::house::may_settle(&visit.chat, visit.actor()).await.is_ok();
    let (settings, form) = (visit.chat.settings(), Form::to(Settle::PATH, &visit));
    let is_done = visit.uri.query() == Some("done");
    let (icon, is_refused) = (visit.house().icon_address(), visit.uri.query() == Some("refused"));
    office(&visit, Section::Settings, || {
        let done = is_done.then(|| view! { <p class="note" role="status">"Saved. It holds from now on."</p> });
        let body = if may_settle {
            let house = view! { <div class="office-form">{form.view(fields(&form, &settings), "Save")}</div> };
            view! {
                {house}
                <section class="people-part">
                    <h2>"Icon"</h2>
                    {choose_icon(icon, ICON_UPLOAD, is_refused)}
                </section>
                {limits_form(&visit, &settings)}
            }
            .into_any()
        } else {
            view! { <p class="note">"Owners change how the house is run."</p> }.into_any()
        };
        view! { {done} {body} }.into_any()
    })
    .await
}

fn fields(form: &Form, settings: &Settings) -> AnyView {
    let typed = form.typed();
    let kept = |typed: String, own: String| if form.is_refused() { typed } else { own };
    let check = |name: &'static str, checked: bool, label: &'static str| {
        view! {
            <label class="check">
                <input type="checkbox" name=name value="true" checked=checked />
                {label}
            </label>
        }
    };
    view! {
        {form.field(TextField { value: kept(typed.name, settings.name.clone()), ..TextField::new(Field::Name, "name") })}
        {choose_registration(settings.registration)}
        {check("public_rooms", settings.public_rooms, "Rooms may be public: readable without an account")}
        {check("indexing", settings.indexing, "Search engines may list public rooms")}
        {check("members_make_rooms", settings.members_make_rooms, "Every member may make rooms")}
        {edit_time(settings.edit_minutes)}
        {check("members_invite", settings.members_invite, "Every member may invite others into the house")}
        {check("members_make_bots", settings.members_make_bots, "Every member may make bots, and answers for theirs")}
        {form
            .field(TextField {
                value: kept(typed.topic, settings.default_rooms.join(" ")),
                optional: true,
                hint: "Their addresses, such as lobby, with spaces between them.",
                ..TextField::new(Field::DefaultRooms, "default_rooms")
            })}
        <div class="field">
            <label for="retention_days">"Days that messages are kept"</label>
            <input
                id="retention_days"
                name="retention_days"
                type="number"
                min="1"
                max="36500"
                value=settings.retention_days.map(|days| days.to_string())
                aria-describedby="retention-hint"
            />
            <p class="field-hint" id="retention-hint">
                "Empty: for ever. What is older is deleted for good, in all rooms and conversations; backups keep what they have."
            </p>
        </div>
    }
    .into_any()
}

/// The icon that the house has, and the forms to give it another one or none.
pub(in crate::pages) fn choose_icon(icon: Option<String>, action: &'static str, refused: bool) -> impl IntoView {
    let shown = icon.map(|address| {
        view! {
            <img class="house-icon" src=address alt="The icon now" width="64" height="64" />
            <form method="post" action=RemoveIcon::PATH>
                <button class="button button--quiet">"Remove the icon"</button>
            </form>
        }
    });
    view! {
        <div class="house-icon-choice">{shown} {upload(action, "Choose a picture", "Upload the icon", refused)}</div>
    }
}

/// For how long people may edit what they wrote.
fn edit_time(now: Option<u32>) -> impl IntoView {
    let choices =
        [(None, "Always"), (Some(5), "5 minutes"), (Some(15), "15 minutes"), (Some(60), "An hour"), (Some(24 * 60), "A day")];
    let options = choices.map(|(minutes, label)| {
        let value = minutes.map(|minutes| minutes.to_string()).unwrap_or_default();
        view! {
            <option value=value selected=minutes == now>
                {label}
            </option>
        }
    });
    view! {
        <div class="field">
            <label for="edit_minutes">"People may edit what they wrote"</label>
            <select id="edit_minutes" name="edit_minutes">
                {options.into_iter().collect_view()}
            </select>
        </div>
    }
}

#[derive(Default, Deserialize)]
struct Told {
    told: Option<u64>,
}

/// Tells everybody something: `/admin/announce`.
pub async fn announcement(visit: Visit) -> Page {
    if let Err(error) = chat::house::may_administer(&visit.chat, visit.actor()).await {
        return refused(&visit, &error).await;
    }
    let (told, form) = (visit.query::<Told>().told, Form::to(Announce::PATH, &visit));
    office(&visit, Section::Announcement, || {
        let told = told.map(|told| view! { <p class="note" role="status">{format!("People told: {told}")}</p> });
        let field = form.field(TextField {
            value: form.typed().topic,
            hint: "One line. It stays with everybody until they dismiss it.",
            ..TextField::new(Field::Body, "text")
        });
        let limit = format!("At most {} characters.", limits::ALERT_MAX);
        view! {
            {told}
            <div class="office-form">
                {form.view(field, "Tell everybody")} <p class="field-hint">{limit}</p>
            </div>
        }
        .into_any()
    })
    .await
}
