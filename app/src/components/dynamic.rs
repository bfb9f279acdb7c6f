//! Parts of a view that change, or that may be there. A closure has a type of its own, and so has each element within an `Option`; the renderer
//! is compiled once for each type that it meets. In a box they share one, which is worth some tens of kilobytes of the first load.

use leptos::prelude::{AnyView, IntoAny, RenderHtml, View};

/// A value that is worked out again when a signal in it changes.
pub(crate) type Dynamic<T> = Box<dyn FnMut() -> T + Send>;

/// A text or an attribute that changes.
pub(crate) fn dynamic<T>(value: impl FnMut() -> T + Send + 'static) -> Dynamic<T> {
    Box::new(value)
}

/// A part of the page that changes.
pub(crate) fn dynamic_view<P: Part>(part: impl Fn() -> P + Send + 'static) -> Dynamic<AnyView> {
    Box::new(move || part().part())
}

/// What can stand in the page as one type, whatever it is made of.
pub(crate) trait Part {
    /// As that type.
    fn part(self) -> AnyView;
}

impl Part for AnyView {
    fn part(self) -> AnyView {
        self
    }
}

impl<T: RenderHtml + Send> Part for View<T> {
    fn part(self) -> AnyView {
        self.into_inner().into_any()
    }
}

impl Part for Dynamic<AnyView> {
    fn part(self) -> AnyView {
        self.into_any()
    }
}

impl<P: Part> Part for Option<P> {
    fn part(self) -> AnyView {
        self.map(Part::part).into_any()
    }
}

impl<P: Part> Part for Vec<P> {
    fn part(self) -> AnyView {
        self.into_iter().map(Part::part).collect::<Vec<_>>().into_any()
    }
}
