//! Token authentication: `POST /api/login/` gives a token, and the socket at `/?token=…` answers commands.

use axum::{
    Json, Router,
    extract::{Request, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::post,
};
use chat::{Chat, sessions};
use protocol::{CloseCode, ErrorCode};
use serde_json::{Value, json};

use super::{
    answer::Detail,
    body::Body,
    who::{session_of, source, token_of},
};
use crate::{
    AppState,
    answers::{NO_STORE, told},
    caller::Client,
    ws::{self, Dialect, End, Line},
};

/// The words by which the tutorial's page greets.
const GREETINGS: [&str; 3] = ["hello", "hi", "greeting"];

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/login/", post(login))
}

/// Gives a token for user name and password. That they do not belong together is an answer, too.
async fn login(
    State(state): State<AppState>,
    client: axum::Extension<Client>,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, Detail> {
    let from = source(&headers, client.address);
    let answer = match sessions::sign_in(&state.chat, body.text("username"), body.text("password"), from).await {
        Ok(signed_in) => json!({ "token": signed_in.refresh_token.as_str() }),
        Err(error) if error.public().code == ErrorCode::WrongCredentials => {
            json!({ "user_not_found": error.public().message() })
        }
        Err(error) => return Err(error.into()),
    };
    Ok((NO_STORE, Json(answer)))
}

/// The socket at the address of the start page.
pub(super) async fn socket(State(state): State<AppState>, request: Request) -> Response {
    let token = token_of(&request);
    ws::open(&state, request, Commands { chat: state.chat.clone(), token })
}

/// Answers commands.
struct Commands {
    chat: Chat,
    token: Option<String>,
}

impl Dialect for Commands {
    async fn enter(&mut self, line: &mut Line) -> Result<(), End> {
        match session_of(&self.chat, self.token.as_deref()).await {
            Ok(session) => line.connect(Some(&session), |_| None).await,
            Err(error) => {
                let error = told(&error);
                line.say(&reply(&error.message(), ""));
                let is_unknown = error.code == ErrorCode::NotAuthenticated;
                Err(End::Close(if is_unknown { CloseCode::SignIn } else { CloseCode::Restart }))
            }
        }
    }

    async fn answer(&self, _: &Line, text: &str) -> Option<Value> {
        Some(answer(text))
    }
}

fn answer(text: &str) -> Value {
    let Some(frame) = Body::of_text(text) else {
        return reply("A command is an object with command and data_string.", text);
    };
    let (command, data) = (frame.text("command"), frame.text("data_string"));
    let said = command.trim().to_ascii_lowercase();
    if GREETINGS.contains(&said.as_str()) {
        return reply(command, data);
    }
    reply(&format!("There is no command {command}. Snug knows: {}.", GREETINGS.join(", ")), data)
}

/// An answer; the last letter is as the tutorial spells it.
fn reply(response: &str, data: &str) -> Value {
    json!({ "command_response": response, "data_string_bacK": data })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_comes_back_and_other_commands_are_told_what_there_is() {
        let hello = answer(r#"{"command":"hello","data_string":"from a page"}"#);
        assert_eq!(hello, json!({ "command_response": "hello", "data_string_bacK": "from a page" }));
        for text in [r#"{"command":"dance","data_string":"x"}"#, "no json", "[]"] {
            let answer = answer(text);
            assert!(answer["command_response"].as_str().is_some_and(|said| said.contains("command")), "{answer}");
        }
    }
}
