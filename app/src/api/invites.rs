use chat::{
    house::By,
    invites::{self, NewInvite},
};
use leptos::prelude::*;
use protocol::ErrorCode;

use crate::{
    AppError,
    context::{Request, refuse},
    next::value,
};

const DAY_SECONDS: u32 = 24 * 60 * 60;

/// Makes an invite, into a room or into the house alone, and shows it on the page that it was made on.
///
/// # Errors
/// Not allowed.
#[server(prefix = "/api/fn", endpoint = "make_invite")]
pub(crate) async fn make_invite(
    #[server(default)] room: String,
    #[server(default)] days: String,
    #[server(default)] uses: String,
) -> Result<(), AppError> {
    let request = Request::current()?;
    request.admit(chat::Deed::Invite)?;
    let days = number(&days)?.filter(|days| *days <= 3_650);
    let slug = (!room.is_empty()).then_some(room);
    let new = NewInvite {
        room: slug.clone().map(Into::into),
        lasts: days.map(|days| days.saturating_mul(DAY_SECONDS)),
        uses: number(&uses)?,
    };
    let invite = invites::create(&request.chat, By::Admin(request.actor()), new).await.map_err(refuse)?;
    leptos_axum::redirect(&[&page(&request, slug.as_deref()), "?show=", &invite.code].concat());
    Ok(())
}

/// Takes an invite back.
///
/// # Errors
/// Not allowed.
#[server(prefix = "/api/fn", endpoint = "revoke_invite")]
pub(crate) async fn revoke_invite(id: String, #[server(default)] room: String) -> Result<(), AppError> {
    let request = Request::current()?;
    let id = id.parse().map_err(|_| ErrorCode::BadRequest)?;
    invites::revoke(&request.chat, By::Admin(request.actor()), id).await.map_err(refuse)?;
    leptos_axum::redirect(&page(&request, (!room.is_empty()).then_some(room.as_str())));
    Ok(())
}

/// Comes in by an invite.
///
/// # Errors
/// It does not hold, or its room is not open to the caller.
#[server(prefix = "/api/fn", endpoint = "accept_invite")]
pub(crate) async fn accept_invite(code: String) -> Result<(), AppError> {
    let request = Request::current()?;
    request.admit(chat::Deed::Join)?;
    let room = invites::accept(&request.chat, request.actor(), &code).await.map_err(refuse)?;
    leptos_axum::redirect(&room.map_or_else(|| "/".to_owned(), |room| ["/r/", &room.slug].concat()));
    Ok(())
}

/// The page that invites stand on.
fn page(request: &Request, room: Option<&str>) -> String {
    let administers = request.caller.session.as_ref().is_some_and(chat::Session::administers);
    match room {
        Some(slug) => format!("/r/{}/invites", value(slug)),
        None if administers => "/admin/invites".to_owned(),
        None => "/invites".to_owned(),
    }
}

/// What was left empty is no limit.
fn number(text: &str) -> Result<Option<u32>, ErrorCode> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().ok().filter(|number| *number > 0).map(Some).ok_or(ErrorCode::BadRequest),
    }
}
