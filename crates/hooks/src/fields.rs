//! Reading JSON of which nothing is certain.

use serde_json::Value;

/// The text at a path such as `repository.full_name`; numbers as they are written; empty where there is none.
pub(crate) fn text(value: &Value, path: &str) -> String {
    match path.split('.').try_fold(value, |value, name| value.get(name)) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(is)) => is.to_string(),
        _ => String::new(),
    }
}

/// The list at a name; empty where there is none.
pub(crate) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Whether it says yes.
pub(crate) fn is(value: &Value, path: &str) -> bool {
    path.split('.').try_fold(value, |value, name| value.get(name)).and_then(Value::as_bool).unwrap_or(false)
}
