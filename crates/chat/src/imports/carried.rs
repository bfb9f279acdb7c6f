//! What messages of the Django tutorials carry beside their text.

use protocol::Extra;
use serde_json::{Value, json};

/// The `type` of a message without one.
pub const TEXT: &str = "text";

/// A message's `type` and `extraData` as they are kept with it; nothing where it is a plain text.
///
/// # Errors
/// The data cannot be written as JSON.
pub fn carried(kind: &str, data: Option<&Value>) -> serde_json::Result<Option<Extra>> {
    let kind = if kind.is_empty() { TEXT } else { kind };
    let data = data.filter(|data| !is_empty(data));
    if kind == TEXT && data.is_none() {
        return Ok(None);
    }
    serde_json::from_value(json!({ "type": kind, "extraData": data })).map(Some)
}

/// The data of a column: JSON where it is that, else a text.
pub(super) fn data(column: String) -> Value {
    serde_json::from_str(&column).unwrap_or(Value::String(column))
}

fn is_empty(data: &Value) -> bool {
    match data {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}
