//! What people do with their own account: password, sessions, user name, and its end.

use chat::{
    accounts::{Ties, change_password, delete_own, rename, ties},
    sessions::{self, Source, by_access_token, grant, renew, sign_in},
};
use futures::future::join;
use protocol::{Change, CloseCode, ErrorCode, Field, FieldError, Problem, ServerFrame, Window};
use testkit::Redis;

use crate::{
    scene::{HOME, PASSWORD, Person, Scene, code, subscribe},
    socket::Delivery,
};

const NEW: &str = "fern and cinder";

/// Somebody, signed in again from elsewhere.
async fn again(scene: &Scene, username: &str) -> Person {
    let signed_in = sign_in(&scene.chat, username, PASSWORD, HOME).await.unwrap();
    Person::of(&scene.chat, signed_in)
}

fn fields<T: std::fmt::Debug>(result: chat::Result<T>) -> Vec<FieldError> {
    result.unwrap_err().public().fields
}

#[tokio::test]
async fn a_changed_password_ends_everything_else_that_was_signed_in() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let other = again(&scene, "ada").await;
    let (here, there, bobs) = (ada.connect().await, other.connect().await, bob.connect().await);
    let token = grant(&scene.chat, &other.session).unwrap().access_token;

    let wrong = change_password(&scene.chat, &ada.session, "a wrong one", NEW, HOME).await;
    assert_eq!(fields(wrong), [FieldError { field: Field::CurrentPassword, problem: Problem::Wrong }]);
    let common = change_password(&scene.chat, &ada.session, PASSWORD, "password1", HOME).await;
    assert_eq!(fields(common), [FieldError { field: Field::Password, problem: Problem::TooCommon }]);
    assert!(there.try_next().is_none());

    change_password(&scene.chat, &ada.session, PASSWORD, NEW, HOME).await.unwrap();
    assert_eq!(there.next().await, Delivery::Close(CloseCode::SignIn));
    assert_eq!(code(by_access_token(&scene.chat, &token).await), ErrorCode::NotAuthenticated);
    assert_eq!(code(renew(&scene.chat, &other.refresh_token, HOME).await), ErrorCode::NotAuthenticated);
    assert!(here.try_next().is_none() && bobs.try_next().is_none());
    renew(&scene.chat, &ada.refresh_token, HOME).await.unwrap();
    assert_eq!(code(sign_in(&scene.chat, "ada", PASSWORD, HOME).await), ErrorCode::WrongCredentials);
    sign_in(&scene.chat, "ada", NEW, HOME).await.unwrap();
}

#[tokio::test]
async fn of_two_changes_at_once_the_second_does_not_know_the_password_any_more() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let change = |new: &'static str| change_password(&scene.chat, &ada.session, PASSWORD, new, HOME);
    let (one, other) = join(change(NEW), change("moss and cinder")).await;
    assert!(one.is_ok() != other.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_ends_what_is_signed_in_on_another_node() {
    let redis = Redis::start().await;
    for url in [redis.url().as_str(), "redis://127.0.0.1:1"] {
        let (scene, node) = Scene::of_two_nodes(url).await;
        let ada = scene.person("ada").await;
        let there = again(&scene, "ada").await.at(&node).connect().await;
        change_password(&scene.chat, &ada.session, PASSWORD, NEW, HOME).await.unwrap();
        assert_eq!(there.next().await, Delivery::Close(CloseCode::SignIn));
    }
}

#[tokio::test]
async fn sessions_are_listed_with_what_they_are_used_by_and_end_one_by_one_or_all() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let phone = Source { agent: "Phone/1".into(), ..HOME.into() };
    let phone = Person::of(&scene.chat, sign_in(&scene.chat, "ada", PASSWORD, phone).await.unwrap());
    let elsewhere = "203.0.113.9".parse().unwrap();
    renew(&scene.chat, &phone.refresh_token, elsewhere).await.unwrap();
    let third = again(&scene, "ada").await;

    let listed = sessions::list(&scene.chat, &ada.session).await.unwrap();
    assert_eq!(listed.len(), 3);
    assert!(listed[0].is_this && listed[0].id == ada.session.id && listed[1..].iter().all(|listed| !listed.is_this));
    let seen = listed.iter().find(|listed| listed.id == phone.session.id).unwrap();
    assert_eq!((seen.agent.as_str(), seen.address.as_str()), ("Phone/1", "203.0.113.9"));
    assert!(seen.used >= seen.began);

    let (socket, others) = (phone.connect().await, bob.connect().await);
    assert_eq!(code(sessions::revoke_own(&scene.chat, &bob.session, phone.session.id).await), ErrorCode::NotFound);
    sessions::revoke_own(&scene.chat, &ada.session, phone.session.id).await.unwrap();
    assert_eq!(socket.next().await, Delivery::Close(CloseCode::SignIn));
    let socket = third.connect().await;
    sessions::revoke_others(&scene.chat, &ada.session).await.unwrap();
    assert_eq!(socket.next().await, Delivery::Close(CloseCode::SignIn));
    assert_eq!(sessions::list(&scene.chat, &ada.session).await.unwrap().len(), 1);
    assert!(others.try_next().is_none());
}

