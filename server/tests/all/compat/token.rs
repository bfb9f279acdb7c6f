use reqwest::{Method, StatusCode};
use serde_json::json;

use super::{Wire, lasting_token, start};
use crate::support::{PASSWORD, api::Api, person::Answer};

#[tokio::test]
async fn a_form_gives_a_token_or_says_that_there_is_nobody() {
    let app = start().await;
    app.ada().await;
    let program = Api::guest(app.addr);
    let ask = async |username: &str, password: &str| {
        let form = [("username", username), ("password", password)];
        Answer::to(program.request(Method::POST, "/api/login/").form(&form)).await
    };
    let known = ask("ada", PASSWORD).await;
    assert!(known.status == StatusCode::OK && known.json()["token"].is_string(), "{}", known.text);
    for (username, password) in [("ada", "another one"), ("nobody", PASSWORD), ("", "")] {
        let unknown = ask(username, password).await;
        let names: Vec<_> = unknown.json().as_object().unwrap().keys().cloned().collect();
        assert_eq!((unknown.status, names), (StatusCode::OK, vec!["user_not_found".to_owned()]));
    }
    // A page that sends `FormData`, and a program that sends JSON.
    let parts = [("username", "ada"), ("password", PASSWORD)]
        .map(|(name, value)| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    let form = program.request(Method::POST, "/api/login/").header("content-type", "multipart/form-data; boundary=x");
    let posted = Answer::to(form.body(format!("{}--x--\r\n", parts.concat()))).await;
    assert!(posted.json()["token"].is_string(), "{}", posted.text);
    assert!(program.post("/api/login/", &json!({ "username": "ada", "password": PASSWORD })).await.json()["token"].is_string());
}

#[tokio::test]
async fn the_root_answers_commands_and_is_the_start_page_too() {
    let app = start().await;
    app.ada().await;
    let token = lasting_token(&app, "ada").await;
    let mut wire = Wire::open(app.addr, &format!("/?token={token}")).await;
    wire.say(json!({ "command": "hello", "data_string": "from the page" })).await;
    assert_eq!(wire.hear().await, json!({ "command_response": "hello", "data_string_bacK": "from the page" }));
    wire.say(json!({ "command": "dance", "data_string": "x" })).await;
    let answer = wire.hear().await;
    assert!(answer["command_response"].as_str().unwrap().contains("no command dance"), "{answer}");
    assert!(app.stranger().get("/").await.text.contains("<!DOCTYPE html>"));
    for path in ["/", "/?token=wrong"] {
        let mut wire = Wire::open(app.addr, path).await;
        assert!(wire.hear().await["command_response"].as_str().unwrap().contains("not signed in"));
        assert_eq!(wire.hear_any().await, Err(4001));
    }
}
