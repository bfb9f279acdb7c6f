use thiserror::Error;

/// What is read flat lacks a field that its kind needs.
#[derive(Debug, Error)]
#[error("missing field `{0}`")]
pub(crate) struct MissingField(pub(crate) &'static str);
