//! The document around the application.

use leptos::{hydration::AutoReload, nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;

use crate::{App, components::Theme};

/// Addresses of the built files, with the hash of their content in the name.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// Glue for the WASM module.
    pub js: String,
    /// The WASM module.
    pub wasm: String,
    /// The style sheet.
    pub css: String,
}

/// The document: everything that stands there before the first script runs.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let Assets { js, wasm, css } = use_context().unwrap_or_default();
    let nonce = use_nonce();
    // Not leptos's HydrationScripts: that one reads the hashes from a file beside the binary, and all of Snug is in the binary.
    let start = format!("import init, {{ hydrate }} from {js:?}; await init({{ module_or_path: {wasm:?} }}); hydrate();");
    let theme = Theme::chosen();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.attribute()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content" />
                <link rel="stylesheet" href=css />
                // Nothing is painted before the whole page is there: a room stands at its end, so what is painted earlier would
                // move up with each message that trickles in.
                <link rel="expect" href="#whole" blocking="render" />
                <link rel="modulepreload" href=js nonce=nonce.clone() />
                <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
                <link rel="icon" href="/favicon.svg" r#type="image/svg+xml" />
                <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
                <link rel="manifest" href="/manifest.webmanifest" />
                {theme.colors()}
                <MetaTags />
                <AutoReload options />
                <script r#type="module" nonce=nonce>
                    {start}
                </script>
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}
