//! Clients of the Django Channels tutorials, dialect by dialect (`SNUG_COMPAT=channels`).

mod history;
mod import;
mod public;
mod python;
mod rooms;
mod token;

use std::net::SocketAddr;

use futures::{SinkExt, StreamExt};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

use crate::support::{PASSWORD, PATIENCE, TestApp, api::Api};

async fn start() -> TestApp {
    TestApp::builder().compat().start().await
}

/// A socket on which JSON is said.
struct Wire(WebSocketStream<TcpStream>);

impl Wire {
    async fn open(addr: SocketAddr, path: &str) -> Self {
        Self::with(addr, path, &[]).await.unwrap()
    }

    /// The status of the refusal.
    async fn refused(addr: SocketAddr, path: &str, headers: &[(&'static str, &str)]) -> StatusCode {
        match Self::with(addr, path, headers).await {
            Err(Error::Http(answer)) => StatusCode::from_u16(answer.status().as_u16()).unwrap(),
            Err(error) => panic!("{error}"),
            Ok(_) => panic!("{path} was opened"),
        }
    }

    async fn with(addr: SocketAddr, path: &str, headers: &[(&'static str, &str)]) -> Result<Self, Error> {
        let mut request = format!("ws://{addr}{path}").into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let (ws, _) = client_async(request, TcpStream::connect(addr).await.unwrap()).await?;
        Ok(Self(ws))
    }

    async fn say(&mut self, what: Value) {
        self.0.send(Message::Text(what.to_string().into())).await.unwrap();
    }

    /// What is said next; the number of the close where nothing is.
    async fn hear_any(&mut self) -> Result<Value, u16> {
        loop {
            match timeout(PATIENCE, self.0.next()).await.expect("nothing came") {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(1005, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(1006),
            }
        }
    }

    async fn hear(&mut self) -> Value {
        self.hear_any().await.unwrap_or_else(|code| panic!("closed with {code}"))
    }
}

/// The token of a person who is there already.
async fn lasting_token(app: &TestApp, username: &str) -> String {
    let form = [("username", username), ("password", PASSWORD)];
    let login = Api::guest(app.addr).request(Method::POST, "/api/login/").form(&form);
    crate::support::person::Answer::to(login).await.json()["token"].as_str().unwrap().to_owned()
}

/// The access token of a person who is there already.
async fn pair(app: &TestApp, username: &str) -> (String, String) {
    let asked = json!({ "email": username, "password": PASSWORD });
    let pair = Api::guest(app.addr).post("/auth/jwt/create/", &asked).await.json();
    (pair["access"].as_str().unwrap().to_owned(), pair["refresh"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn nothing_of_it_is_there_unless_the_owner_says_so() {
    let app = TestApp::start().await;
    app.ada().await;
    for path in ["/ws/auth/", "/ws/chat/?token=x", "/ws/chat/room/lobby", "/?token=x"] {
        let refusal = Wire::with(app.addr, path, &[]).await.err();
        assert!(matches!(refusal, Some(Error::Http(_))), "{path}: {refusal:?}");
    }
    for path in ["/api/login/", "/auth/jwt/create/", "/auth/users/", "/chat/api/chats/"] {
        let answer = Api::guest(app.addr).post(path, &json!({ "username": "ada", "password": PASSWORD })).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    }
}

#[tokio::test]
async fn pages_of_the_houses_names_may_use_it_and_others_may_not() {
    let app = start().await;
    app.ada().await;
    let form = [("username", "ada"), ("password", PASSWORD)];
    let login = |origin: &str| {
        let request = Api::guest(app.addr).request(Method::POST, "/api/login/").header("origin", origin);
        crate::support::person::Answer::to(request.header("sec-fetch-site", "same-site").form(&form))
    };
    let welcome = login("http://localhost:5500").await;
    assert_eq!((welcome.status, welcome.header("access-control-allow-origin")), (StatusCode::OK, "http://localhost:5500"));
    assert!(welcome.json()["token"].is_string());
    for origin in ["https://evil.example", "null", "http://localhost.evil.example"] {
        assert_eq!(login(origin).await.status, StatusCode::FORBIDDEN, "{origin}");
        for path in ["/ws/auth/", "/ws/chat/", "/?token=x"] {
            assert_eq!(Wire::refused(app.addr, path, &[("origin", origin)]).await, StatusCode::FORBIDDEN, "{origin} {path}");
        }
    }
    assert!(Wire::with(app.addr, "/ws/auth/", &[("origin", "http://localhost:5500")]).await.is_ok());
    let asks = Api::guest(app.addr).request(Method::OPTIONS, "/chat/api/chats/").header("origin", "http://localhost:5500");
    let asks = asks.header("access-control-request-method", "POST").header("access-control-request-headers", "authorization");
    let answer = crate::support::person::Answer::to(asks).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert!(answer.header("access-control-allow-headers").contains("authorization"));
    assert_eq!(answer.header("access-control-allow-credentials"), "");
}
