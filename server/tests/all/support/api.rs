//! A program that asks the API.

use std::net::SocketAddr;

use reqwest::{Client, Method};
use serde_json::Value;

use super::person::{Answer, Program};

/// A program, with or without a token.
pub(crate) struct Api {
    addr: SocketAddr,
    client: Client,
    pub(crate) token: Option<String>,
}

impl Api {
    /// One without a token.
    pub(crate) fn guest(addr: SocketAddr) -> Self {
        Self { addr, client: Client::builder().no_proxy().build().unwrap(), token: None }
    }

    /// One with this token.
    pub(crate) fn with(addr: SocketAddr, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..Self::guest(addr) }
    }

    /// One that has signed in by the password of this person.
    pub(crate) async fn of(addr: SocketAddr, username: &str) -> Self {
        Self::with(addr, &Program::at(addr).sign_in(username).await.access_token)
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("http://{}{path}", self.addr));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::GET, path)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::DELETE, path)).await
    }

    /// Sends a body of JSON.
    pub(crate) async fn send(&self, method: Method, path: &str, body: &Value) -> Answer {
        Answer::to(self.request(method, path).json(body)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, body).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PATCH, path, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, body).await
    }
}
