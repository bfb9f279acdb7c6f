//! Who asks by the API, and what their token is for.

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use chat::{
    Actor, Need, Scopes,
    sessions::{self, Session},
};
use protocol::ErrorCode;

use crate::{AppState, answers::Refusal, caller::bearer};

/// Who asks: a guest without a token, or whoever holds it.
pub(crate) struct Asker {
    session: Option<Session>,
    scopes: Scopes,
}

impl Asker {
    /// Who it is, if the token is for that.
    pub(crate) fn may(&self, need: Need) -> Result<Actor, Refusal> {
        self.scopes.permit(need)?;
        Ok(self.session.as_ref().into())
    }
}

impl FromRequestParts<AppState> for Asker {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refusal> {
        let session = match bearer(&parts.headers) {
            Some(token) => Some(sessions::by_access_token(&state.chat, token).await?),
            None if parts.headers.contains_key(header::AUTHORIZATION) => {
                return Err(ErrorCode::NotAuthenticated.into());
            }
            None => None,
        };
        Ok(Self { session, scopes: Scopes::ALL })
    }
}
