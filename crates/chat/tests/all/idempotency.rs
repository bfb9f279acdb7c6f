//! What is done once, however often it is asked for.

use chat::{
    idempotency::{self, Answer, Begun, Claim, Key},
    now,
};
use protocol::{ErrorCode, UserId};

use crate::scene::Scene;

async fn begin(scene: &Scene, user: UserId, key: &str, request: &str) -> chat::Result<Begun> {
    idempotency::begin(&scene.chat, user, Key::parse(key).unwrap(), request.as_bytes()).await
}

async fn claim(scene: &Scene, user: UserId, key: &str) -> Claim {
    match begin(scene, user, key, "a request").await.unwrap() {
        Begun::New(claim) => claim,
        other => panic!("{other:?}"),
    }
}

fn answer(body: &str) -> Answer {
    Answer { status: 201, headers: "content-type: application/json".to_owned(), body: body.to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_given_again_for_a_day_to_whoever_got_it() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await.session.user.id, scene.person("bob").await.session.user.id);
    let first = claim(&scene, ada, "one").await;
    assert!(matches!(begin(&scene, ada, "one", "a request").await.unwrap(), Begun::Going));
    first.answered(&scene.chat, answer("{}")).await.unwrap();
    assert!(matches!(begin(&scene, ada, "one", "a request").await.unwrap(), Begun::Answered(again) if again == answer("{}")));
    let other = begin(&scene, ada, "one", "another request").await.unwrap_err().public();
    assert_eq!(other.code, ErrorCode::Conflict);
    // The key of somebody else is another one.
    claim(&scene, bob, "one").await;

    idempotency::expire(&scene.chat, now() + 23 * 60 * 60 * 1000).await.unwrap();
    assert!(matches!(begin(&scene, ada, "one", "a request").await.unwrap(), Begun::Answered(_)));
    idempotency::expire(&scene.chat, now() + 24 * 60 * 60 * 1000).await.unwrap();
    claim(&scene, ada, "one").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_once_or_is_large_is_not_kept() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await.session.user.id;
    claim(&scene, ada, "secret").await.done(&scene.chat, 201).await.unwrap();
    claim(&scene, ada, "large").await.answered(&scene.chat, answer(&"x".repeat(16 * 1024 + 1))).await.unwrap();
    for key in ["secret", "large"] {
        assert!(matches!(begin(&scene, ada, key, "a request").await.unwrap(), Begun::Done), "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_free_again_when_nothing_was_done_and_when_nobody_is_at_it_any_more() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await.session.user.id;
    claim(&scene, ada, "one").await.release(&scene.chat).await.unwrap();
    let left = claim(&scene, ada, "one").await;
    scene.sql("UPDATE idempotency_keys SET begun_at = begun_at - 60000").await;
    let next = claim(&scene, ada, "one").await;
    // Who comes back after all has lost it.
    left.answered(&scene.chat, answer("late")).await.unwrap();
    assert!(matches!(begin(&scene, ada, "one", "a request").await.unwrap(), Begun::Going));
    next.answered(&scene.chat, answer("true")).await.unwrap();
    assert!(matches!(begin(&scene, ada, "one", "a request").await.unwrap(), Begun::Answered(again) if again.body == "true"));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_the_same_time_one_is_done() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await.session.user.id;
    let all = futures::future::join_all((0..16).map(|_| begin(&scene, ada, "one", "a request"))).await;
    let new = all.into_iter().filter(|begun| matches!(begun, Ok(Begun::New(_)))).count();
    assert_eq!(new, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_so_many_keys_and_no_more() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await.session.user.id;
    scene
        .sql(&format!(
            "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 5000) \
             INSERT INTO idempotency_keys (user_id, key, request, begun_at) SELECT id, 'k' || n, 'x', {} FROM n, users",
            now()
        ))
        .await;
    assert_eq!(begin(&scene, ada, "one", "a request").await.unwrap_err().public().code, ErrorCode::LimitReached);
}

#[test]
fn a_key_is_a_word() {
    for key in ["a", "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", &"x".repeat(255)] {
        assert!(Key::parse(key).is_some(), "{key}");
    }
    for key in ["", "a b", "é", "\u{7f}", &"x".repeat(256)] {
        assert_eq!(Key::parse(key), None, "{key}");
    }
}
