//! `/auth/users/`: making an account, and who one is.

use axum::{
    Extension, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
    routing::get,
};
use chat::accounts::{self, Registration};
use protocol::User;
use serde_json::{Value, json};

use super::super::{
    answer::Detail,
    body::Body,
    people,
    who::{Who, source},
};
use crate::{AppState, caller::Client};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/auth/users/", get(list).post(register)).route("/auth/users/me/", get(me))
}

/// Makes an account. The address is told back and kept nowhere.
async fn register(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, Detail> {
    let email = body.text("email");
    let username = match body.text("username") {
        "" => people::username(body.required("email")?),
        username => username.to_owned(),
    };
    let password = body.required("password")?;
    if body.get("re_password").is_some() && body.text("re_password") != password {
        return Err(Detail::Field("non_field_errors", "The two password fields didn't match."));
    }
    let name = [body.text("first_name"), body.text("last_name")].join(" ");
    let name = if body.text("name").is_empty() { name.trim() } else { body.text("name") };
    let new = Registration { username: &username, display_name: name, password };
    let signed_in = accounts::register(&state.chat, new, source(&headers, client.address)).await?;
    Ok((StatusCode::CREATED, Json(shown(&signed_in.session.user, email))))
}

/// Those whom one may see there: oneself.
async fn list(who: Who) -> Json<Value> {
    Json(json!([shown(&who.session.user, "")]))
}

async fn me(who: Who) -> Json<Value> {
    Json(shown(&who.session.user, ""))
}

fn shown(user: &User, email: &str) -> Value {
    json!({ "id": user.id, "username": user.username, "name": user.name, "email": email })
}
