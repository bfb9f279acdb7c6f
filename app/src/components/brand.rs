use leptos::prelude::*;

/// The name plate: a bubble asleep in another, and the name.
#[component]
pub(crate) fn Brand() -> impl IntoView {
    view! {
        <a class="brand" href="/">
            <svg class="brand-mark" viewBox="0 0 64 64" aria-hidden="true">
                <path
                    class="brand-outer"
                    d="M32 4c16 0 28 10.5 28 24.5S48 53 32 53c-3 0-5.8-.4-8.5-1.1L12.5 60c-1.6 1.1-3.7-.1-3.5-2l1.1-10.5C6.3 42.5 4 36 4 28.5 4 14.5 16 4 32 4"
                ></path>
                <path class="brand-inner" d="M37 17.5c9.6 0 16 6.2 16 14s-6.4 14-16 14-16-6.2-16-14 6.4-14 16-14"></path>
                <path class="brand-eyes" d="M29.5 32c1.6 2.2 4.3 2.2 5.9 0M39.5 32c1.6 2.2 4.3 2.2 5.9 0"></path>
            </svg>
            <span class="brand-name">"Snug"</span>
        </a>
    }
}
