//! Somebody with a browser that runs no scripts, and now and then a program.

use std::net::SocketAddr;

use protocol::{ErrorCode, User};
use reqwest::{
    Client, RequestBuilder, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, REFERER},
    redirect::Policy,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Socket;

pub(crate) const PASSWORD: &str = "seven small boats";

/// What `/api/v1/auth/token` and `refresh` answer.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Tokens {
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    pub(crate) expires_in: u64,
    pub(crate) user: User,
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) async fn to(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, text: response.text().await.unwrap() }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The error of a REST answer.
    pub(crate) fn error(&self) -> protocol::Error {
        serde_json::from_value(self.json()["error"].clone()).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn assert_refused(&self, code: ErrorCode) {
        assert_eq!((self.status.as_u16(), self.error().code), (code.status(), code), "{}", self.text);
    }

    pub(crate) fn assert_has(&self, text: &str) {
        assert!(self.text.contains(text), "{text:?} is not in {}", self.text);
    }

    pub(crate) fn assert_has_not(&self, text: &str) {
        assert!(!self.text.contains(text), "{text:?} is in {}", self.text);
    }

    /// The tag that this stands in.
    pub(crate) fn tag_with(&self, text: &str) -> &str {
        let at = self.text.find(text).unwrap_or_else(|| panic!("{text:?} is not in {}", self.text));
        let start = self.text[..at].rfind('<').unwrap();
        self.text[start..].split('>').next().unwrap()
    }

    /// Where a form leads.
    pub(crate) fn leads_to(&self) -> &str {
        assert_eq!(self.status, StatusCode::FOUND, "{}", self.text);
        self.header(LOCATION.as_str())
    }
}

/// Somebody who uses the server.
pub(crate) struct Person {
    pub(crate) addr: SocketAddr,
    client: Client,
}

/// A picture larger than what is taken where none is brought: what stands behind it belongs to none.
pub(crate) fn large_picture() -> Vec<u8> {
    [&include_bytes!("red.png")[..], &[0; 2 << 20]].concat()
}

impl Person {
    pub(crate) fn at(addr: SocketAddr) -> Self {
        let headers = HeaderMap::from_iter([
            (ACCEPT, HeaderValue::from_static("text/html,application/xhtml+xml")),
            (HeaderName::from_static("sec-fetch-site"), HeaderValue::from_static("same-origin")),
        ]);
        let client =
            Client::builder().cookie_store(true).redirect(Policy::none()).default_headers(headers).no_proxy().build().unwrap();
        Self { addr, client }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        if path.starts_with("http://") { path.to_owned() } else { format!("http://{}{path}", self.addr) }
    }

    pub(crate) fn request(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::to(self.client.get(self.url(path))).await
    }

    /// Sends a form of the page `from` without JavaScript.
    pub(crate) async fn submit(&self, from: &str, function: &str, fields: &[(&str, &str)]) -> Answer {
        let address = self.url(&format!("/api/fn/{function}"));
        Answer::to(self.client.post(address).header(REFERER, self.url(from)).form(fields)).await
    }

    /// Sends a file by a form for pictures.
    pub(crate) async fn upload(&self, address: &str, file: &[u8]) -> Answer {
        let head = b"--edge\r\ncontent-disposition: form-data; name=\"picture\"; filename=\"one.png\"\r\n\r\n";
        let form = [&head[..], file, b"\r\n--edge--\r\n"].concat();
        let request = self.client.post(self.url(address)).header(CONTENT_TYPE, "multipart/form-data; boundary=edge");
        Answer::to(request.body(form)).await
    }

    pub(crate) async fn register(&self, username: &str) {
        let fields = [("username", username), ("display_name", ""), ("password", PASSWORD)];
        let answer = self.submit("/register", "register", &fields).await;
        // The first one settles how the house is run.
        let page = self.entered(&answer).await;
        assert!(["/r/lobby", "/welcome"].contains(&page.as_str()), "{page}");
    }

    /// Where a form leads that has signed in: the first time by way of a page that looks whether the cookie was kept.
    pub(crate) async fn entered(&self, answer: &Answer) -> String {
        let page = answer.leads_to();
        assert!(page.starts_with("/login?") && page.ends_with("&entered"), "{page}");
        let shown = self.get(page).await;
        assert_eq!(shown.status, StatusCode::SEE_OTHER, "{}", shown.text);
        shown.header(LOCATION.as_str()).to_owned()
    }

    pub(crate) async fn create_room(&self, name: &str, visibility: &str) {
        let fields = [("name", name), ("topic", ""), ("visibility", visibility)];
        assert_eq!(self.submit("/rooms/new", "create_room", &fields).await.leads_to(), format!("/r/{name}"));
    }

    /// A room that nobody else knows of; its part of the address, which ends in a way that nobody guesses.
    pub(crate) async fn create_private_room(&self, name: &str) -> String {
        let fields = [("name", name), ("topic", ""), ("visibility", "private")];
        let answer = self.submit("/rooms/new", "create_room", &fields).await;
        answer.leads_to().strip_prefix("/r/").unwrap().to_owned()
    }

    /// Sends what is in the composer of a room without JavaScript.
    pub(crate) async fn send(&self, room: &str, client_id: &str, body: &str) -> Answer {
        let fields = [("client_id", client_id), ("body", body)];
        Answer::to(self.client.post(self.url(&format!("/r/{room}"))).form(&fields)).await
    }

    /// Sends a message by the form.
    pub(crate) async fn write(&self, room: &str, body: &str) {
        let answer = self.send(room, &protocol::ClientId::generate().to_string(), body).await;
        assert!(answer.leads_to().starts_with(&format!("/r/{room}#m")), "{}", answer.leads_to());
    }
}

/// A program.
pub(crate) struct Program {
    addr: SocketAddr,
    client: Client,
}

impl Program {
    pub(crate) fn at(addr: SocketAddr) -> Self {
        Self { addr, client: Client::builder().no_proxy().build().unwrap() }
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("http://{}{path}", self.addr))
    }

    pub(crate) async fn auth(&self, path: &str, body: Value) -> Answer {
        Answer::to(self.post(&format!("/api/v1/auth/{path}")).json(&body)).await
    }

    pub(crate) async fn verify(&self, access_token: &str) -> Answer {
        Answer::to(self.post("/api/v1/auth/verify").bearer_auth(access_token)).await
    }

    pub(crate) async fn sign_in(&self, username: &str) -> Tokens {
        let answer = self.auth("token", json!({ "username": username, "password": PASSWORD })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        serde_json::from_str(&answer.text).unwrap()
    }

    /// Signs in and opens a socket, after hello.
    pub(crate) async fn socket(&self, username: &str) -> Socket {
        Socket::open(self.addr, &self.sign_in(username).await.access_token).await
    }
}
