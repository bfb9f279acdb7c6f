//! The site's files, as pages name them.

/// What the pages need of the site's files.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// Address of the glue for the WASM module, as the next ones with the hash of the content in its name.
    pub js: String,
    /// Address of the WASM module.
    pub wasm: String,
    /// Address of the style sheet.
    pub css: String,
    /// Where cargo-leptos says that a file has changed, while it watches them.
    pub reload_port: Option<u32>,
}
