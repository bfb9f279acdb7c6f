//! The parts of a request, with our own error where one is not what it has to be.

use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::request::Parts,
};
use protocol::ErrorCode;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

use crate::{AppState, answers::Refusal};

/// A body of JSON: an object. Whole numbers may be written as `5.0`: JSON knows no other kind (RFC 8259, 6).
pub(crate) struct Payload<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<AppState> for Payload<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Refusal> {
        let Ok(Json(Value::Object(mut fields))) = Json::from_request(request, state).await else {
            return Err(ErrorCode::BadRequest.into());
        };
        if fields.values().any(has_nul) {
            return Err(ErrorCode::BadRequest.into());
        }
        fields.values_mut().for_each(write_whole);
        serde_json::from_value(Value::Object(fields)).map(Self).map_err(|_| ErrorCode::BadRequest.into())
    }
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

/// What stands behind the `?` of the address.
pub(crate) struct Fields<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<AppState> for Fields<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Refusal> {
        if parts.uri.query().is_some_and(writes_nul) {
            return Err(ErrorCode::BadRequest.into());
        }
        let read = Query::try_from_uri(&parts.uri);
        read.map(|Query(value)| Self(value)).map_err(|_| ErrorCode::BadRequest.into())
    }
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
