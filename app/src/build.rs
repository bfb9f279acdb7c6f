//! Which build this is.

/// Names this build. A page that hears another name from the server is old and offers to reload.
#[must_use]
pub fn build_id() -> &'static str {
    option_env!("SNUG_BUILD").unwrap_or(env!("CARGO_PKG_VERSION"))
}
