use chat::{
    Limits, Rate,
    accounts::{self, Registration},
    rooms,
    sessions::sign_in,
};
use protocol::{ErrorCode, Field, Problem, Standing};
use std::{num::NonZeroU32, time::Duration};

use crate::scene::{HOME, PASSWORD, Scene, code, limits};

#[tokio::test]
async fn a_new_account_can_sign_in_and_is_in_the_lobby() {
    let scene = Scene::open().await;
    let ada = scene.person("Ada").await;
    assert_eq!((ada.session.user.username.as_str(), ada.session.user.name.as_str()), ("ada", "Ada"));
    let again = sign_in(&scene.chat, "ADA", PASSWORD, HOME).await.unwrap();
    assert_eq!(again.session.user, ada.session.user);
    assert_ne!(again.session.id, ada.session.id);
    let rooms = rooms::list(&scene.chat, ada.actor()).await.unwrap();
    assert_eq!((rooms[0].room.slug.as_str(), rooms[0].standing, rooms[0].members), ("lobby", Standing::Member, 1));
}

#[tokio::test]
async fn a_user_name_is_taken_regardless_of_case_even_in_a_race() {
    let scene = Scene::open().await;
    scene.person("ada").await;
    let register = |username| {
        let new = Registration { username, display_name: "", password: PASSWORD };
        accounts::register(&scene.chat, new, HOME)
    };
    let error = register("ADA").await.unwrap_err().public();
    assert_eq!((error.fields[0].field, error.fields[0].problem), (Field::Username, Problem::Taken));

    let race = futures::future::join_all((0..8).map(|n| register(if n % 2 == 0 { "bob" } else { "Bob" }))).await;
    assert_eq!(race.iter().filter(|result| result.is_ok()).count(), 1);
    for lost in race.into_iter().filter_map(Result::err) {
        assert_eq!(lost.public().fields[0].problem, Problem::Taken);
    }
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let scene = Scene::open().await;
    let new = Registration { username: "-", display_name: &"x".repeat(51), password: "password1" };
    let error = accounts::register(&scene.chat, new, HOME).await.unwrap_err().public();
    let faults: Vec<_> = error.fields.iter().map(|fault| (fault.field, fault.problem)).collect();
    assert_eq!(
        faults,
        [
            (Field::Username, Problem::TooShort { min: 2 }),
            (Field::DisplayName, Problem::TooLong { max: 50 }),
            (Field::Password, Problem::TooCommon)
        ]
    );
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_the_same_answer() {
    let scene = Scene::open().await;
    scene.person("ada").await;
    for (username, password) in [("ada", "not it, sorry"), ("nobody", PASSWORD), ("!", PASSWORD), ("ada", &"x".repeat(9_000))] {
        let error = sign_in(&scene.chat, username, password, HOME).await.unwrap_err().public();
        assert_eq!(error, ErrorCode::WrongCredentials.into(), "{username}");
    }
}

#[tokio::test]
async fn guessing_is_throttled_and_the_owner_still_gets_in() {
    let never = Duration::from_secs(86_400);
    let per_account = Rate { burst: NonZeroU32::new(3).unwrap(), each: never };
    let scene = Scene::with(Limits { per_account, ..limits() }).await;
    scene.person("ada").await;
    let stranger = [203, 0, 113, 7].into();
    for _ in 0..3 {
        assert_eq!(code(sign_in(&scene.chat, "ada", "a guess", stranger).await), ErrorCode::WrongCredentials);
    }
    let refused = sign_in(&scene.chat, "ada", PASSWORD, stranger).await.unwrap_err().public();
    assert_eq!(refused.code, ErrorCode::Throttled);
    assert!(refused.retry_after.is_some());
    sign_in(&scene.chat, "ada", PASSWORD, HOME).await.unwrap();
}
