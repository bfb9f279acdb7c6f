//! The parts of a request, with our own error where one is not what it has to be.

use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::request::Parts,
};
use protocol::ErrorCode;
use serde::de::DeserializeOwned;

use crate::{AppState, answers::Refusal};

/// A body of JSON.
pub(crate) struct Payload<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<AppState> for Payload<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Refusal> {
        let read = Json::from_request(request, state).await;
        read.map(|Json(value)| Self(value)).map_err(|_| ErrorCode::BadRequest.into())
    }
}

/// What stands behind the `?` of the address.
pub(crate) struct Fields<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<AppState> for Fields<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Refusal> {
        let read = Query::try_from_uri(&parts.uri);
        read.map(|Query(value)| Self(value)).map_err(|_| ErrorCode::BadRequest.into())
    }
}

/// What the address names. What has not the form of such a name is not there.
pub(crate) struct Named<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for Named<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refusal> {
        let read = Path::from_request_parts(parts, state).await;
        read.map(|Path(value)| Self(value)).map_err(|_| ErrorCode::NotFound.into())
    }
}
