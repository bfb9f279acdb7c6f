//! One row of a timeline. Elements are made once; what can change has an effect of its own, so that an acknowledgement touches
//! neither the text nor the place of a message.

use leptos::prelude::*;
use protocol::{ClientId, Message, MessageKind, Seq, markdown};

use super::{answer, context::RoomContext, edit, reactions, target::Target, thread};
use crate::{
    components::{Dynamic, Glyph, Icon, Part, avatar, dynamic, dynamic_view},
    state::{Mark, MessageRow, Row, clock},
};

/// A row that changes in place.
pub(super) fn row(room: RoomContext, row: ArcRwSignal<Row>) -> AnyView {
    let first = row.get_untracked();
    let changing = Changing(row);
    match first {
        Row::New => view! { <li class="new-line">"New"</li> }.part(),
        Row::Day { .. } => day(changing),
        Row::Message(row) => message(room, &row.message, changing),
    }
}

/// The signal of a row, read for one aspect at a time.
#[derive(Clone)]
struct Changing(ArcRwSignal<Row>);

impl Changing {
    /// An aspect of the row's time, in local milliseconds.
    fn time(&self, aspect: fn(i64) -> String) -> Dynamic<String> {
        let row = self.0.clone();
        dynamic(move || aspect(row.with(Row::local)))
    }

    /// An aspect of a message; a day has none.
    fn message<T: Default>(&self, aspect: impl Fn(&MessageRow) -> T + Send + 'static) -> Dynamic<T> {
        let row = self.0.clone();
        dynamic(move || row.with(|row| if let Row::Message(row) = row { aspect(row) } else { T::default() }))
    }

    /// A part of a message that is there or not.
    fn part(&self, view: impl Fn(&MessageRow) -> Option<AnyView> + Send + 'static) -> Dynamic<AnyView> {
        let row = self.0.clone();
        dynamic_view(move || row.with(|row| if let Row::Message(row) = row { view(row) } else { None }))
    }
}

fn day(row: Changing) -> AnyView {
    view! {
        <li class="day">
            <time datetime=row.time(clock::iso_day)>{row.time(clock::day_label)}</time>
        </li>
    }
    .part()
}

fn message(room: RoomContext, message: &Message, row: Changing) -> AnyView {
    let author = message.author.clone();
    // Behind the house is nobody to be seen: its name leads to its door.
    let by_somebody = message.kind != MessageKind::System;
    let (handle, address) = match by_somebody {
        true => (["@", &author.username].concat(), ["/u/", &author.username].concat()),
        false => (String::new(), "/".to_owned()),
    };
    let avatar = row.part(move |row| (row.first && by_somebody).then(|| avatar(&row.message.author, "avatar message-avatar")));
    let client_id = message.client_id;
    let signed_in = room.page.is_signed_in();
    let note = row.part(move |row| match &row.mark {
        Mark::Stored if signed_in && !row.message.deleted && room.focus.get() == Some(row.message.seq) => {
            Some(actions(room, row))
        }
        Mark::Stored | Mark::Pending => None,
        Mark::Slow => Some(view! { <p class="message-slow">"Sending…"</p> }.part()),
        Mark::Held => Some(question(room, client_id, "Written more than an hour ago and not sent.".to_owned(), "Send")),
        Mark::Failed(error) => Some(question(room, client_id, ["Not sent. ", &error.message()].concat(), "Retry")),
        Mark::Deleting(by) => Some(undo(room, *by)),
        mark @ Mark::Unchanged { .. } => edit::refused(room, Target::of(&row.message), mark),
    });
    let marks = row.part(marks);
    let chips = row.part(move |row| reactions::chips(room, row));
    let permalink = row.message(move |row| {
        let seq = place(row)?;
        let way = if room.thread.is_some() { "?m=" } else { "/m/" };
        Some(room.address(&[way, &seq, "#m", &seq].concat()))
    });
    let unsent = row.message(|row| place(row).is_none().then(|| row.message.client_id.to_string()));
    let edited = row.part(move |row| edited(room, row));
    let quote = row.part(move |row| answer::quote(room, row));
    let thread = row.part(move |row| thread::line(room, row));
    view! {
        <li
            id=row.message(move |row| Some([room.row_prefix(), &place(row)?].concat()))
            data-unsent=unsent
            class=row.message(move |row| class(room, row))
        >
            {avatar}
            <div class="message-head">
                <a class="message-author" href=address title=handle.clone() dir="auto">
                    {author.name}
                </a>
                {author.bot.then(|| view! { <span class="bot-badge">"Bot"</span> }).part()}
                {author.ambiguous.then(|| view! { <span class="message-handle">{handle}</span> }).part()}
                <a class="message-time" href=permalink>
                    <time datetime=row.message(|row| clock::iso_utc(row.message.at)) title=row.time(clock::full_label)>
                        {row.time(clock::short_time)}
                    </time>
                </a>
            </div>
            {quote}
            <div class="message-body" dir="auto" inner_html=row.message(move |row| body(room, row))></div>
            {edited}
            {marks}
            {chips}
            {thread}
            {note}
        </li>
    }
    .part()
}

