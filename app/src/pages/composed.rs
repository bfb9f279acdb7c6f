use serde::Deserialize;

/// What the composer of a room sends without a script.
#[derive(Deserialize)]
pub struct Written {
    /// The message's id, so that a form that is sent twice makes one message.
    pub client_id: String,
    /// Its text.
    pub body: String,
}