#[tokio::test]
async fn a_user_name_is_changed_to_one_that_nobody_can_take_for_another() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    ada.say(room.id, "before").await;
    let read = async || chat::messages::page(&scene.chat, bob.actor(), &room.id.into(), Window::Latest).await.unwrap();
    assert_eq!(read().await.messages[0].author.username, "ada");
    for taken in ["bob", "b0b", "admin"] {
        assert_eq!(fields(rename(&scene.chat, &ada.session, taken).await)[0].field, Field::Username, "{taken}");
    }
    // Like one's own is one's own.
    assert_eq!(rename(&scene.chat, &ada.session, "Ada-").await.unwrap().username, "ada-");
    assert_eq!(rename(&scene.chat, &ada.session, "countess").await.unwrap().id, ada.session.user.id);

    assert_eq!(read().await.messages[0].author.username, "countess", "nothing else has happened in the room");
    ada.say(room.id, "after").await;
    let page = read().await;
    assert!(page.messages.iter().all(|message| message.author.username == "countess"), "{page:?}");
    assert_eq!(
        fields(rename(&scene.chat, &bob.session, "c0untess").await)[0].field,
        Field::Username,
        "it looks like her new one"
    );
    sign_in(&scene.chat, "countess", PASSWORD, HOME).await.unwrap();
    assert_eq!(code(sign_in(&scene.chat, "ada", PASSWORD, HOME).await), ErrorCode::WrongCredentials);
    rename(&scene.chat, &bob.session, "ada").await.unwrap();
}

#[tokio::test]
async fn of_a_deleted_account_the_messages_stay_and_nothing_that_was_personal() {
    let scene = Scene::open().await;
    let (owner, ada) = (scene.person("olga").await, scene.person("ada").await);
    let room = owner.room("Garden", "public").await;
    ada.join(&room).await;
    let said = ada.say(room.id, "I was here").await;
    let other = again(&scene, "ada").await;
    let (socket, watcher) = (other.connect().await, owner.connect().await);
    subscribe(&watcher, room.id, Some(said.seq)).await;

    assert_eq!(code(delete_own(&scene.chat, &ada.session, "a wrong one", HOME).await), ErrorCode::Invalid);
    delete_own(&scene.chat, &ada.session, PASSWORD, HOME).await.unwrap();
    assert_eq!(socket.next().await, Delivery::Close(CloseCode::SignIn));
    match watcher.next_frame().await {
        ServerFrame::Event(event) => {
            assert_eq!((event.change, event.actor.name.as_str()), (Change::MemberLeft, "Former member"));
        }
        other => panic!("not an event: {other:?}"),
    }
    assert_eq!(code(ada.try_say(room.id, protocol::ClientId::generate(), "still").await), ErrorCode::NotAMember);
    assert_eq!(code(renew(&scene.chat, &ada.refresh_token, HOME).await), ErrorCode::NotAuthenticated);
    assert_eq!(code(sign_in(&scene.chat, "ada", PASSWORD, HOME).await), ErrorCode::WrongCredentials);

    let page = chat::messages::page(&scene.chat, owner.actor(), &room.id.into(), Window::Latest).await.unwrap();
    assert_eq!((page.messages[0].body.as_str(), page.messages[0].author.name.as_str()), ("I was here", "Former member"));
    let id = ada.session.user.id;
    let hex = id.to_string().replace('-', "");
    let mine = |table: &str, column: &str| {
        format!("SELECT COUNT(*) FROM {table} WHERE lower(replace({}, '-', '')) = '{hex}'", column_text(column))
    };
    for table in ["sessions", "memberships", "devices"] {
        assert_eq!(scene.number(&mine(table, "user_id")).await, 0, "{table}");
    }
    // The name is free again.
    scene.person("ada").await;
}

