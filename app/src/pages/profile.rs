//! What others see of one: `/settings/profile`.

use chat::accounts::Profile;
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{Field, User};
use serde::Deserialize;

use super::{
    Page, Visit,
    failure::failure,
    field::TextField,
    form::Form,
    settings::{Tab, settings, sign_in_first},
    upload::upload,
};
use crate::{
    Typed,
    api::{EditProfile, RemovePicture},
    components::avatar,
};

/// Where a picture is sent to.
pub const UPLOAD: &str = "/settings/picture";
/// Where the browser goes after a picture was taken, or was not.
pub const UPLOADED: &str = "/settings/profile?done=picture";
/// As [`UPLOADED`].
pub const UPLOAD_REFUSED: &str = "/settings/profile?refused=picture";

/// What the address says was done, or not.
#[derive(Default, Deserialize)]
struct Asked {
    done: Option<String>,
    refused: Option<String>,
}

impl Asked {
    fn notice(&self) -> Option<&'static str> {
        Some(match self.done.as_deref()? {
            "profile" => "Saved. Others see it when they load a page.",
            "picture" => "Your picture is changed.",
            "removed" => "Your picture is gone.",
            _ => return None,
        })
    }

    fn is_refused(&self) -> bool {
        self.refused.as_deref() == Some("picture")
    }
}

/// Picture, names, and what one says of oneself.
pub async fn profile(visit: Visit) -> Page {
    let Some(session) = visit.caller.session.clone() else { return sign_in_first(&visit) };
    let profile = match chat::accounts::profile(&visit.chat, &session).await {
        Ok(profile) => profile,
        Err(error) => return failure(&visit, &error),
    };
    let asked: Asked = visit.query();
    let form = Form::among(EditProfile::PATH, &visit);
    let notice = asked.notice().filter(|_| !form.is_refused());
    let sections = view! {
        {picture(&profile.user, asked.is_refused())}
        <section class="settings-section">
            <h2>"About you"</h2>
            {about(&form, profile)}
        </section>
    };
    settings(&visit, Tab::Profile, notice, sections.into_any()).await
}

fn picture(user: &User, refused: bool) -> impl IntoView + use<> {
    let remove = user.picture.is_some().then(|| {
        view! {
            <form method="post" action=RemovePicture::PATH>
                <button class="button button--quiet">"Remove picture"</button>
            </form>
        }
    });
    view! {
        <section class="settings-section">
            <h2>"Picture"</h2>
            <div class="picture">
                {avatar(user, "avatar avatar--large")}
                {upload(UPLOAD, "Choose a picture", "Upload picture", refused)}
            </div>
            {remove}
        </section>
    }
}

fn about(form: &Form, profile: Profile) -> impl IntoView + use<> {
    // What was typed and refused stands there again, be it empty.
    let Profile { user, bio, pronouns, time_zone } = profile;
    let Typed { display_name, bio, pronouns, time_zone, .. } = if form.is_refused() {
        form.typed()
    } else {
        Typed { display_name: user.name, bio, pronouns, time_zone, ..Typed::default() }
    };
    let fields = view! {
        {form
            .field(TextField {
                value: display_name,
                autocomplete: "name",
                optional: true,
                hint: "Stands beside your messages. Without it your user name does.",
                ..TextField::new(Field::DisplayName, "display_name")
            })}
        {form
            .field(TextField {
                value: pronouns,
                optional: true,
                hint: "How others speak of you: she/her, they/them, …",
                ..TextField::new(Field::Pronouns, "pronouns")
            })}
        {bio_field(bio, form.fault(Field::Bio))}
        {zone_field(&time_zone, form.fault(Field::TimeZone))}
    };
    form.view(fields.into_any(), "Save")
}

fn bio_field(bio: String, fault: Option<String>) -> impl IntoView {
    view! {
        <div class="field">
            <label for="bio">{Field::Bio.label()} <span class="field-optional">" (optional)"</span></label>
            <textarea
                id="bio"
                name="bio"
                rows="3"
                dir="auto"
                aria-invalid=fault.is_some().then_some("true")
                aria-describedby="bio-fault bio-hint"
            >
                {bio}
            </textarea>
            <p class="field-fault" id="bio-fault">
                {fault}
            </p>
            <p class="field-hint" id="bio-hint">
                "One paragraph of at most 300 characters."
            </p>
        </div>
    }
}

fn zone_field(chosen: &str, fault: Option<String>) -> impl IntoView + use<> {
    let option = |zone: String| {
        let name = zone.replace('_', " ");
        let selected = zone == chosen;
        view! {
            <option value=zone selected=selected>
                {name}
            </option>
        }
    };
    view! {
        <div class="field">
            <label for="time_zone">{Field::TimeZone.label()} <span class="field-optional">" (optional)"</span></label>
            <select id="time_zone" name="time_zone" aria-describedby="zone-fault zone-hint">
                <option value="">"Not said"</option>
                {chat::clocks::zones().into_iter().map(option).collect_view()}
            </select>
            <p class="field-fault" id="zone-fault">
                {fault}
            </p>
            <p class="field-hint" id="zone-hint">
                "So that others see what time it is where you are."
            </p>
        </div>
    }
}
