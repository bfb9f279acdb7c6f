use argon2::{Argon2, password_hash::PasswordHasher};
use std::{net::IpAddr, time::Duration};

use chat::{
    Actor, Limits, Rate,
    accounts::{self, Registration},
    messages::{self, Outgoing},
    rooms::{self, Search},
    sessions::sign_in,
};
use protocol::{ClientId, ErrorCode, Field, Problem, Standing, Window};

use crate::scene::{HOME, PASSWORD, Scene, code, limits};

#[tokio::test]
async fn a_new_account_can_sign_in_and_is_in_the_lobby() {
    let scene = Scene::open().await;
    let ada = scene.person("Ada").await;
    assert_eq!((ada.session.user.username.as_str(), ada.session.user.name.as_str()), ("ada", "Ada"));
    let again = sign_in(&scene.chat, "ADA", PASSWORD, HOME).await.unwrap();
    assert_eq!(again.session.user, ada.session.user);
    assert_ne!(again.session.id, ada.session.id);
    let rooms = rooms::search(&scene.chat, ada.actor(), Search::default()).await.unwrap().rooms;
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
    let per_account = Rate::new(3, Duration::from_secs(86_400));
    let scene = Scene::with(Limits { per_account, ..limits() }).await;
    scene.person("ada").await;
    let stranger = IpAddr::from([203, 0, 113, 7]);
    for _ in 0..3 {
        assert_eq!(code(sign_in(&scene.chat, "ada", "a guess", stranger).await), ErrorCode::WrongCredentials);
    }
    let refused = sign_in(&scene.chat, "ada", PASSWORD, stranger).await.unwrap_err().public();
    assert_eq!(refused.code, ErrorCode::Throttled);
    assert!(refused.retry_after.is_some());
    sign_in(&scene.chat, "ada", PASSWORD, HOME).await.unwrap();
}

#[tokio::test]
async fn a_user_name_that_can_be_taken_for_another_is_refused() {
    let scene = Scene::open().await;
    for username in ["paul", "maria", "bob", "elia", "ada.l"] {
        scene.person(username).await;
    }
    let register = async |username: &str| {
        let new = Registration { username, display_name: "", password: PASSWORD };
        accounts::register(&scene.chat, new, HOME).await
    };
    for username in [
        "pau1",
        "rnaria",
        "b0b",
        "el1a",
        "ada-l",
        "adal",
        "admin",
        "adm1n",
        "system",
        "0wner",
        "supp0rt",
        "snug",
        "snug-support1",
    ] {
        let error = register(username).await.unwrap_err().public();
        assert_eq!((error.fields[0].field, error.fields[0].problem), (Field::Username, Problem::Taken), "{username}");
    }
    for username in ["ella", "paula", "bob2", "adam"] {
        register(username).await.unwrap();
    }
    let race = futures::future::join_all(["carlo", "car1o", "carl0", "car10"].map(register)).await;
    assert_eq!(race.iter().filter(|result| result.is_ok()).count(), 1);
}

#[tokio::test]
async fn a_name_that_does_not_say_who_it_is_is_marked_wherever_it_stands() {
    let scene = Scene::open().await;
    let register = async |username: &str, display_name: &str| {
        let new = Registration { username, display_name, password: PASSWORD };
        let signed_in = accounts::register(&scene.chat, new, HOME).await.unwrap();
        (signed_in.session.user.ambiguous, Actor::from(Some(&signed_in.session)))
    };
    let (ambiguous, ada) = register("ada", "Ada Lovelace").await;
    assert!(!ambiguous);
    let (ambiguous, grace) = register("grace", "Grace").await;
    assert!(!ambiguous);
    let say = async |actor| {
        let message = Outgoing::new("lobby".to_owned().into(), ClientId::generate(), "hi".to_owned());
        messages::send(&scene.chat, actor, message).await.unwrap();
    };
    say(ada).await;
    say(grace).await;
    let marks = async || {
        let page = messages::page(&scene.chat, ada, &"lobby".to_owned().into(), Window::Latest).await.unwrap();
        page.messages.iter().map(|message| (message.author.username.clone(), message.author.ambiguous)).collect::<Vec<_>>()
    };
    let marked = |ada, grace| vec![("ada".to_owned(), ada), ("grace".to_owned(), grace)];
    assert_eq!(marks().await, marked(false, false));

    // The name of somebody else, letters of another script, another case, the user name of somebody who is called otherwise, the voice
    // of the house.
    for (username, display_name) in [
        ("eve", "Ada Lovelace"),
        ("mal", "Аda  Lоvelace"),
        ("zoe", "GRACE"),
        ("amy", "Ada"),
        ("ivy", "Admin"),
        ("lou", "Lou @ada"),
    ] {
        assert!(register(username, display_name).await.0, "{display_name}");
    }
    assert!(!register("joe", "Joe").await.0);
    assert_eq!(marks().await, marked(true, true));
    say(grace).await;
    let seen = marks().await;
    assert_eq!((&seen[..2], seen[2].1), (&marked(true, true)[..], true));
    let again = sign_in(&scene.chat, "ada", PASSWORD, HOME).await.unwrap();
    assert!(again.session.user.ambiguous);
}

