//! The site's files, as pages name them.

use std::collections::BTreeMap;

/// Files of `public/late`: what is not needed to read and write, and comes when somebody reaches for it (`page.js`).
pub const LATE: [&str; 15] = [
    "api.js",
    "code.css",
    "code.js",
    "complete.css",
    "complete.js",
    "emoji.css",
    "emoji.js",
    "emoji.json",
    "events.js",
    "highlight.js",
    "palette.css",
    "palette.js",
    "presence.js",
    "swagger-ui.css",
    "swagger-ui.js",
];

/// What the pages need of the site's files.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// Address of the glue for the WASM module, as the next ones with the hash of the content in its name.
    pub js: String,
    /// Address of the WASM module.
    pub wasm: String,
    /// Address of the style sheet.
    pub css: String,
    /// Addresses of what comes [late](LATE), by its name.
    pub late: BTreeMap<&'static str, String>,
    /// Where cargo-leptos says that a file has changed, while it watches them.
    pub reload_port: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_late_is_there() {
        for name in LATE {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/late").join(name);
            assert!(path.is_file(), "{} is no file", path.display());
        }
    }
}
