//! The API, for those who write programs: `/api`. Swagger UI shows its description; all of it comes from here.

use leptos::prelude::*;

use super::{Page, Visit, document::document};
use crate::head::Head;

/// Where the description of the API is.
const DESCRIPTION: &str = "/api/v1/openapi.json";

/// The API as a page, from which one can try it out.
pub async fn api(visit: Visit) -> Page {
    let late = |name: &str| visit.assets.late.get(name).cloned().unwrap_or_default();
    let (styles, ui, start) = (late("swagger-ui.css"), late("swagger-ui.js"), late("api.js"));
    let nonce = visit.nonce.to_string();
    document(&visit, Head::new("API", Vec::new()), |_| {
        view! {
            <link rel="stylesheet" href=styles />
            <section class="api">
                <h1>"API"</h1>
                <p>
                    "Whatever a person can do here, a program can: "
                    <a href=DESCRIPTION>"the description for tools"</a> " (OpenAPI 3.1)."
                </p>
                <div id="api" data-description=DESCRIPTION>
                    <noscript>"It takes scripts to show it on this page."</noscript>
                </div>
            </section>
            <script nonce=nonce.clone() src=ui defer=true></script>
            <script nonce=nonce src=start defer=true></script>
        }
        .into_any()
    })
    .await
}