/// What it says, as HTML.
fn body(room: RoomContext, row: &MessageRow) -> String {
    if row.message.deleted {
        "<p class=\"message-deleted\">Message deleted.</p>".to_owned()
    } else {
        let reader = room.page.viewer.with_value(|reader| reader.as_ref().map(|reader| reader.id));
        markdown::render_with(&row.message.body, &row.message.mentions, reader)
    }
}

/// That its text is another one than at first, and since when. Who may see the earlier ones is led there.
fn edited(room: RoomContext, row: &MessageRow) -> Option<AnyView> {
    let at = row.edited.filter(|_| !row.message.deleted)?;
    let when = ["Edited ", &clock::full_label(at)].concat();
    let may_see = row.own || room.state.with_untracked(|state| state.rights.moderate);
    let address = place(row).filter(|_| may_see);
    Some(match address {
        Some(seq) => {
            let history = room.slug.with_value(|slug| ["/r/", slug, "/m/", &seq, "/history"].concat());
            view! {
                <a class="message-edited" href=history title=when>
                    "edited"
                </a>
            }
            .part()
        }
        None => view! {
            <span class="message-edited" title=when>
                "edited"
            </span>
        }
        .part(),
    })
}

/// It goes in a moment.
fn undo(room: RoomContext, by: ClientId) -> AnyView {
    view! {
        <p class="message-undo">
            <button type="button" on:click=move |_| room.socket.undo(by)>
                "Undo"
            </button>
        </p>
    }
    .part()
}

/// What was made of it: held up for all, kept for oneself.
fn marks(row: &MessageRow) -> Option<AnyView> {
    let mark = |icon: Icon, text: &'static str| {
        view! {
            <span>
                <Glyph icon />
                {text}
            </span>
        }
    };
    let (pinned, kept) = (row.message.pinned, row.kept);
    (pinned || kept).then(|| {
        view! {
            <p class="message-marks">
                {pinned.then(|| mark(Icon::Pin, "Pinned")).part()} {kept.then(|| mark(Icon::Bookmark, "Bookmarked")).part()}
            </p>
        }
        .part()
    })
}

/// What may be done about the message that the address names.
fn actions(room: RoomContext, row: &MessageRow) -> AnyView {
    let seq = row.message.seq.to_string();
    let rights = room.state.with_untracked(|state| state.rights);
    let page = |what: &str| room.slug.with_value(|slug| ["/r/", slug, "/m/", &seq, what].concat());
    let links = [
        (rights.write, room.address(&["?reply=", &seq].concat()), "Reply"),
        (true, thread::address(room, row.message.thread_of.unwrap_or(row.message.seq)), "Thread"),
        (true, page("/reactions"), "React"),
        (true, page("/keep"), "Keep"),
        (row.own && rights.write, page("/edit"), "Edit…"),
        (!row.own, page("/report"), "Report"),
        (row.own || rights.moderate, page("/delete"), "Delete…"),
    ];
    let links = links.into_iter().filter(|(offered, ..)| *offered).map(|(_, address, text)| {
        view! {
            <a href=address>{text}</a>
            " "
        }
        .part()
    });
    view! { <p class="message-actions">{links.collect_view()}</p> }.part()
}

/// The place in the room's log, as addresses have it. A message that is not stored has none.
fn place(row: &MessageRow) -> Option<String> {
    (row.message.seq > Seq::ZERO).then(|| row.message.seq.to_string())
}

fn class(room: RoomContext, row: &MessageRow) -> String {
    let mut class = "message".to_owned();
    for (holds, name) in [
        (row.first, " message--first"),
        (row.own, " message--own"),
        (row.message.kind == MessageKind::System, " message--system"),
        (matches!(row.mark, Mark::Pending | Mark::Slow), " message--pending"),
        (matches!(row.mark, Mark::Failed(_) | Mark::Held | Mark::Unchanged { .. }), " message--failed"),
        (room.focus.get() == Some(row.message.seq), " message--focus"),
        (room.thread == Some(row.message.seq), " message--root"),
        (
            room.editing.with(|editing| editing.as_ref().is_some_and(|editing| editing.target == Target::of(&row.message))),
            " message--editing",
        ),
    ] {
        if holds {
            class.push_str(name);
        }
    }
    class
}

/// What became of a message that is not stored, and what may be done about it.
fn question(room: RoomContext, client_id: ClientId, what: String, again: &'static str) -> AnyView {
    view! {
        <div class="message-fault">
            <span role="alert">{what}</span>
            <button type="button" on:click=move |_| room.socket.retry(client_id)>
                {again}
            </button>
            <button type="button" on:click=move |_| room.socket.discard(client_id)>
                "Discard"
            </button>
        </div>
    }
    .part()
}
