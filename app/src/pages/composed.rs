use serde::Deserialize;

/// What the composer of a room sends without a script.
#[derive(Deserialize)]
pub struct Written {
    /// The message's id, so that a form that is sent twice makes one message.
    pub client_id: String,
    /// Its text.
    pub body: String,
    /// The place of the message that it answers.
    pub reply_to: Option<i64>,
    /// Whether what stands in a thread is to stand in the room, too.
    #[serde(default)]
    pub in_room: bool,
}
