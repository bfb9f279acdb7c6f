use leptos::prelude::*;

use super::field::Refusal;

/// What is wrong apart from single fields, above the form. The element is always there, so that screen readers watch it.
#[component]
pub(crate) fn ErrorSummary(
    /// What the server said.
    refusal: Refusal,
) -> impl IntoView {
    let text = move || {
        refusal.with(|refusal| {
            let error = refusal.as_ref()?;
            Some(error.general().unwrap_or_else(|| "Nothing was saved yet: one of the fields needs another look.".to_owned()))
        })
    };
    view! {
        <p class="form-fault" role="alert">
            {text}
        </p>
    }
}

/// Sends the form, and shows that it is on its way.
#[component]
pub(crate) fn SubmitButton(
    /// What it does.
    label: &'static str,
    /// While the answer is awaited.
    #[prop(into)]
    pending: Signal<bool>,
) -> impl IntoView {
    view! {
        <button class="button button--wide" aria-busy=move || pending.get().then_some("true") disabled=move || pending.get()>
            {label}
        </button>
    }
}
