//! What messages carry beside their text: `type` and `extraData`.

use serde_json::{Value, json};

use super::super::{answer::Detail, body::Body};

/// What a message without either has.
const TEXT: &str = "text";

/// Makes sure that a message has nothing that is not kept: it would be lost without a word.
pub(super) fn accept(body: &Body) -> Result<(), Detail> {
    let is_text = match body.get("type") {
        None | Some(Value::Null) => true,
        Some(Value::String(kind)) => ["", TEXT].contains(&kind.as_str()),
        Some(_) => false,
    };
    let is_empty = match body.get("extraData") {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Object(fields)) => fields.is_empty(),
        Some(_) => false,
    };
    match (is_text, is_empty) {
        (true, true) => Ok(()),
        (false, _) => Err(Detail::Field("type", "Snug keeps messages of the type text only.")),
        (_, false) => Err(Detail::Field("extraData", "Snug keeps no extra data with a message.")),
    }
}

/// Shows what a message has.
pub(super) fn show(message: &mut Value) {
    message["type"] = json!(TEXT);
    message["extraData"] = Value::Null;
}
