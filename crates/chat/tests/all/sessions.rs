use chat::{
    Limits,
    sessions::{by_access_token, by_refresh_token, grant, renew, revoke, revoke_by_refresh_token},
};
use protocol::{CloseCode, ErrorCode};

use crate::{
    scene::{HOME, Scene, code, limits, seen},
    socket::{Delivery, Socket},
};

/// No two successors of a token count as given at once.
fn no_grace() -> Limits {
    Limits { refresh_grace_ms: -1, ..limits() }
}

#[tokio::test]
async fn drawing_an_access_token_rotates_the_refresh_token() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let renewed = renew(&scene.chat, &ada.refresh_token, HOME).await.unwrap();
    assert_ne!(renewed.refresh_token.as_str(), ada.refresh_token);
    assert_eq!(by_access_token(&scene.chat, &renewed.grant.access_token).await.unwrap(), ada.session);
    assert_eq!(by_refresh_token(&scene.chat, renewed.refresh_token.as_str()).await.unwrap(), seen(&ada.session));
}

#[tokio::test]
async fn a_page_view_rotates_nothing() {
    let scene = Scene::with(no_grace()).await;
    let ada = scene.person("ada").await;
    for _ in 0..3 {
        assert!(by_refresh_token(&scene.chat, &ada.refresh_token).await.unwrap().is_some());
    }
    renew(&scene.chat, &ada.refresh_token, HOME).await.unwrap();
}

#[tokio::test]
async fn reuse_after_the_successor_was_used_ends_the_family_and_cuts_its_sockets() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let bob = scene.person("bob").await;
    let (socket, others) = (ada.connect().await, bob.connect().await);
    let second = renew(&scene.chat, &ada.refresh_token, HOME).await.unwrap();
    let third = renew(&scene.chat, second.refresh_token.as_str(), HOME).await.unwrap();

    assert_eq!(code(renew(&scene.chat, &ada.refresh_token, HOME).await), ErrorCode::NotAuthenticated);
    assert_eq!(code(renew(&scene.chat, third.refresh_token.as_str(), HOME).await), ErrorCode::NotAuthenticated);
    assert_eq!(code(by_access_token(&scene.chat, &third.grant.access_token).await), ErrorCode::NotAuthenticated);
    assert_eq!(socket.next().await, Delivery::Close(CloseCode::SignIn));
    assert!(others.try_next().is_none());
}

#[tokio::test]
async fn a_page_that_is_asked_for_with_a_spent_token_ends_the_family_too() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let thief = renew(&scene.chat, &ada.refresh_token, HOME).await.unwrap();
    let thief = renew(&scene.chat, thief.refresh_token.as_str(), HOME).await.unwrap();
    assert_eq!(by_refresh_token(&scene.chat, &ada.refresh_token).await.unwrap(), None);
    assert_eq!(code(renew(&scene.chat, thief.refresh_token.as_str(), HOME).await), ErrorCode::NotAuthenticated);
}

#[tokio::test]
async fn after_a_lost_answer_the_old_token_is_good_at_any_later_time_and_the_lost_one_is_not() {
    let scene = Scene::with(no_grace()).await;
    let ada = scene.person("ada").await;
    let lost = renew(&scene.chat, &ada.refresh_token, HOME).await.unwrap();
    // Days later, as far as the token is concerned.
    scene.sql("UPDATE refresh_tokens SET created_at = created_at - 864000000, replaced_at = replaced_at - 864000000").await;
    assert_eq!(by_refresh_token(&scene.chat, &ada.refresh_token).await.unwrap(), seen(&ada.session));
    let next = renew(&scene.chat, &ada.refresh_token, HOME).await.unwrap();
    let next = renew(&scene.chat, next.refresh_token.as_str(), HOME).await.unwrap();
    assert_eq!(code(renew(&scene.chat, lost.refresh_token.as_str(), HOME).await), ErrorCode::NotAuthenticated);
    assert_eq!(code(renew(&scene.chat, next.refresh_token.as_str(), HOME).await), ErrorCode::NotAuthenticated);
}

#[tokio::test]
async fn of_two_tabs_that_renew_at_once_either_answer_may_be_the_one_that_is_kept() {
    let scene = Scene::open().await;
    for (name, keeps_first) in [("ada", true), ("bob", false)] {
        let person = scene.person(name).await;
        let first = renew(&scene.chat, &person.refresh_token, HOME).await.unwrap().refresh_token;
        let second = renew(&scene.chat, &person.refresh_token, HOME).await.unwrap().refresh_token;
        let (kept, other) = if keeps_first { (first, second) } else { (second, first) };
        assert_eq!(by_refresh_token(&scene.chat, kept.as_str()).await.unwrap(), seen(&person.session));
        let next = renew(&scene.chat, kept.as_str(), HOME).await.unwrap();
        // The other one is a thief's: no line beside the line, not even for a moment.
        assert_eq!(code(renew(&scene.chat, other.as_str(), HOME).await), ErrorCode::NotAuthenticated);
        assert_eq!(code(renew(&scene.chat, next.refresh_token.as_str(), HOME).await), ErrorCode::NotAuthenticated);
    }
}

