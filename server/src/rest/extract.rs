//! The parts of a request, with our own error where one is not what it has to be.

use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Path, Query, Request, rejection::JsonRejection},
    http::{StatusCode, request::Parts},
};
use protocol::{Error, ErrorCode};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

use crate::{AppState, answers::Refusal};

/// Most characters of what is said about a fault: it may name what stands in the request.
const FAULT_MAX: usize = 200;

/// A body of JSON: an object. Whole numbers may be written as `5.0`: JSON knows no other kind (RFC 8259, 6).
pub(crate) struct Payload<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<AppState> for Payload<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Refusal> {
        let mut fields = match Json::from_request(request, state).await {
            Ok(Json(Value::Object(fields))) => fields,
            Ok(_) => return Err(bad("The body has to be a JSON object.")),
            Err(JsonRejection::MissingJsonContentType(_)) => {
                let said = bad("The body has to be JSON, with Content-Type: application/json.");
                return Err(said.with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
            }
            Err(_) => return Err(bad("The body is not JSON in UTF-8.")),
        };
        if fields.values().any(has_nul) {
            return Err(Error::from(ErrorCode::Invalid).with_detail("A text has a NUL in it.".to_owned()).into());
        }
        fields.values_mut().for_each(write_whole);
        serde_json::from_value(Value::Object(fields)).map(Self).map_err(bad)
    }
}

/// The refusal of a request that is not understood, with the reason: whoever writes a program has to find it.
fn bad(fault: impl ToString) -> Refusal {
    let fault = fault.to_string().chars().take(FAULT_MAX).collect();
    Error::from(ErrorCode::BadRequest).with_detail(fault).into()
}

/// Writes each whole number without a fraction.
fn write_whole(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(write_whole),
        Value::Object(fields) => fields.values_mut().for_each(write_whole),
        Value::Number(number) => {
            // Whatever a number may count, it is below 2^53, where each whole number is one of these.
            let whole = number.as_f64().filter(|float| number.is_f64() && float.fract() == 0.0 && float.abs() < 2f64.powi(53));
            if let Some(whole) = whole {
                *value = Value::from(whole as i64);
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// Whether a text in it has the one character that PostgreSQL stores nowhere.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(has_nul),
        Value::Object(fields) => fields.values().any(has_nul),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A text that came by no part of a request that was looked at for that.
pub(crate) fn storable(text: String) -> Result<String, ErrorCode> {
    if text.contains('\0') { Err(ErrorCode::BadRequest) } else { Ok(text) }
}

/// For a field that may be left out and may be `null`: both say something. To be used with `default`.
pub(crate) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

/// For a field that is an object of named fields: `serde` takes a list for one, too.
pub(crate) fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(value: D) -> Result<Option<T>, D::Error> {
    let fields = Option::<serde_json::Map<String, Value>>::deserialize(value)?;
    fields.map(|fields| serde_json::from_value(Value::Object(fields)).map_err(serde::de::Error::custom)).transpose()
}

/// What stands behind the `?` of the address.
pub(crate) struct Fields<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<AppState> for Fields<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Refusal> {
        // What is no text would be read as one with other characters in it.
        if !is_text(parts.uri.query().unwrap_or_default()) {
            return Err(bad("The address is not UTF-8, or has a NUL in it."));
        }
        Query::try_from_uri(&parts.uri).map(|Query(value)| Self(value)).map_err(bad)
    }
}

/// Whether a query is UTF-8 without the one character that PostgreSQL stores nowhere, with what it has written by `%` (RFC 3986, 2.1).
fn is_text(query: &str) -> bool {
    let (mut decoded, mut rest) = (Vec::with_capacity(query.len()), query.as_bytes());
    while let [first, after @ ..] = rest {
        let digit = |at: usize| {
            after.get(at).and_then(|digit| char::from(*digit).to_digit(16)).and_then(|digit| u8::try_from(digit).ok())
        };
        let byte = digit(0).zip(digit(1)).filter(|_| *first == b'%').map(|(high, low)| high << 4 | low);
        decoded.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    std::str::from_utf8(&decoded).is_ok_and(|text| !text.contains('\0'))
}

/// What the address names. What has not the form of such a name is not there.
pub(crate) struct Named<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for Named<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refusal> {
        if writes_nul(parts.uri.path()) {
            return Err(ErrorCode::NotFound.into());
        }
        let read = Path::from_request_parts(parts, state).await;
        read.map(|Path(value)| Self(value)).map_err(|_| ErrorCode::NotFound.into())
    }
}

/// As [`has_nul`], of a part of an address.
fn writes_nul(text: &str) -> bool {
    text.contains("%00")
}

#[cfg(test)]
mod tests {
    use super::is_text;

    #[test]
    fn a_query_is_text_or_not() {
        for query in ["", "a=b", "a=%C3%A9", "%", "%4", "%zz", "a=%EF%BF%BD"] {
            assert!(is_text(query), "{query}");
        }
        for query in ["a=%FF", "a=%C3", "a=%ED%A0%80", "%C3%", "a=%00"] {
            assert!(!is_text(query), "{query}");
        }
    }
}
