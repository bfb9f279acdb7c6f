//! Where things stand in the box with the messages, in pixels of the window.

use protocol::Seq;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, ResizeObserver};

/// A message, and where it ends. Its end and not its beginning, since its head goes when a message of the same author comes in above it.
pub(super) struct Anchor(Element, f64);

impl Anchor {
    /// The first message that can be seen.
    pub(super) fn of(scroller: &Element) -> Option<Self> {
        let edge = scroller.get_bounding_client_rect().top();
        let mut row = scroller.query_selector(".message").ok().flatten();
        while let Some(element) = row {
            let bottom = element.get_bounding_client_rect().bottom();
            if bottom > edge && element.class_name().starts_with("message") {
                return Some(Self(element, bottom));
            }
            row = element.next_element_sibling();
        }
        None
    }

    /// The last message of the box.
    fn last(scroller: &Element) -> Option<Self> {
        let rows = scroller.query_selector_all(".message").ok()?;
        let row = rows.get(rows.length().checked_sub(1)?)?.dyn_into::<Element>().ok()?;
        let bottom = row.get_bounding_client_rect().bottom();
        Some(Self(row, bottom))
    }

    /// The message.
    pub(super) fn element(self) -> Element {
        self.0
    }

    /// How far down it has moved.
    pub(super) fn moved(&self) -> f64 {
        if self.0.is_connected() { self.0.get_bounding_client_rect().bottom() - self.1 } else { 0.0 }
    }
}

/// Where the reader stands: a message, where it is to end, and the box when that was seen.
pub(super) struct Place {
    anchor: Anchor,
    size: (f64, f64),
    scroll_top: i32,
}

impl Place {
    /// By the first message that can be seen. At the end by the last one, which is found without measuring the others.
    pub(super) fn of(scroller: &Element, at_end: bool) -> Option<Self> {
        let anchor = if at_end { Anchor::last(scroller) } else { Anchor::of(scroller) };
        Some(Self { anchor: anchor?, size: size(scroller), scroll_top: scroller.scroll_top() })
    }

    /// Whether the box has been scrolled since, by the reader.
    pub(super) fn is_left(&self, scroller: &Element) -> bool {
        self.scroll_top != scroller.scroll_top()
    }

    /// Whether the box has another size since, so that messages stand elsewhere without the reader's doing.
    pub(super) fn is_stale(&self, scroller: &Element) -> bool {
        self.anchor.0.is_connected() && self.size != size(scroller)
    }

    /// How far down the new size of the box has moved what is read. What the reader has scrolled meanwhile is left to them.
    pub(super) fn resized(&mut self, scroller: &Element) -> f64 {
        let scroll_top = scroller.scroll_top();
        // A box that has grown may begin above the first message: the browser has moved it down then, not the reader.
        let highest = scroller.client_height() - scroller.scroll_height();
        self.anchor.1 -= f64::from(scroll_top - self.scroll_top.max(highest));
        (self.size, self.scroll_top) = (size(scroller), scroll_top);
        self.anchor.moved()
    }

    /// The page itself has scrolled, to keep the place.
    pub(super) fn shifted(&mut self, by: i32) {
        self.scroll_top += by;
    }
}

fn size(scroller: &Element) -> (f64, f64) {
    let window = scroller.get_bounding_client_rect();
    (window.width(), window.height())
}

/// The place of the message of a row, once it has one.
pub(super) fn seq_of(row: &Element) -> Option<Seq> {
    row.id().strip_prefix(['m', 't'])?.parse().ok()
}

/// The place of the last message that stands in the window as a whole, or above it.
pub(super) fn last_seen(scroller: &Element) -> Option<Seq> {
    let edge = scroller.get_bounding_client_rect().bottom();
    let rows = scroller.query_selector_all(".message[id]").ok()?;
    let row = |at| rows.get(at)?.dyn_into::<Element>().ok();
    let seen = (0..rows.length()).rev().filter_map(row).find(|row| row.get_bounding_client_rect().bottom() <= edge + 1.0)?;
    seq_of(&seen)
}

/// Pixels above and below the window.
pub(super) fn distances(scroller: &Element) -> (i32, i32) {
    let below = -scroller.scroll_top();
    (scroller.scroll_height() - scroller.client_height() - below, below)
}

/// Brings a message into the middle; of one that is higher than the window, its beginning into view.
pub(super) fn show(message: &Element, scroller: &Element) {
    let (place, window) = (message.get_bounding_client_rect(), scroller.get_bounding_client_rect());
    let above = (window.height() - place.height()).max(0.0) / 2.0;
    scroller.scroll_by_with_x_and_y(0.0, place.top() - window.top() - above);
}

/// Hears when an element gets another size, as long as it is kept.
pub(super) struct Watch {
    observer: ResizeObserver,
    /// The observer holds it by reference.
    _resized: Closure<dyn FnMut()>,
}

impl Watch {
    /// `None` where the browser cannot.
    pub(super) fn over(element: &Element, resized: impl FnMut() + 'static) -> Option<Self> {
        let resized = Closure::<dyn FnMut()>::new(resized);
        let observer = ResizeObserver::new(resized.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _resized: resized })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
