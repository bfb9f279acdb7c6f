//! Parts of a view that change. A closure has a type of its own, and the renderer is compiled once for each type that it meets; in
//! a box they share one, which is worth some tens of kilobytes of the first load.

use leptos::prelude::{AnyView, IntoAny, IntoView};

/// A value that is worked out again when a signal in it changes.
pub(crate) type Dynamic<T> = Box<dyn FnMut() -> T + Send>;

/// A text or an attribute that changes.
pub(crate) fn dynamic<T>(value: impl FnMut() -> T + Send + 'static) -> Dynamic<T> {
    Box::new(value)
}

/// A part of the page that changes.
pub(crate) fn dynamic_view<V: IntoView + 'static>(view: impl Fn() -> V + Send + 'static) -> Dynamic<AnyView> {
    Box::new(move || view().into_any())
}
