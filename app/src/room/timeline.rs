//! The messages of a room.

use std::collections::HashMap;

use leptos::{ev::MouseEvent, prelude::*};
use protocol::Standing;

use super::{Desk, message, scroller::Edge};
use crate::state::{self, Outbox, Row, RowKey};

/// A row that keeps its element as long as its key is there.
#[derive(Clone)]
struct Item {
    key: RowKey,
    row: ArcRwSignal<Row>,
}

/// The messages, from the oldest that is loaded down to the newest.
#[component]
pub(super) fn Timeline(desk: Desk) -> impl IntoView {
    // The server does not know what waits in the outbox, so the first rendering has none of it.
    let first = untrack(|| rows(desk, &Outbox::default()));
    let items = RwSignal::new(first.into_iter().map(item).collect::<Vec<_>>());
    Effect::new(move || {
        let rows = desk.socket.with_outbox(|outbox| rows(desk, outbox));
        desk.scroller.keep_place(|| show(items, rows));
    });
    let scroller = desk.scroller;
    let label = desk.room.with_untracked(|room| ["Messages in ", &room.room.name].concat());
    // What is loaded from the past is not news.
    let live = move || if scroller.loading() == Some(Edge::Older) { "off" } else { "polite" };
    view! {
        <div
            class="scroller"
            role="log"
            aria-live=live
            aria-label=label
            tabindex="0"
            node_ref=scroller.element()
            on:scroll=move |_| scroller.scrolled()
        >
            <div class="scroller-inner">
                {edge(desk, Edge::Older)} <ol class="timeline">
                    <For each=move || items.get() key=|item| item.key children=move |item| message::row(desk, item.row) />
                </ol> {empty(desk, items)} {edge(desk, Edge::Newer)}
            </div>
        </div>
    }
}

fn rows(desk: Desk, outbox: &Outbox) -> Vec<Row> {
    let zone = desk.zone.get();
    desk.reader.with_value(|reader| {
        desk.room.with(|room| state::rows(room, outbox.of_room(desk.id), reader.as_ref(), |at| zone.local(at)))
    })
}

fn item(row: Row) -> Item {
    Item { key: row.key(), row: ArcRwSignal::new(row) }
}

/// Brings the rows on the screen to a new state: those that stay keep their elements, those that did not change are not touched.
fn show(items: RwSignal<Vec<Item>>, rows: Vec<Row>) {
    items.maybe_update(|items| {
        let same_keys = items.len() == rows.len() && items.iter().zip(&rows).all(|(item, row)| item.key == row.key());
        let mut known: HashMap<RowKey, ArcRwSignal<Row>> = items.drain(..).map(|item| (item.key, item.row)).collect();
        items.extend(rows.into_iter().map(|row| match known.remove(&row.key()) {
            Some(shown) => {
                let key = row.key();
                shown.maybe_update(|shown| {
                    let changed = *shown != row;
                    *shown = row;
                    changed
                });
                Item { key, row: shown }
            }
            None => item(row),
        }));
        !same_keys
    });
}

/// The way to more messages: a plain link, that loads them in place once the page is alive.
fn edge(desk: Desk, edge: Edge) -> impl IntoView {
    let room = desk.room;
    let next = Memo::new(move |_| {
        room.with(|room| match edge {
            Edge::Older => room.first_seq().filter(|_| room.has_older()),
            Edge::Newer => room.last_seq().filter(|_| room.has_newer()),
        })
    });
    let (class, query, text) = match edge {
        Edge::Older => ("older", "?before=", "Older messages"),
        Edge::Newer => ("newer", "?after=", "Newer messages"),
    };
    let load = move |event: MouseEvent| {
        // Other clicks open a tab or a window.
        if event.button() == 0 && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key()) {
            event.prevent_default();
            desk.scroller.load(edge);
        }
    };
    move || {
        let seq = next.get()?;
        let address = desk.slug.with_value(|slug| ["/r/", slug, query, &seq.to_string()].concat());
        let busy = move || (desk.scroller.loading() == Some(edge)).then_some("true");
        Some(view! {
            <a class=class href=address aria-busy=busy on:click=load>
                {text}
            </a>
        })
    }
}

/// What to do where nothing has been said yet.
fn empty(desk: Desk, items: RwSignal<Vec<Item>>) -> impl IntoView {
    let standing = desk.standing();
    let room = desk.room;
    let is_empty = Memo::new(move |_| items.with(Vec::is_empty) && !room.with(|room| room.has_older() || room.has_newer()));
    let is_open = Memo::new(move |_| room.with(state::RoomState::is_open_to_reader));
    move || {
        let text = match standing.get() {
            _ if !is_empty.get() => return None,
            _ if !is_open.get() => "Members read what is said here. Join to be one of them.",
            Standing::Member => "It is quiet in here. Write the first message below.",
            Standing::MayJoin => "It is quiet in here. Join to write the first message.",
            Standing::Guest => "It is quiet in here. Sign in to write the first message.",
        };
        Some(view! { <p class="empty">{text}</p> })
    }
}
