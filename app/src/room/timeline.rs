//! The messages of a room.

use std::collections::VecDeque;

use leptos::{ev::MouseEvent, prelude::*};
use protocol::{Seq, Standing};

use super::{
    click::is_plain,
    context::RoomContext,
    edit, keys, menu, message, reactions,
    scroller::{Edge, new_messages},
};
use crate::{
    components::{Dynamic, dynamic, dynamic_view},
    state::{self, Missed, Outbox, RoomState, Row, RowKey},
};

/// A row that keeps its element as long as its key is there.
#[derive(Clone)]
struct Item {
    key: RowKey,
    row: ArcRwSignal<Row>,
}

/// What stands in the box.
#[derive(Clone, Copy)]
struct Shown {
    /// None on the server, where nothing changes.
    items: RwSignal<Vec<Item>>,
    is_empty: RwSignal<bool>,
    /// From where on there is more, at each end.
    older: RwSignal<Option<Seq>>,
    newer: RwSignal<Option<Seq>>,
}

/// The messages, from the oldest that is loaded down to the newest.
pub(super) fn timeline(room: RoomContext) -> impl IntoView {
    // The server does not know what waits in the outbox, so the first rendering has none of it.
    let first = untrack(|| rows(room, &Outbox::default()));
    let (older, newer) = room.state.with_untracked(ends);
    let items = if cfg!(feature = "ssr") { Vec::new() } else { first.iter().cloned().map(item).collect() };
    let shown = Shown {
        items: RwSignal::new(items),
        is_empty: RwSignal::new(is_empty(room, &first)),
        older: RwSignal::new(older),
        newer: RwSignal::new(newer),
    };
    Effect::new(move |before: Option<()>| {
        if before.is_none() {
            room.scroller.arrive();
        }
        let rows = room.socket.with_outbox(|outbox| rows(room, outbox));
        let ends = room.state.with(ends);
        let nothing = is_empty(room, &rows);
        shown.is_empty.maybe_update(|is_empty| std::mem::replace(is_empty, nothing) != nothing);
        room.scroller.keep_place(|| shown.update(rows, ends));
    });
    let list = list(room, &first, shown);
    let scroller = room.scroller;
    let facts = room.room();
    let label = dynamic(move || facts.with(|room| ["Messages in ", &room.name].concat()));
    let announced = dynamic(move || Some(if scroller.is_quiet() { "off" } else { "polite" }));
    let busy = dynamic(move || scroller.loading().map(|_| "true"));
    view! {
        <div
            class="scroller"
            role="log"
            aria-live=announced
            aria-busy=busy
            aria-label=label
            tabindex="0"
            node_ref=scroller.element()
            on:click=move |event| {
                reactions::click(room, &event);
                edit::tick(room, &event);
            }
            on:scroll=move |_| {
                scroller.scrolled();
                room.look();
            }
            on:focusin=move |event| {
                scroller.focused();
                room.menu.point(event.target());
            }
            on:mouseover=move |event| room.menu.point(event.target())
            on:keydown=move |event| {
                if let Some(list) = scroller.element().get_untracked() {
                    keys::key(room, &event, &list);
                }
            }
        >
            <div class="scroller-inner">
                {edge(room, Edge::Older, shown.older)} <ol class="timeline">
                    {list}
                </ol> {empty(room, shown)} {edge(room, Edge::Newer, shown.newer)}
            </div>
        </div>
        <span class="list-end" tabindex="-1"></span>
        {menu::menu(room)}
        <p class="visually-hidden" role="status">
            {missed(room)}
        </p>
    }
}

/// On the server most rows were rendered for somebody before, and none will change.
#[cfg(feature = "ssr")]
fn list(room: RoomContext, rows: &[Row], _shown: Shown) -> AnyView {
    super::rendered::rendered(room, rows, |row| message::row(room, ArcRwSignal::new(row)))
}

#[cfg(not(feature = "ssr"))]
fn list(room: RoomContext, _rows: &[Row], shown: Shown) -> AnyView {
    crate::components::list(move || shown.items.get(), |item| item.key.number(), move |item| message::row(room, item.row))
        .into_any()
}

