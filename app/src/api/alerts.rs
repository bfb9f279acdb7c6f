use chat::alerts::Which;
use leptos::prelude::*;
use protocol::{Alerts, ErrorCode};

use crate::{
    AppError,
    context::{Request, refuse},
};

/// The caller's alerts; after a place in the log of their account, what changed since.
///
/// # Errors
/// Not signed in.
#[server(prefix = "/api/fn", endpoint = "alerts")]
pub(crate) async fn list_alerts(#[server(default)] after: Option<i64>) -> Result<Alerts, AppError> {
    let request = Request::current()?;
    chat::alerts::list(&request.chat, request.session()?, after).await.map_err(refuse)
}

/// Marks one of the caller's alerts as read, or all of them.
///
/// # Errors
/// Not signed in.
#[server(prefix = "/api/fn", endpoint = "read_alerts")]
pub(crate) async fn read_alerts(#[server(default)] alert: String) -> Result<(), AppError> {
    let request = Request::current()?;
    chat::alerts::mark_read(&request.chat, request.session()?, which(&alert)?).await.map_err(refuse)?;
    leptos_axum::redirect("/alerts");
    Ok(())
}

/// Dismisses one of the caller's alerts, or all of them.
///
/// # Errors
/// Not signed in.
#[server(prefix = "/api/fn", endpoint = "dismiss_alerts")]
pub(crate) async fn dismiss_alerts(#[server(default)] alert: String) -> Result<(), AppError> {
    let request = Request::current()?;
    chat::alerts::dismiss(&request.chat, request.session()?, which(&alert)?).await.map_err(refuse)?;
    leptos_axum::redirect("/alerts");
    Ok(())
}

/// The one that is named; all where none is.
fn which(alert: &str) -> Result<Which, AppError> {
    match alert {
        "" => Ok(Which::All),
        id => id.parse().map(Which::One).map_err(|_| refuse(ErrorCode::NotFound.into())),
    }
}
