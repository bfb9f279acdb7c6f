//! Parts of a view that change. A closure has a type of its own, and the renderer is compiled once for each type that it meets; in
//! a box they share one, which is worth some tens of kilobytes of the first load.

use leptos::prelude::{AnyView, IntoAny, IntoView};

/// A value that is worked out again when a signal in it changes.
pub(super) type Live<T> = Box<dyn FnMut() -> T + Send>;

/// A text or an attribute that changes.
pub(super) fn live<T>(value: impl FnMut() -> T + Send + 'static) -> Live<T> {
    Box::new(value)
}

/// A part that changes.
pub(super) fn part<V: IntoView + 'static>(view: impl Fn() -> V + Send + 'static) -> Live<AnyView> {
    Box::new(move || view().into_any())
}
