//! Reads JSON by the browser's own parser: that of serde would have to be loaded with the page.

use js_sys::{Array, JSON, Object};
use protocol::json::Json;
use wasm_bindgen::{JsCast, JsValue};

/// Whole numbers up to here are kept by a double as they are (ECMA-262, `Number.MAX_SAFE_INTEGER`).
const SAFE_MAX: f64 = 9_007_199_254_740_991.0;

/// What a text says; nothing where it is no JSON, or of another form.
#[cfg(feature = "hydrate")]
pub(crate) fn read<T: protocol::json::Read>(text: &str) -> Option<T> {
    T::read(parse(text)?)
}

/// What a text says, of whatever form.
pub(crate) fn parse(text: &str) -> Option<Json> {
    Some(json(&JSON::parse(text).ok()?))
}

fn json(value: &JsValue) -> Json {
    if let Some(text) = value.as_string() {
        Json::Text(text)
    } else if let Some(number) = value.as_f64() {
        let is_whole = number.trunc() == number && number.abs() <= SAFE_MAX;
        // Whole and small enough: the cast keeps the value.
        if is_whole { Json::Number(number as i64) } else { Json::Odd }
    } else if let Some(yes) = value.as_bool() {
        Json::Bool(yes)
    } else if let Some(list) = value.dyn_ref::<Array>() {
        Json::List(list.iter().map(|value| json(&value)).collect())
    } else if value.is_object() {
        let field = |field: JsValue| {
            let field = Array::from(&field);
            Some((field.get(0).as_string()?, json(&field.get(1))))
        };
        Json::Object(Object::entries(value.unchecked_ref()).iter().filter_map(field).collect())
    } else {
        Json::Null
    }
}
