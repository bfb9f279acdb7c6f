//! What messages carry beside their text: `type` and `extraData`. Both are kept as what programs keep with a message.

use chat::imports::{TEXT, carried};
use protocol::Extra;
use serde_json::{Map, Value, json};

use super::super::{answer::Detail, body::Body};

/// What is to be kept with a message; nothing where it is a plain text.
pub(super) fn accept(body: &Body) -> Result<Option<Extra>, Detail> {
    let kind = match body.get("type") {
        None | Some(Value::Null) => TEXT,
        Some(Value::String(kind)) => kind,
        Some(_) => return Err(Detail::Field("type", "Not a valid string.")),
    };
    carried(kind, body.get("extraData")).map_err(|_| Detail::Field("extraData", "Not valid JSON."))
}

/// Makes sure that a change leaves it as it is.
pub(super) fn unchanged(body: &Body, kept: Option<&Extra>) -> Result<(), Detail> {
    match accept(body)? {
        Some(said) if Some(&said) != kept => Err(Detail::Field("extraData", "What a message carries does not change.")),
        _ => Ok(()),
    }
}

/// Shows it. What other programs keep with a message is extra data, too.
pub(super) fn show(message: &mut Value, extra: Option<&Extra>) {
    let mut kept: Map<String, Value> = extra.and_then(|extra| serde_json::from_str(extra.as_str()).ok()).unwrap_or_default();
    let is_ours = kept.len() == 2 && kept.contains_key("type") && kept.contains_key("extraData");
    let (kind, data) = match is_ours {
        true => (kept.remove("type"), kept.remove("extraData")),
        false if kept.is_empty() => (None, None),
        false => (None, Some(kept.into())),
    };
    message["type"] = kind.unwrap_or_else(|| json!(TEXT));
    message["extraData"] = data.unwrap_or_default();
}
