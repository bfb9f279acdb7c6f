//! Who asks: by a token that one of these dialects gave, or by one of our own.

use std::{collections::HashMap, net::IpAddr};

use axum::{
    extract::{FromRequestParts, Query, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use chat::{
    Actor, Chat, Session,
    sessions::{self, Source},
};
use protocol::ErrorCode;

use super::answer::Detail;
use crate::{AppState, caller::Client};

/// The session that a token stands for: an access token, or the one that lasts as long as its session. Without a token there is none.
pub(super) async fn session_of(chat: &Chat, token: Option<&str>) -> chat::Result<Session> {
    let token = token.ok_or(ErrorCode::NotAuthenticated)?;
    let is_lasting = token.len() == sessions::LASTING_TOKEN_LENGTH && !token.contains('.');
    if !is_lasting {
        return sessions::by_access_token(chat, token).await;
    }
    let visitor = sessions::by_refresh_token(chat, token).await?;
    Ok(visitor.ok_or(ErrorCode::NotAuthenticated)?.session)
}

/// The token of a socket: in its address, where these clients put it, or in a header.
pub(super) fn token_of(request: &Request) -> Option<String> {
    let query = Query::<HashMap<String, String>>::try_from_uri(request.uri()).ok();
    let asked = query.and_then(|Query(mut query)| query.remove("token")).filter(|token| !token.is_empty());
    asked.or_else(|| authorization(request.headers()).map(str::to_owned))
}

fn authorization(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    ["bearer", "jwt", "token"].iter().any(|known| scheme.eq_ignore_ascii_case(known)).then_some(token.trim())
}

/// From where a sign-in comes.
pub(super) fn source(headers: &HeaderMap, address: IpAddr) -> Source {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default().to_owned();
    Source { agent, ..address.into() }
}

/// Where a request comes from.
pub(super) fn address(request: &Request) -> Result<IpAddr, ErrorCode> {
    request.extensions().get::<Client>().map(|client| client.address).ok_or(ErrorCode::Internal)
}

/// Somebody who is signed in.
pub(super) struct Who {
    pub(super) session: Session,
    pub(super) address: IpAddr,
}

impl Who {
    pub(super) fn actor(&self) -> Actor {
        Some(&self.session).into()
    }
}

impl FromRequestParts<AppState> for Who {
    type Rejection = Detail;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Detail> {
        let address = parts.extensions.get::<Client>().ok_or(ErrorCode::Internal)?.address;
        let missing =
            Detail::Said(StatusCode::UNAUTHORIZED, "Authentication credentials were not provided.", Some("not_authenticated"));
        let token = authorization(&parts.headers).ok_or(missing)?;
        match session_of(&state.chat, Some(token)).await {
            Ok(session) => Ok(Self { session, address }),
            Err(error) if error.public().code == ErrorCode::NotAuthenticated => {
                Err(Detail::Said(StatusCode::UNAUTHORIZED, "Given token not valid for any token type", Some("token_not_valid")))
            }
            Err(error) => Err(error.into()),
        }
    }
}