#[tokio::test]
async fn the_successors_that_are_given_at_once_are_few() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let mut given = Vec::new();
    for _ in 0..50 {
        given.push(renew(&scene.chat, &ada.refresh_token, HOME).await.unwrap().refresh_token);
    }
    let unused = "SELECT COUNT(*) FROM refresh_tokens WHERE replaced_at IS NULL";
    assert_eq!(scene.number(unused).await, 8);
    assert!(by_refresh_token(&scene.chat, given[49].as_str()).await.unwrap().is_some());
}

#[tokio::test]
async fn use_prolongs_a_session_up_to_its_absolute_end() {
    const DAY: i64 = 24 * 60 * 60;
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let renewed = renew(&scene.chat, &ada.refresh_token, HOME).await.unwrap();
    assert_eq!(renewed.lasts, 30 * DAY);
    scene.sql("UPDATE sessions SET created_at = created_at - 7689600000").await;
    // Of 90 days, 89 are over.
    let renewed = renew(&scene.chat, renewed.refresh_token.as_str(), HOME).await.unwrap();
    assert!((1..=DAY).contains(&renewed.lasts), "{}", renewed.lasts);
    assert!(by_refresh_token(&scene.chat, renewed.refresh_token.as_str()).await.unwrap().is_some());
}

#[tokio::test]
async fn a_page_view_is_a_use_that_is_written_down_now_and_then() {
    const DAY: i64 = 24 * 60 * 60;
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let keeps = async || by_refresh_token(&scene.chat, &ada.refresh_token).await.unwrap().unwrap().keep_for;
    assert_eq!(keeps().await, None);
    // Nobody has been there for 29 days of 30.
    scene.sql("UPDATE sessions SET expires_at = expires_at - 2505600000").await;
    assert_eq!(keeps().await, Some(30 * DAY));
    assert_eq!(keeps().await, None);
    // At its absolute end nothing prolongs it.
    scene
        .sql("UPDATE sessions SET created_at = created_at - 7689600000, expires_at = created_at - 7689600000 + 7776000000")
        .await;
    assert_eq!(keeps().await, None);
}

#[tokio::test]
async fn sessions_that_were_begun_under_a_longer_limit_end_by_the_one_of_today() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let aged =
        "UPDATE sessions SET created_at = created_at - 7862400000 WHERE user_id = (SELECT id FROM users WHERE username = 'ada')";
    scene.sql(aged).await;
    let scene = scene.restart().await;
    assert_eq!(by_refresh_token(&scene.chat, &ada.refresh_token).await.unwrap(), None);
    assert!(by_refresh_token(&scene.chat, &bob.refresh_token).await.unwrap().is_some());
}

#[tokio::test]
async fn a_socket_ends_when_its_session_comes_of_age() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let (socket, others) = (ada.connect().await, bob.connect().await);
    scene.sql("UPDATE sessions SET expires_at = 1 WHERE user_id = (SELECT id FROM users WHERE username = 'ada')").await;
    assert_eq!(socket.next().await, Delivery::Close(CloseCode::SignIn));
    assert!(others.try_next().is_none());
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
    assert_eq!(code(renew(&scene.chat, &ada.refresh_token, HOME).await), ErrorCode::NotAuthenticated);
    assert_eq!(by_refresh_token(&scene.chat, &ada.refresh_token).await.unwrap(), None);
    revoke_by_refresh_token(&scene.chat, &ada.refresh_token).await.unwrap();
}

#[tokio::test]
async fn rubbish_is_no_token() {
    let scene = Scene::open().await;
    for rubbish in ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."] {
        assert_eq!(code(Socket::open(&scene.chat, Some(rubbish)).await), ErrorCode::NotAuthenticated);
        assert_eq!(code(renew(&scene.chat, rubbish, HOME).await), ErrorCode::NotAuthenticated);
    }
}

#[tokio::test]
async fn a_session_outlives_a_restart() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let access = grant(&scene.chat, &ada.session).unwrap().access_token;
    let scene = scene.restart().await;
    assert_eq!(by_access_token(&scene.chat, &access).await.unwrap(), ada.session);
    renew(&scene.chat, &ada.refresh_token, HOME).await.unwrap();
}
