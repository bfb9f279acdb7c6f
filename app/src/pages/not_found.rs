use leptos::prelude::*;
use leptos_meta::Title;

use crate::session::use_viewer;

/// There is nothing at this address, or nothing for this person: both look the same on purpose.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::context::answer_with(protocol::ErrorCode::NotFound);
    let signed_in = use_viewer().user.is_some();
    view! {
        <Title text="Not found" />
        <section class="gate">
            <div class="gate-card">
                <h1>"Nobody home"</h1>
                <p class="gate-lead">"There is nothing at this address, or it is not open to you."</p>
                <p class="gate-actions">
                    <a href="/" class="button">
                        "See all rooms"
                    </a>
                    {(!signed_in)
                        .then(|| {
                            view! {
                                <a href="/login" class="button button--quiet">
                                    "Sign in"
                                </a>
                            }
                        })}
                </p>
            </div>
        </section>
    }
}