/// The columns are empty in what an older version has left.
#[tokio::test]
async fn names_of_an_older_version_get_their_looks_at_the_next_start() {
    let scene = Scene::with(Limits { rooms_made: u32::MAX, rooms_joined: u32::MAX, ..limits() }).await;
    scene.person("paul").await;
    // One has the name of another, one the user name of somebody who is called otherwise.
    for (username, display_name) in [("saul", "Paul"), ("kim", "Kimberly"), ("kit", "Kim")] {
        let twin = Registration { username, display_name, password: PASSWORD };
        accounts::register(&scene.chat, twin, HOME).await.unwrap();
    }
    let ada = scene.person("ada").await;
    ada.room("Garden", "public").await;
    // More than are filled in one go.
    for n in 0..500 {
        ada.room(&format!("Room {n}"), "public").await;
    }
    scene.sql("UPDATE users SET username_look = NULL, name_look = NULL, ambiguous = FALSE").await;
    scene.sql("UPDATE rooms SET name_look = NULL").await;
    let scene = scene.restart().await;

    for table in ["users", "rooms"] {
        assert_eq!(scene.number(&format!("SELECT COUNT(*) FROM {table} WHERE name_look IS NULL")).await, 0, "{table}");
    }
    for (username, ambiguous) in [("paul", true), ("saul", true), ("kim", false), ("kit", true), ("ada", false)] {
        let session = sign_in(&scene.chat, username, PASSWORD, HOME).await.unwrap().session;
        assert_eq!(session.user.ambiguous, ambiguous, "{username}");
    }
    let new = Registration { username: "pau1", display_name: "", password: PASSWORD };
    assert_eq!(code(accounts::register(&scene.chat, new, HOME).await), ErrorCode::Invalid);
    assert_eq!(rooms::namesake(&scene.chat, ada.actor(), "GARDEN").await.unwrap().unwrap().slug, "garden");
}

/// The same letters, as different keyboards give them.
#[tokio::test]
async fn a_password_is_the_same_in_every_form_in_which_it_can_be_typed() {
    let scene = Scene::open().await;
    let (composed, decomposed) = ("ein schönes Café", "ein\u{a0}scho\u{308}nes\u{3000}Cafe\u{301}");
    for (username, password) in [("ada", composed), ("bob", decomposed)] {
        let new = Registration { username, display_name: "", password };
        accounts::register(&scene.chat, new, HOME).await.unwrap();
        for typed in [composed, decomposed] {
            sign_in(&scene.chat, username, typed, HOME).await.unwrap();
        }
        assert_eq!(code(sign_in(&scene.chat, username, "ein schones Cafe", HOME).await), ErrorCode::WrongCredentials);
    }
}

#[tokio::test]
async fn a_hash_of_another_form_works_once_and_is_then_made_anew() {
    let scene = Scene::open().await;
    scene.person("ada").await;
    let (composed, decomposed) = ("ein schönes Café", "ein scho\u{308}nes Cafe\u{301}");
    // Made before passwords had one form.
    let old = Argon2::default().hash_password(decomposed.as_bytes()).unwrap().to_string();
    scene.sql(&format!("UPDATE users SET password_hash = '{old}'")).await;
    assert_eq!(code(sign_in(&scene.chat, "ada", "ein schones Cafe", HOME).await), ErrorCode::WrongCredentials);
    assert_eq!(scene.texts("SELECT password_hash FROM users").await, std::slice::from_ref(&old));
    sign_in(&scene.chat, "ada", decomposed, HOME).await.unwrap();
    let new = scene.texts("SELECT password_hash FROM users").await;
    assert_ne!(new, [old]);
    for typed in [composed, decomposed] {
        sign_in(&scene.chat, "ada", typed, HOME).await.unwrap();
    }
    assert_eq!(scene.texts("SELECT password_hash FROM users").await, new);
}
