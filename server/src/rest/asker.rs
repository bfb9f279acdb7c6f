//! Who asks by the API, from where, and what their token is for.

use std::{net::IpAddr, time::Duration};

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use chat::{
    Actor, Deed, Need, Scopes, Session,
    house::By,
    messages, rooms,
    tokens::{self, Holder},
};
use protocol::{ErrorCode, MessageId, RoomId, RoomRef, Seq, SessionId};
use tokio::time::timeout;

use crate::{
    AppState,
    answers::Refusal,
    caller::{Client, bearer},
};

/// Whoever asks is not kept waiting for a database that does not answer.
const LOOKUP_MAX: Duration = Duration::from_secs(3);

/// Who asks: a guest without a token, or whoever holds it.
#[derive(Clone)]
pub(crate) struct Asker {
    session: Option<Session>,
    scopes: Scopes,
    /// Whether they have signed in themselves.
    signed_in: bool,
    address: IpAddr,
}

impl Asker {
    /// Who it is, if their token is for that in the whole house. One that is for some rooms is not.
    pub(crate) fn may(&self, need: Need) -> Result<Actor, Refusal> {
        self.scopes.permit(need)?;
        if self.scopes.rooms.is_some() {
            return Err(ErrorCode::NotAllowed.into());
        }
        Ok(self.actor())
    }

    /// On whose word this is done: of somebody who sees to the house only if their token is for that.
    pub(crate) fn by(&self, actor: Actor) -> By {
        if self.scopes.permit(Need::Admin).is_ok() { By::Admin(actor) } else { By::Actor(actor) }
    }

    /// Who it is, if their token is for that in this room. A room that it is not for does not exist.
    pub(crate) async fn may_in(&self, state: &AppState, need: Need, room: &RoomRef) -> Result<Actor, Refusal> {
        if self.scopes.rooms.is_some() {
            let room = rooms::locate(&state.chat, room).await?;
            self.scopes.permit_in(need, room)?;
        } else {
            self.scopes.permit(need)?;
        }
        Ok(self.actor())
    }

    /// Who it is, if their token is for that in the room of this message, and where that stands.
    pub(crate) async fn may_with(
        &self,
        state: &AppState,
        need: Need,
        message: MessageId,
    ) -> Result<(Actor, (RoomId, Seq)), Refusal> {
        self.scopes.permit(need)?;
        let (room, seq) = messages::locate(&state.chat, message).await?;
        self.scopes.permit_in(need, room)?;
        Ok((self.actor(), (room, seq)))
    }

    /// Who it is, if their token is for that somewhere, and the rooms that it is for, if it is for some: of a list it shows those alone.
    pub(crate) fn may_list(&self, need: Need) -> Result<(Actor, Option<&[RoomId]>), Refusal> {
        self.scopes.permit(need)?;
        Ok((self.actor(), self.scopes.rooms.as_deref()))
    }

    /// Whose sign-in it is, if their token is for that in the whole house.
    pub(crate) fn session(&self, need: Need) -> Result<&Session, Refusal> {
        self.may(need)?;
        self.own()
    }

    /// Whose sign-in it is, whatever the token is for.
    pub(crate) fn own(&self) -> Result<&Session, Refusal> {
        self.session.as_ref().ok_or_else(|| ErrorCode::NotAuthenticated.into())
    }

    /// From where.
    pub(crate) fn address(&self) -> IpAddr {
        self.address
    }

    /// Who has signed in themselves. A token makes no tokens and opens no accounts: what was stolen with it would outlast it.
    pub(crate) fn signed_in(&self) -> Result<&Session, Refusal> {
        let session = self.session.as_ref().ok_or(ErrorCode::NotAuthenticated)?;
        if self.signed_in { Ok(session) } else { Err(ErrorCode::NotAllowed.into()) }
    }

    /// Counts something that is done, from its address: accounts are counted where it is done.
    pub(crate) fn does(&self, state: &AppState, deed: Deed) -> Result<(), Refusal> {
        Ok(state.chat.admit(deed, self.address)?)
    }

    /// Which sign-in or token it is; none for a guest.
    pub(crate) fn session_id(&self) -> Option<SessionId> {
        self.session.as_ref().map(|session| session.id)
    }

    /// Who it is, whatever the token is for.
    pub(crate) fn actor(&self) -> Actor {
        self.session.as_ref().into()
    }
}

impl FromRequestParts<AppState> for Asker {
    type Rejection = Refusal;

    /// Found out once for a request, by whoever asks first.
    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refusal> {
        if let Some(asker) = parts.extensions.get::<Self>() {
            return Ok(asker.clone());
        }
        let holder = match bearer(&parts.headers) {
            Some(token) => {
                let holder = timeout(LOOKUP_MAX, tokens::holder(&state.chat, token)).await;
                Some(holder.map_err(|_| ErrorCode::Unavailable)??)
            }
            None if parts.headers.contains_key(header::AUTHORIZATION) => {
                return Err(ErrorCode::NotAuthenticated.into());
            }
            None => None,
        };
        let address = parts.extensions.get::<Client>().ok_or(ErrorCode::Internal)?.address;
        let asker = match holder {
            Some(Holder { session, scopes, signed_in, .. }) => Self { session: Some(session), scopes, signed_in, address },
            None => Self { session: None, scopes: Scopes::ALL, signed_in: false, address },
        };
        parts.extensions.insert(asker.clone());
        Ok(asker)
    }
}
