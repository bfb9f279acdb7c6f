//! One row of a timeline.

use leptos::prelude::*;
use protocol::{Error, Seq, markdown};

use super::Desk;
use crate::{
    components::{hue, initials},
    state::{Mark, MessageRow, Row, clock},
};

/// A row that changes in place: the same element, whatever becomes of the message.
pub(super) fn row(desk: Desk, row: ArcRwSignal<Row>) -> AnyView {
    let is_day = row.with_untracked(|row| matches!(row, Row::Day { .. }));
    if is_day {
        return (move || row.with(day)).into_any();
    }
    (move || row.with(|row| if let Row::Message(row) = row { Some(message(desk, row)) } else { None })).into_any()
}

fn day(row: &Row) -> impl IntoView + use<> {
    let (Row::Day { local, .. } | Row::Message(MessageRow { local, .. })) = row;
    view! {
        <li class="day">
            <time datetime=clock::iso_day(*local)>{clock::day_label(*local)}</time>
        </li>
    }
}

fn message(desk: Desk, row: &MessageRow) -> impl IntoView + use<> {
    let message = &row.message;
    // One that is not stored has no address yet.
    let seq = (message.seq > Seq::ZERO).then(|| message.seq.to_string());
    let id = seq.as_deref().map(|seq| ["m", seq].concat());
    let permalink = seq.as_deref().map(|seq| desk.slug.with_value(|slug| ["/r/", slug, "/m/", seq, "#m", seq].concat()));
    let avatar = row.first.then(|| {
        view! {
            <span class="avatar message-avatar" data-hue=hue(message.author.id).to_string() aria-hidden="true">
                {initials(&message.author.name)}
            </span>
        }
    });
    let fault = if let Mark::Failed(error) = &row.mark { Some(fault(desk, row, error)) } else { None };
    view! {
        <li id=id class=class(desk, row)>
            {avatar}
            <div class="message-head">
                <span class="message-author" title=["@", &message.author.username].concat()>
                    {message.author.name.clone()}
                </span>
                <a class="message-time" href=permalink>
                    <time datetime=clock::iso_utc(message.at) title=clock::full_label(row.local)>
                        {clock::short_time(row.local)}
                    </time>
                </a>
            </div>
            <div class="message-body" inner_html=markdown::render(&message.body)></div>
            {fault}
        </li>
    }
}

fn class(desk: Desk, row: &MessageRow) -> String {
    let mut class = "message".to_owned();
    let focus = desk.focus == Some(row.message.seq);
    for (holds, name) in [
        (row.first, " message--first"),
        (row.own, " message--own"),
        (row.mark == Mark::Pending, " message--pending"),
        (matches!(row.mark, Mark::Failed(_)), " message--failed"),
        (focus, " message--focus"),
    ] {
        if holds {
            class.push_str(name);
        }
    }
    class
}

fn fault(desk: Desk, row: &MessageRow, error: &Error) -> impl IntoView + use<> {
    let client_id = row.message.client_id;
    view! {
        <div class="message-fault">
            <span role="alert">{["Not sent. ", &error.message()].concat()}</span>
            <button type="button" on:click=move |_| desk.socket.retry(client_id)>
                "Retry"
            </button>
            <button type="button" on:click=move |_| desk.socket.discard(client_id)>
                "Discard"
            </button>
        </div>
    }
}
