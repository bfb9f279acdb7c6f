//! Of what one wants to hear: in a room (`/r/{slug}/notifications`), and when at all (`/settings/notifications`).

use chat::reads::{Notifications, QuietHours, Span};
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{ErrorCode, Field, Level};

use super::{
    Page, Visit,
    document::document,
    failure::{failure, no_room},
    form::Form,
    settings::{Tab, settings, sign_in_first},
};
use crate::{
    api::{MuteRoom, SetLevel, SetQuietHours},
    head::Head,
    state::clock,
};

/// Of what one hears in a room.
pub async fn room_notifications(visit: Visit) -> Page {
    match chat::reads::notifications(&visit.chat, visit.actor(), &visit.slug().to_owned().into()).await {
        Ok(found) => {
            let until = found.quiet_until.map(|until| visit.local(until));
            document(&visit, Head::new("Notifications", Vec::new()), |_| show(&found, until)).await
        }
        Err(error) if error.public().code == ErrorCode::NotAuthenticated => sign_in_first(&visit),
        // Whoever is not in it has nothing to settle there.
        Err(error) if matches!(error.public().code, ErrorCode::NotFound | ErrorCode::NotAMember) => no_room(&visit).await,
        Err(error) => failure(&visit, &error),
    }
}

fn show(found: &Notifications, until: Option<i64>) -> AnyView {
    let slug = &found.room.slug;
    let levels = Level::ALL.map(|level| {
        let text = match level {
            Level::Everything => "Everything that is said",
            Level::Mentions => "What calls me: my name, answers, threads that I follow",
            Level::Nothing => "Nothing",
        };
        view! {
            <label class="choice">
                <input type="radio" name="level" value=level.word() checked=level == found.level />
                <span>{text}</span>
            </label>
        }
    });
    let spans = Span::ALL.into_iter().filter(|(span, _)| (*span != Span::Not) || until.is_some()).map(|(span, word)| {
        let text = match span {
            Span::Not => "Unmute",
            Span::Hour => "For an hour",
            Span::Tomorrow => "Until tomorrow",
            Span::Always => "Until I say otherwise",
        };
        view! {
            <button class="button button--quiet" name="time" value=word>
                {text}
            </button>
        }
    });
    let for_good = found.quiet_until == Some(chat::rooms::FOR_GOOD);
    let muted = until.map(|until| match until {
        _ if for_good => "Muted until you say otherwise.".to_owned(),
        until => format!("Muted until {}.", clock::full_label(until)),
    });
    view! {
        <div class="settings">
            <h1>"Notifications in " <a href=["/r/", slug].concat() dir="auto">{found.room.name.clone()}</a></h1>
            <form class="form" method="post" action=SetLevel::PATH>
                <input type="hidden" name="room" value=slug.clone() />
                <fieldset>
                    <legend>"What is new shows for"</legend>
                    {levels.into_iter().collect_view()}
                </fieldset>
                <button class="button">"Save"</button>
            </form>
            <h2>"Mute"</h2>
            <p>"A muted room stands dimmed in the list, and only what calls you is counted."</p>
            {muted.map(|muted| view! { <p role="status">{muted}</p> })}
            <form class="room-actions" method="post" action=MuteRoom::PATH>
                <input type="hidden" name="room" value=slug.clone() />
                {spans.collect_view()}
            </form>
        </div>
    }
    .into_any()
}

/// When one is not to be disturbed.
pub async fn notifications(visit: Visit) -> Page {
    let Some(session) = visit.caller.session.clone() else { return sign_in_first(&visit) };
    match chat::reads::quiet_hours(&visit.chat, &session).await {
        Ok(hours) => {
            let done = visit.uri.query().is_some_and(|query| query == "done").then_some("Saved.");
            let sections = hours_form(&Form::among(SetQuietHours::PATH, &visit), hours);
            settings(&visit, Tab::Notifications, done, sections).await
        }
        Err(error) => failure(&visit, &error),
    }
}

fn hours_form(form: &Form, hours: Option<QuietHours>) -> AnyView {
    let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let (from, to) = (hours.map(|hours| time(hours.from)), hours.map(|hours| time(hours.to)));
    let fault = form.fault(Field::Until);
    let fields = view! {
        {fault.map(|fault| view! { <p class="form-fault" role="alert">{fault}</p> })}
        <label class="field">
            <span>"From"</span>
            <input type="time" name="from" value=from />
        </label>
        <label class="field">
            <span>"To"</span>
            <input type="time" name="to" value=to />
        </label>
    };
    view! {
        <section>
            <h2>"Do not disturb"</h2>
            <p>
                "Between these hours, on the clock of the time zone in your profile, nothing is counted on the title, the icon and the app. Empty: never."
            </p>
            {form.view(fields.into_any(), "Save")}
        </section>
    }
    .into_any()
}
