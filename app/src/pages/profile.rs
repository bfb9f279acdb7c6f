//! What others see of one: `/settings/profile`.

use chat::accounts::{Availability, Profile};
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{Field, User};

use super::{
    Page, Visit,
    failure::failure,
    field::TextField,
    form::Form,
    settings::{Outcome, Tab, settings, sign_in_first},
    upload::upload,
};
use crate::{
    Typed,
    api::{EditProfile, OrderRooms, RemovePicture, SetAvailability, SetStatus},
    components::avatar,
    state::clock,
};

/// Where a picture is sent to.
pub const UPLOAD: &str = "/settings/picture";
/// Where the browser goes after a picture was taken, or was not.
pub const UPLOADED: &str = "/settings/profile?done=picture";
/// As [`UPLOADED`].
pub const UPLOAD_REFUSED: &str = "/settings/profile?refused=picture";

/// What is said of what was done.
const NOTICES: [(&str, &str); 4] = [
    ("profile", "Saved. Others see it when they load a page."),
    ("picture", "Your picture is changed."),
    ("status", "Saved. Others see it at once."),
    ("removed", "Your picture is gone."),
];

/// Picture, names, and what one says of oneself.
pub async fn profile(visit: Visit) -> Page {
    let Some(session) = visit.caller.session.clone() else { return sign_in_first(&visit) };
    let profile = match chat::accounts::profile(&visit.chat, &session).await {
        Ok(profile) => profile,
        Err(error) => return failure(&visit, &error),
    };
    let outcome: Outcome = visit.query();
    let form = Form::among(EditProfile::PATH, &visit);
    let notice = outcome.notice(&NOTICES).filter(|_| !form.is_refused());
    let status = status_form(&Form::among(SetStatus::PATH, &visit), &profile.availability);
    let seen = availability_form(&Form::among(SetAvailability::PATH, &visit), &visit, &profile.availability);
    let arrangement = match chat::rooms::arrangement(&visit.chat, visit.actor()).await {
        Ok(arrangement) => arrangement,
        Err(error) => return failure(&visit, &error),
    };
    let order = order_form(&Form::among(OrderRooms::PATH, &visit), arrangement.by_activity);
    let sections = view! {
        <section class="settings-section">
            <h2>"Status"</h2>
            {status}
        </section>
        <section class="settings-section">
            <h2>"How others see you"</h2>
            {seen}
        </section>
        {picture(&profile.user, outcome.is_refused())}
        <section class="settings-section">
            <h2>"About you"</h2>
            {about(&form, profile)}
        </section>
        <section class="settings-section">
            <h2>"Your list of rooms"</h2>
            {order}
        </section>
    };
    settings(&visit, Tab::Profile, notice, sections.into_any()).await
}

/// For how long something holds, by the words that the server knows.
const SPANS: [(&str, &str); 6] = [
    ("always", "Until I change it"),
    ("half_hour", "For 30 minutes"),
    ("hour", "For an hour"),
    ("four_hours", "For 4 hours"),
    ("today", "Today"),
    ("week", "For a week"),
];

fn status_form(form: &Form, availability: &Availability) -> impl IntoView + use<> {
    let now = availability.status.clone();
    let (emoji, text) = now.map(|status| (status.emoji, status.text)).unwrap_or_default();
    let emoji = TextField { value: emoji, optional: true, hint: "One emoji.", ..TextField::new(Field::StatusEmoji, "emoji") };
    let text = TextField {
        value: text,
        optional: true,
        hint: "What you do, in one line. Empty both fields to take it away.",
        ..TextField::new(Field::StatusText, "text")
    };
    let fields = view! { {form.field(emoji)} {form.field(text)} {spans("lasts", "For how long", SPANS.to_vec())} };
    form.view(fields.into_any(), "Set status")
}

fn availability_form(form: &Form, visit: &Visit, availability: &Availability) -> impl IntoView + use<> {
    let quiet = availability.quiet_until;
    let first = match quiet {
        Some(_) if availability.is_quiet_for_good() => vec![("keep", "Until I change it"), ("off", "No: I may be disturbed")],
        Some(_) => vec![("keep", "As long as it lasts"), ("off", "No: I may be disturbed")],
        None => vec![("off", "No: I may be disturbed")],
    };
    let until = quiet.filter(|_| !availability.is_quiet_for_good());
    let until = until.map(|until| ["You are not disturbed until ", &clock::full_label(visit.local(until)), "."].concat());
    let choices = first.into_iter().chain(SPANS).collect();
    let fields = view! {
        {spans("quiet", "Do not disturb", choices)}
        {until.map(|until| view! { <p class="field-hint">{until}</p> })}
        <label class="choice">
            <input type="checkbox" name="invisible" value="true" checked=availability.invisible />
            <span>"Be invisible: others see me as offline"</span>
        </label>
    };
    form.view(fields.into_any(), "Set availability")
}

fn order_form(form: &Form, by_activity: bool) -> impl IntoView + use<> {
    let choice = |value: &'static str, text: &'static str, checked: bool| {
        view! {
            <label class="choice">
                <input type="radio" name="by_activity" value=value checked=checked />
                <span>{text}</span>
            </label>
        }
    };
    let fields = view! {
        <fieldset class="field">
            <legend>"Sorted by"</legend>
            {choice("false", "Name", !by_activity)}
            {choice("true", "What happened last", by_activity)}
        </fieldset>
    };
    form.view(fields.into_any(), "Sort")
}

fn spans(name: &'static str, label: &'static str, choices: Vec<(&'static str, &'static str)>) -> impl IntoView + use<> {
    let options = choices.into_iter().map(|(value, text)| view! { <option value=value>{text}</option> }).collect_view();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name>
                {options}
            </select>
        </div>
    }
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
    let Profile { user, bio, pronouns, time_zone, .. } = profile;
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
