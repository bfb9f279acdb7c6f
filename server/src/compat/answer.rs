//! Refusals as Django REST Framework words them: `{"detail"}`, or a list of sentences for each field.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::{Error, ErrorCode, Field};
use serde_json::{Map, Value, json};

use crate::answers::told;

/// Why something was not done.
#[derive(Debug)]
pub(super) enum Detail {
    Error(Error),
    /// A sentence about a field, in the words of the dialect.
    Field(&'static str, &'static str),
    /// A sentence that clients look for, with a status of their own.
    Said(StatusCode, &'static str, Option<&'static str>),
}

impl Detail {
    /// The names of fields are those of the dialect.
    fn fields(error: &Error) -> Value {
        let mut fields = Map::new();
        for fault in &error.fields {
            let name = match fault.field {
                Field::Username => "username",
                Field::Password => "password",
                Field::DisplayName | Field::Name => "name",
                Field::Body => "message",
                _ => "non_field_errors",
            };
            if let Value::Array(sentences) = fields.entry(name).or_insert_with(|| json!([])) {
                sentences.push(fault.to_string().into());
            }
        }
        fields.into()
    }
}

impl From<chat::Error> for Detail {
    fn from(error: chat::Error) -> Self {
        Self::Error(told(&error))
    }
}

impl From<ErrorCode> for Detail {
    fn from(code: ErrorCode) -> Self {
        Self::Error(code.into())
    }
}

impl IntoResponse for Detail {
    fn into_response(self) -> Response {
        let (status, body, retry_after) = match self {
            Self::Field(field, sentence) => (StatusCode::BAD_REQUEST, json!({ field: [sentence] }), None),
            Self::Said(status, detail, None) => (status, json!({ "detail": detail }), None),
            Self::Said(status, detail, Some(code)) => (status, json!({ "detail": detail, "code": code }), None),
            Self::Error(error) if !error.fields.is_empty() => (StatusCode::BAD_REQUEST, Self::fields(&error), None),
            Self::Error(error) => {
                let status = StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                (status, json!({ "detail": error.message(), "code": error.code }), error.retry_after)
            }
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"api\""));
        }
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
