use chat::{
    Limits,
    sessions::{by_access_token, by_refresh_token, grant, renew, revoke, revoke_by_refresh_token},
};
use protocol::{CloseCode, ErrorCode};

use crate::{
    scene::{Scene, code, limits},
    socket::{Delivery, Socket},
};

/// A replaced token is old at once.
fn no_grace() -> Limits {
    Limits { refresh_grace_ms: -1, ..limits() }
}

#[tokio::test]
async fn drawing_an_access_token_rotates_the_refresh_token() {
    let scene = Scene::with(no_grace()).await;
    let ada = scene.person("ada").await;
    let renewed = renew(&scene.chat, &ada.refresh_token).await.unwrap();
    assert_ne!(renewed.refresh_token.as_str(), ada.refresh_token);
    assert_eq!(by_access_token(&scene.chat, &renewed.grant.access_token).await.unwrap(), ada.session);
    assert_eq!(by_refresh_token(&scene.chat, renewed.refresh_token.as_str()).await.unwrap(), Some(ada.session));
    assert_eq!(by_refresh_token(&scene.chat, &ada.refresh_token).await.unwrap(), None);
}

#[tokio::test]
async fn a_page_view_rotates_nothing() {
    let scene = Scene::with(no_grace()).await;
    let ada = scene.person("ada").await;
    for _ in 0..3 {
        assert!(by_refresh_token(&scene.chat, &ada.refresh_token).await.unwrap().is_some());
    }
    renew(&scene.chat, &ada.refresh_token).await.unwrap();
}

#[tokio::test]
async fn reuse_of_a_replaced_token_ends_the_family_and_cuts_its_sockets() {
    let scene = Scene::with(no_grace()).await;
    let ada = scene.person("ada").await;
    let bob = scene.person("bob").await;
    let (socket, others) = (ada.connect().await, bob.connect().await);
    let renewed = renew(&scene.chat, &ada.refresh_token).await.unwrap();

    assert_eq!(code(renew(&scene.chat, &ada.refresh_token).await), ErrorCode::NotAuthenticated);
    assert_eq!(code(renew(&scene.chat, renewed.refresh_token.as_str()).await), ErrorCode::NotAuthenticated);
    assert_eq!(code(by_access_token(&scene.chat, &renewed.grant.access_token).await), ErrorCode::NotAuthenticated);
    assert_eq!(socket.next().await, Delivery::Close(CloseCode::SignIn));
    assert!(others.try_next().is_none());
}

#[tokio::test]
async fn within_the_grace_two_tabs_both_go_on() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let first = renew(&scene.chat, &ada.refresh_token).await.unwrap();
    let second = renew(&scene.chat, &ada.refresh_token).await.unwrap();
    for token in [first.refresh_token, second.refresh_token] {
        renew(&scene.chat, token.as_str()).await.unwrap();
    }
}

#[tokio::test]
async fn an_ended_session_is_worth_nothing() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let access = grant(&scene.chat, &ada.session).unwrap().access_token;
    let socket = ada.connect().await;
    revoke(&scene.chat, ada.session.id).await.unwrap();
    assert_eq!(socket.next().await, Delivery::Close(CloseCode::SignIn));
    assert_eq!(code(by_access_token(&scene.chat, &access).await), ErrorCode::NotAuthenticated);
    assert_eq!(code(Socket::open(&scene.chat, Some(&access)).await), ErrorCode::NotAuthenticated);
    assert_eq!(code(renew(&scene.chat, &ada.refresh_token).await), ErrorCode::NotAuthenticated);
    assert_eq!(by_refresh_token(&scene.chat, &ada.refresh_token).await.unwrap(), None);
    revoke_by_refresh_token(&scene.chat, &ada.refresh_token).await.unwrap();
}

#[tokio::test]
async fn rubbish_is_no_token() {
    let scene = Scene::open().await;
    for rubbish in ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."] {
        assert_eq!(code(Socket::open(&scene.chat, Some(rubbish)).await), ErrorCode::NotAuthenticated);
        assert_eq!(code(renew(&scene.chat, rubbish).await), ErrorCode::NotAuthenticated);
    }
}

#[tokio::test]
async fn a_session_outlives_a_restart() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let access = grant(&scene.chat, &ada.session).unwrap().access_token;
    let scene = scene.restart().await;
    assert_eq!(by_access_token(&scene.chat, &access).await.unwrap(), ada.session);
    renew(&scene.chat, &ada.refresh_token).await.unwrap();
}