fn rows(room: RoomContext, outbox: &Outbox) -> Vec<Row> {
    let (zone, focus, new_after) = (room.zone.get(), room.focus.get(), room.new_after.get());
    room.page.viewer.with_value(|reader| {
        room.state.with(|state| {
            let rows = state::rows(state, outbox.of_room(room.id), reader.as_ref(), focus, |at| zone.local(at));
            // Where the first new one is not loaded, the line would stand above another.
            state::with_new_line(rows, new_after.filter(|after| !state.has_older() || state.first_seq() <= Some(after.next())))
        })
    })
}

/// Whether nothing is said, but for what a thread stands under.
fn is_empty(room: RoomContext, rows: &[Row]) -> bool {
    !rows.iter().any(|row| matches!(row, Row::Message(row) if room.thread != Some(row.message.seq)))
}

fn item(row: Row) -> Item {
    Item { key: row.key(), row: ArcRwSignal::new(row) }
}

fn ends(room: &RoomState) -> (Option<Seq>, Option<Seq>) {
    (room.first_seq().filter(|_| room.has_older()), room.last_seq().filter(|_| room.has_newer()))
}

impl Shown {
    /// Rows that stay keep their elements, and what did not change is not touched.
    fn update(self, rows: Vec<Row>, (older, newer): (Option<Seq>, Option<Seq>)) {
        for (end, now) in [(self.older, older), (self.newer, newer)] {
            end.maybe_update(|shown| std::mem::replace(shown, now) != now);
        }
        self.items.maybe_update(|items| {
            let same_keys = items.len() == rows.len() && items.iter().zip(&rows).all(|(item, row)| item.key == row.key());
            // Rows hardly ever change places, so the next one to be found is mostly the first one left.
            let mut known = VecDeque::from(std::mem::take(items));
            items.extend(rows.into_iter().map(|row| {
                let kept = known.iter().position(|item| item.key == row.key()).and_then(|place| known.remove(place));
                match kept {
                    Some(item) => item.change(row),
                    None => item(row),
                }
            }));
            !same_keys
        });
    }
}

impl Item {
    fn change(self, row: Row) -> Self {
        self.row.maybe_update(|shown| {
            let changed = *shown != row;
            *shown = row;
            changed
        });
        self
    }
}

/// The way to more messages: a plain link, that loads them in place once the page is alive.
fn edge(room: RoomContext, edge: Edge, next: RwSignal<Option<Seq>>) -> Dynamic<AnyView> {
    let (class, query, text) = match edge {
        Edge::Older => ("older", "?before=", "Older messages"),
        Edge::Newer => ("newer", "?after=", "Newer messages"),
    };
    let load = move |event: MouseEvent| {
        if is_plain(&event) {
            event.prevent_default();
            room.scroller.load(edge);
        }
    };
    dynamic_view(move || {
        let seq = next.get()?;
        let address = room.address(&[query, &seq.to_string()].concat());
        let busy = dynamic(move || (room.scroller.loading() == Some(edge)).then_some("true"));
        Some(view! {
            <a class=class href=address aria-busy=busy on:click=load>
                {text}
            </a>
        })
    })
}

/// What was written while there was no connection, told once and not message by message.
fn missed(room: RoomContext) -> Dynamic<Option<String>> {
    dynamic(move || {
        room.state.with(RoomState::missed).map(|missed| match missed {
            Missed::Exactly(count) => [&new_messages(count), " since you were last connected"].concat(),
            Missed::MoreThan(count) => ["More than ", &new_messages(count), " since you were last connected"].concat(),
        })
    })
}

/// What to do where nothing has been said yet.
fn empty(room: RoomContext, shown: Shown) -> Dynamic<AnyView> {
    let standing = room.standing();
    let is_empty = Memo::new(move |_| shown.is_empty.get() && shown.older.get().is_none() && shown.newer.get().is_none());
    let is_open = Memo::new(move |_| room.state.with(RoomState::is_open_to_reader));
    dynamic_view(move || {
        let text = match standing.get() {
            _ if !is_empty.get() => return None,
            Standing::Member if room.thread.is_some() => "Nobody has answered yet. Write the first reply below.",
            _ if room.thread.is_some() => "Nobody has answered yet.",
            _ if !is_open.get() => "Members read what is said here. Join to be one of them.",
            Standing::Member => "It is quiet in here. Write the first message below.",
            Standing::MayJoin => "It is quiet in here. Join to write the first message.",
            Standing::Guest => "It is quiet in here. Sign in to write the first message.",
        };
        Some(view! { <p class="empty">{text}</p> })
    })
}