/// An id as text, on either database.
fn column_text(column: &str) -> String {
    if std::env::var("SNUG_TEST_DATABASE").is_ok_and(|kind| kind == "postgres") {
        format!("{column}::text")
    } else {
        format!("hex({column})")
    }
}

#[tokio::test]
async fn a_last_owner_is_told_who_needs_them_and_stays() {
    let scene = Scene::open().await;
    let (owner, ada, bob) = (scene.person("olga").await, scene.person("ada").await, scene.person("bob").await);
    let (alone, shared) = (ada.room("Alone", "open").await, ada.room("Shared", "open").await);
    bob.join(&shared).await;
    assert_eq!(ties(&scene.chat, &owner.session).await.unwrap(), Ties { house: true, rooms: Vec::new() });
    assert_eq!(code(delete_own(&scene.chat, &owner.session, PASSWORD, HOME).await), ErrorCode::LastOwner);
    assert_eq!(ties(&scene.chat, &ada.session).await.unwrap(), Ties { house: false, rooms: vec![shared.clone()] });
    assert_eq!(code(delete_own(&scene.chat, &ada.session, PASSWORD, HOME).await), ErrorCode::LastOwner);
    ada.say(alone.id, "still here").await;

    bob.leave(&shared).await;
    delete_own(&scene.chat, &ada.session, PASSWORD, HOME).await.unwrap();
}

#[tokio::test]
async fn whoever_goes_takes_their_name_out_of_what_others_were_told() {
    let scene = Scene::open().await;
    let (olga, bob, eve) = (scene.person("olga").await, scene.person("bob").await, scene.person("eve").await);
    let room = bob.room("Garden", "private").await;
    bob.add(&room, "eve").await.unwrap();
    bob.add(&room, "olga").await.unwrap();
    bob.set_role(&room, &eve, "owner").await.unwrap();
    // Of a flood, and one of before names were left out.
    let text = "@bob is refused again and again: too many messages.";
    for (id, kind, text) in [("olga", "flood", text), ("eve", "added", "bob added you to Attic.")] {
        let alert = format!(
            "INSERT INTO alerts (id, user_id, rev, kind, text, author_id, at) SELECT i.id, o.id, 1, '{kind}', '{text}', b.id, 1 \
             FROM users i, users o, users b WHERE i.username = '{id}' AND o.username = 'olga' AND b.username = 'bob'"
        );
        scene.sql(&alert).await;
    }
    let told = async |person: &Person| {
        let alerts = chat::alerts::list(&scene.chat, &person.session, None).await.unwrap().alerts;
        alerts.into_iter().map(|alert| alert.text).collect::<Vec<_>>()
    };
    assert_eq!(told(&eve).await, ["bob made you an owner of Garden.", "bob added you to Garden."]);
    // Whoever is renamed is called by their name of now.
    rename(&scene.chat, &bob.session, "robert").await.unwrap();
    delete_own(&scene.chat, &bob.session, PASSWORD, HOME).await.unwrap();
    assert_eq!(told(&eve).await, ["Former member made you an owner of Garden.", "Former member added you to Garden."]);
    for name in ["bob", "robert"] {
        let left = format!("SELECT COUNT(*) FROM alerts WHERE text LIKE '%{name}%'");
        assert_eq!(scene.number(&left).await, 0, "{name}: {:?}", told(&olga).await);
    }
}
