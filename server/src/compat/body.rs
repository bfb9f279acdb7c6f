//! What a request or a frame carries: JSON or a form, whatever the client sends.

use axum::{
    body::to_bytes,
    extract::{FromRequest, Multipart, Query, Request},
    http::{Uri, header},
};
use protocol::ErrorCode;
use serde_json::{Map, Value};

use super::answer::Detail;
use crate::AppState;

/// More than the longest message takes in any form.
const MAX_BYTES: usize = 256 * 1024;

/// Named values. What nobody asks for is passed over, as the tutorials' servers do.
#[derive(Debug, Default)]
pub(super) struct Body(Map<String, Value>);

impl Body {
    /// Reads a frame: an object.
    pub(super) fn of_text(text: &str) -> Option<Self> {
        match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => Some(Self(fields)),
            _ => None,
        }
    }

    /// The object within it of this name.
    pub(super) fn within(&self, name: &str) -> Option<Self> {
        self.0.get(name)?.as_object().cloned().map(Self)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A text; one that is missing is empty.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A text that has to be there.
    pub(super) fn required(&self, name: &'static str) -> Result<&str, Detail> {
        match self.0.get(name) {
            Some(Value::String(text)) if !text.trim().is_empty() => Ok(text),
            Some(Value::String(_)) => Err(Detail::Field(name, "This field may not be blank.")),
            Some(Value::Null) | None => Err(Detail::Field(name, "This field is required.")),
            Some(_) => Err(Detail::Field(name, "Not a valid string.")),
        }
    }
}

impl FromRequest<AppState> for Body {
    type Rejection = Detail;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Detail> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if kind == "multipart/form-data" {
            return of_parts(request, state).await;
        }
        let bytes = to_bytes(request.into_body(), MAX_BYTES).await.map_err(|_| ErrorCode::TooLarge)?;
        if kind == "application/x-www-form-urlencoded" {
            return of_form(&bytes);
        }
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            _ => Err(ErrorCode::BadRequest.into()),
        }
    }
}

/// What a form sends. It is written as the query of an address is.
fn of_form(bytes: &[u8]) -> Result<Body, Detail> {
    let text = str::from_utf8(bytes).map_err(|_| ErrorCode::BadRequest)?;
    let uri: Uri = format!("/?{text}").parse().map_err(|_| ErrorCode::BadRequest)?;
    let Query(fields) = Query::<Vec<(String, String)>>::try_from_uri(&uri).map_err(|_| ErrorCode::BadRequest)?;
    Ok(Body(fields.into_iter().map(|(name, value)| (name, value.into())).collect()))
}

/// What a form sends by `FormData`.
async fn of_parts(request: Request, state: &AppState) -> Result<Body, Detail> {
    let mut parts = Multipart::from_request(request, state).await.map_err(|_| ErrorCode::BadRequest)?;
    let mut fields = Map::new();
    while let Some(part) = parts.next_field().await.map_err(|_| ErrorCode::BadRequest)? {
        let name = part.name().unwrap_or_default().to_owned();
        fields.insert(name, part.text().await.map_err(|_| ErrorCode::BadRequest)?.into());
    }
    Ok(Body(fields))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_form_is_read_as_browsers_write_it() {
        let body = of_form("username=ada&password=moss+%26+ember&x=%C3%A9".as_bytes()).unwrap();
        assert_eq!((body.text("username"), body.text("password"), body.text("x")), ("ada", "moss & ember", "é"));
        assert_eq!(body.text("nothing"), "");
    }

    #[test]
    fn a_field_that_has_to_be_there_is_a_text() {
        let body = Body::of_text(r#"{"a":"x","b":" ","c":null,"d":5}"#).unwrap();
        assert_eq!(body.required("a").unwrap(), "x");
        for name in ["b", "c", "d", "e"] {
            assert!(matches!(body.required(name), Err(Detail::Field(..))), "{name}");
        }
        assert!(Body::of_text("[1]").is_none() && Body::of_text("hello").is_none());
    }
}
