//! A list whose rows stay in the document as long as they are in it. The one of Leptos takes rows out and puts them back when several
//! come in above them, and with an element go the focus, the selection, and what a screen reader has read.

use std::collections::VecDeque;

use leptos::{
    attr::{Attribute, any_attribute::AnyAttribute},
    prelude::*,
    tachys::{
        hydration::Cursor,
        reactive_graph::OwnedView,
        renderer::{
            Rndr,
            types::{Element, Node, Placeholder},
        },
        view::{Position, PositionState, add_attr::AddAnyAttr},
    },
};

use super::{Dynamic, dynamic};

type View = OwnedView<AnyView>;
type Shown = <View as Render>::State;

/// What a row is known by. One type for all lists, so that the browser loads the code of one.
type Key = (u128, u128);

/// The rows as they are to be, each with what it is known by and what makes it if it is new.
pub(crate) struct List(Vec<(Key, Box<dyn FnOnce() -> View + Send>)>);

/// The rows as they are, and the mark behind the last one.
pub(crate) struct ListState {
    rows: VecDeque<(Key, Shown)>,
    end: Placeholder,
}

/// A list that follows what `items` reads. A row is made by `view` once, and lives until its key is there no more.
pub(crate) fn list<T: Send + 'static>(
    items: impl Fn() -> Vec<T> + Send + 'static,
    key: fn(&T) -> Key,
    view: impl Fn(T) -> AnyView + Copy + Send + 'static,
) -> Dynamic<List> {
    let owner = Owner::new();
    dynamic(move || {
        let row = |item: T| {
            let (key, owner) = (key(&item), owner.clone());
            let make: Box<dyn FnOnce() -> View + Send> = Box::new(move || {
                let owner = owner.with(Owner::new);
                OwnedView::new_with_owner(owner.with(|| view(item)), owner)
            });
            (key, make)
        };
        List(items().into_iter().map(row).collect())
    })
}

impl Render for List {
    type State = ListState;

    fn build(self) -> Self::State {
        let rows = self.0.into_iter().map(|(key, make)| (key, make().build())).collect();
        ListState { rows, end: Rndr::create_placeholder() }
    }

    fn rebuild(self, state: &mut Self::State) {
        let mut kept = std::mem::take(&mut state.rows);
        kept.retain_mut(|(known, row)| {
            let stays = self.0.iter().any(|(key, _)| key == known);
            if !stays {
                row.unmount();
            }
            stays
        });
        for (key, make) in self.0 {
            let row = match kept.iter().position(|(known, _)| *known == key) {
                Some(0) => kept.pop_front(),
                at => {
                    let mut row = at.and_then(|at| kept.remove(at)).unwrap_or_else(|| (key, make().build()));
                    // Stands in the document before what is not placed yet.
                    match kept.front() {
                        Some((_, next)) => next.insert_before_this(&mut row.1),
                        None => state.end.insert_before_this(&mut row.1),
                    };
                    Some(row)
                }
            };
            state.rows.extend(row);
        }
    }
}

impl Mountable for ListState {
    fn unmount(&mut self) {
        self.rows.iter_mut().for_each(|(_, row)| row.unmount());
        self.end.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.rows.iter_mut().for_each(|(_, row)| row.mount(parent, marker));
        self.end.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        match self.rows.front() {
            Some((_, row)) => row.insert_before_this(child),
            None => self.end.insert_before_this(child),
        }
    }

    fn elements(&self) -> Vec<Element> {
        self.rows.iter().flat_map(|(_, row)| row.elements()).collect()
    }
}

/// It has no element of its own that could have attributes.
impl AddAnyAttr for List {
    type Output<New: Attribute> = Self;

    fn add_any_attr<New: Attribute>(self, _: New) -> Self::Output<New> {
        self
    }
}

impl RenderHtml for List {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        html: &mut String,
        position: &mut Position,
        escape: bool,
        mark: bool,
        attributes: Vec<AnyAttribute>,
    ) {
        for (_, make) in self.0 {
            make().to_html_with_buf(html, position, escape, mark, attributes.clone());
            *position = Position::NextChild;
        }
        html.push_str(END);
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Self::State {
        // As on the server: all are made, then all are rendered.
        let made: Vec<_> = self.0.into_iter().map(|(key, make)| (key, make())).collect();
        let rows = made.into_iter().map(|(key, view)| (key, view.hydrate::<FROM_SERVER>(cursor, position))).collect();
        let end = cursor.next_placeholder(position);
        position.set(Position::NextChild);
        ListState { rows, end }
    }

    fn into_owned(self) -> Self {
        self
    }
}

/// How the mark of a list's end is written.
pub(crate) const END: &str = "<!>";
