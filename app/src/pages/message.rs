//! What may be done about one message: `/r/{slug}/m/{seq}/delete` and `/r/{slug}/m/{seq}/report`; and what was reported:
//! `/r/{slug}/reports`.

use chat::messages::{Asked, Report};
use leptos::{prelude::*, server_fn::ServerFn};
use protocol::{ErrorCode, Field, Room, Seq, markdown};

use super::{
    Page, Visit,
    document::document,
    failure::refused_in_room,
    field::TextField,
    form::{Form, refusal},
    listed::listed,
};
use crate::{
    api::{CloseReport, DeleteMessage, ReportMessage},
    head::Head,
    state::clock,
};

/// Characters of a message that are shown.
const SHOWN: usize = 300;

/// Asks before a message is deleted.
pub async fn delete_message(visit: Visit) -> Page {
    let asked = match place(&visit) {
        Ok(seq) => chat::messages::deletable(&visit.chat, visit.actor(), &visit.slug().to_owned().into(), seq).await,
        Err(error) => Err(error.into()),
    };
    match asked {
        Ok(asked) => {
            let form = Form::to(DeleteMessage::PATH, &visit);
            let head = Head::new("Delete a message", Vec::new());
            let lead = "What it says is gone for everybody. That there was a message stays only where others answered it.";
            document(&visit, head, |_| question("Delete this message?", lead, &asked, form.view(of(&asked), "Delete").into_any()))
                .await
        }
        Err(error) => refused_in_room(&visit, &error).await,
    }
}

/// Brings a message before those who keep order.
pub async fn report_message(visit: Visit) -> Page {
    let asked = match place(&visit) {
        Ok(seq) => chat::messages::reportable(&visit.chat, visit.actor(), &visit.slug().to_owned().into(), seq).await,
        Err(error) => Err(error.into()),
    };
    match asked {
        Ok(asked) if visit.uri.query() == Some("done") => {
            let head = Head::new("Reported", Vec::new());
            let lead = "Those who keep order in this room were told. Thank you.";
            document(&visit, head, |_| question("Reported", lead, &asked, ().into_any())).await
        }
        Ok(asked) => {
            let form = Form::to(ReportMessage::PATH, &visit);
            let reason = TextField { hint: "What is wrong with it, in one line.", ..TextField::new(Field::Reason, "reason") };
            let fields = view! { {of(&asked)} {form.field(reason)} }.into_any();
            let head = Head::new("Report a message", Vec::new());
            let lead = "Owners and moderators of this room, and the admins of the house, will see it, and who reported it.";
            document(&visit, head, |_| question("Report this message", lead, &asked, form.view(fields, "Report").into_any()))
                .await
        }
        Err(error) => refused_in_room(&visit, &error).await,
    }
}

/// What was reported in a room and is not seen to.
pub async fn reports(visit: Visit) -> Page {
    match chat::messages::reports(&visit.chat, visit.actor(), &visit.slug().to_owned().into()).await {
        Ok((room, reports)) => {
            let refused = refusal(&visit);
            let head = Head::new(&["Reports in ", &room.name].concat(), Vec::new());
            document(&visit, head, |_| list(&visit, &room, reports, refused)).await
        }
        Err(error) => refused_in_room(&visit, &error).await,
    }
}

pub(super) fn place(visit: &Visit) -> Result<Seq, ErrorCode> {
    visit.uri.path().split('/').nth(4).and_then(|seq| seq.parse().ok()).ok_or(ErrorCode::NotFound)
}

/// Which message it is about.
pub(super) fn of(asked: &Asked) -> AnyView {
    view! {
        <input type="hidden" name="room" value=asked.room.slug.clone() />
        <input type="hidden" name="seq" value=asked.seq.to_string() />
    }
    .into_any()
}

pub(super) fn question(title: &'static str, lead: &'static str, asked: &Asked, form: AnyView) -> AnyView {
    let back = ["/r/", &asked.room.slug, "/m/", &asked.seq.to_string()].concat();
    view! {
        <section class="gate gate--framed">
            <div class="gate-card">
                <h1>{title}</h1>
                <p class="gate-lead">{lead}</p>
                {quote(&asked.author.name, &asked.body)}
                {form}
                <p class="gate-other">
                    <a href=back>"Back to the message"</a>
                </p>
            </div>
        </section>
    }
    .into_any()
}

pub(super) fn quote(author: &str, body: &str) -> impl IntoView + use<> {
    let (author, text) = (author.to_owned(), markdown::excerpt(body, SHOWN));
    view! {
        <blockquote class="quote" dir="auto">
            <strong dir="auto">{author}</strong>
            <p dir="auto">{text}</p>
        </blockquote>
    }
}

fn list(visit: &Visit, room: &Room, reports: Vec<Report>, refused: Option<String>) -> AnyView {
    let none = reports.is_empty().then(|| "Nothing is reported. What people report stands here.".to_owned());
    let rows = reports.into_iter().map(|report| row(visit, room, report)).collect_view();
    listed("Reports in", room, refused, none, rows.into_any())
}

fn row(visit: &Visit, room: &Room, report: Report) -> impl IntoView + use<> {
    let message = ["/r/", &room.slug, "/m/", &report.seq.to_string()].concat();
    let when = clock::full_label(visit.local(report.at));
    view! {
        <li class="report">
            {quote(&report.author.name, &report.body)}
            <p dir="auto">{report.reason}</p>
            {(report.revision > 0)
                .then(|| {
                    view! {
                        <p class="person-note">
                            "It was edited. " <a href=[&message, "/history"].concat()>"Earlier texts"</a>
                        </p>
                    }
                })}
            <p class="person-note">
                "Reported by " <span dir="auto">{report.by.name}</span> ", " {when}
            </p>
            <div class="room-actions">
                <a href=message.clone()>"To the message"</a>
                <a class="danger" href=[&message, "/delete"].concat()>
                    "Delete…"
                </a>
                <form method="post" action=CloseReport::PATH>
                    <input type="hidden" name="room" value=room.slug.clone() />
                    <input type="hidden" name="report" value=report.id />
                    <button>"Close"</button>
                </form>
            </div>
        </li>
    }
}
