//! Invites: who may make them, whom they let in, and how often.

use chat::{
    Actor, Chat, RegistrationMode, Settings,
    accounts::{self, Registration, Ticket},
    house::{self, By},
    invites::{self, Invite, NewInvite},
    rooms,
};
use protocol::{ErrorCode, Room};

use crate::scene::{HOME, PASSWORD, Person, Scene, a_few_at_a_time, code};

/// Nobody listens there.
const NO_REDIS: &str = "redis://127.0.0.1:1";

/// A room that only its members know of.
async fn private(scene: &Scene, owner: &Person) -> Room {
    let room = owner.room("cellar", "open").await;
    scene.sql("UPDATE rooms SET visibility = 'private' WHERE slug = 'cellar'").await;
    room
}

async fn invite(scene: &Scene, by: &Person, new: NewInvite) -> Invite {
    invites::create(&scene.chat, By::Admin(by.actor()), new).await.unwrap()
}

async fn register(chat: &Chat, username: &str, invite: &str) -> chat::Result<Actor> {
    let new = Registration { username, display_name: "", password: PASSWORD };
    let ticket = Ticket { invite: invite.to_owned(), ..Ticket::default() };
    Ok(Some(&accounts::register_with(chat, new, ticket, HOME).await?.session).into())
}

fn into(room: &Room) -> NewInvite {
    NewInvite { room: Some(room.id.into()), ..NewInvite::default() }
}

#[tokio::test]
async fn an_invite_into_a_private_room_shows_its_name_and_lets_in() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let cellar = private(&scene, &ada).await;
    assert_eq!(code(invites::create(&scene.chat, bob.actor(), into(&cellar)).await), ErrorCode::NotFound);
    let made = invite(&scene, &ada, NewInvite { uses: Some(1), ..into(&cellar) }).await;
    assert_eq!(made.code.len(), 22);
    assert_eq!(invites::show(&scene.chat, &made.code).await.unwrap().room.as_deref(), Some("cellar"));
    assert_eq!(code(invites::accept(&scene.chat, Actor::Guest, &made.code).await), ErrorCode::NotAuthenticated);
    // A member uses nothing up.
    invites::accept(&scene.chat, ada.actor(), &made.code).await.unwrap();
    let joined = invites::accept(&scene.chat, bob.actor(), &made.code).await.unwrap().unwrap();
    assert_eq!(joined.slug, "cellar");
    bob.say(cellar.id, "so this is it").await;
    // It is used up.
    let eve = scene.person("eve").await;
    assert_eq!(code(invites::accept(&scene.chat, eve.actor(), &made.code).await), ErrorCode::NotFound);
    assert_eq!(code(invites::show(&scene.chat, &made.code).await), ErrorCode::NotFound);
}

/// Fifty people try to come in by the one use of an invite, those at even places by one chat, the others by the other.
async fn fifty_race_for_one_use(scene: &Scene, other: &Chat) {
    let ada = scene.person("ada").await;
    let cellar = private(scene, &ada).await;
    let mut people = Vec::new();
    for n in 0..50 {
        people.push(scene.person(&format!("guest-{n:02}-x")).await);
    }
    let made = invite(scene, &ada, NewInvite { uses: Some(1), ..into(&cellar) }).await;
    let race = people.iter().zip([&scene.chat, other].into_iter().cycle());
    let race = race.map(|(person, chat)| invites::accept(chat, person.actor(), &made.code));
    let outcomes = a_few_at_a_time(race).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for outcome in outcomes.into_iter().filter(Result::is_err) {
        assert_eq!(code(outcome), ErrorCode::NotFound);
    }
    assert_eq!(
        scene.number("SELECT COUNT(*) FROM memberships m JOIN rooms r ON r.id = m.room_id WHERE r.slug = 'cellar'").await,
        2
    );
    assert_eq!(scene.number("SELECT uses FROM invites").await, 1);
}

#[tokio::test]
async fn of_fifty_who_race_for_one_use_one_comes_in() {
    let scene = Scene::open().await;
    fifty_race_for_one_use(&scene, &scene.chat).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_who_race_for_one_use_on_two_nodes_one_comes_in() {
    let (scene, other) = Scene::of_two_nodes(NO_REDIS).await;
    fifty_race_for_one_use(&scene, &other).await;
    // Two processes on one database, too, whichever it is.
    let scene = Scene::open().await;
    let other = scene.beside().await;
    fifty_race_for_one_use(&scene, &other).await;
    other.close().await;
}

/// Eight people try to get the one account that an invite is good for, by two chats.
async fn eight_race_for_one_account(scene: &Scene, other: &Chat) {
    let ada = scene.person("ada").await;
    let mode = Settings { registration: RegistrationMode::ByInvite, ..Settings::default() };
    house::change(&scene.chat, ada.actor(), mode.clone()).await.unwrap();
    // The other one has heard of it.
    let heard = async {
        while other.settings().registration != mode.registration {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), heard).await.unwrap();
    let made = invite(scene, &ada, NewInvite { uses: Some(1), ..NewInvite::default() }).await;
    let names: Vec<_> = (0..8).map(|n| format!("racer-{n}-x")).collect();
    let race = names.iter().zip([&scene.chat, other].into_iter().cycle()).map(|(name, chat)| register(chat, name, &made.code));
    let race = futures::future::join_all(race).await;
    assert_eq!(race.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for outcome in race.into_iter().filter(Result::is_err) {
        assert_eq!(code(outcome), ErrorCode::InviteNeeded);
    }
    assert_eq!(scene.number("SELECT COUNT(*) FROM users").await, 2);
}

#[tokio::test]
async fn of_eight_who_race_for_the_one_account_of_an_invite_one_gets_it() {
    let scene = Scene::open().await;
    eight_race_for_one_account(&scene, &scene.chat).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_eight_who_race_for_one_account_on_two_nodes_one_gets_it() {
    let (scene, other) = Scene::of_two_nodes(NO_REDIS).await;
    eight_race_for_one_account(&scene, &other).await;
}

#[tokio::test]
async fn who_registers_with_an_invite_is_in_its_room() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let cellar = private(&scene, &ada).await;
    let mode = Settings { registration: RegistrationMode::ByInvite, ..Settings::default() };
    house::change(&scene.chat, ada.actor(), mode).await.unwrap();
    let made = invite(&scene, &ada, into(&cellar)).await;
    assert!(invites::show(&scene.chat, &made.code).await.unwrap().registers);
    let eve = register(&scene.chat, "eve", &made.code).await.unwrap();
    let rooms = rooms::list(&scene.chat, eve).await.unwrap();
    assert_eq!(rooms.iter().map(|room| room.slug.as_str()).collect::<Vec<_>>(), ["cellar", "lobby"]);

    // Who may only invite into a room of theirs does not open the house.
    let nook = bob.room("nook", "open").await;
    let made = invite(&scene, &bob, into(&nook)).await;
    assert!(!invites::show(&scene.chat, &made.code).await.unwrap().registers);
    assert_eq!(code(register(&scene.chat, "mal", &made.code).await), ErrorCode::InviteNeeded);
    assert_eq!(code(invites::create(&scene.chat, bob.actor(), NewInvite::default()).await), ErrorCode::NotAllowed);
}

#[tokio::test]
async fn an_invite_ends_by_time_by_being_revoked_and_with_its_maker() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let nook = bob.room("nook", "open").await;
    let holds = async |invite: &Invite| invites::show(&scene.chat, &invite.code).await.is_ok();
    let short = invite(&scene, &bob, NewInvite { lasts: Some(60), ..into(&nook) }).await;
    assert!(holds(&short).await);
    scene.sql("UPDATE invites SET expires_at = 1").await;
    assert!(!holds(&short).await);

    let revoked = invite(&scene, &bob, into(&nook)).await;
    let eve = scene.person("eve").await;
    assert_eq!(code(invites::revoke(&scene.chat, eve.actor(), revoked.id).await), ErrorCode::NotAMember);
    assert_eq!(invites::list(&scene.chat, bob.actor(), Some(&nook.id.into())).await.unwrap(), std::slice::from_ref(&revoked));
    invites::revoke(&scene.chat, bob.actor(), revoked.id).await.unwrap();
    assert!(!holds(&revoked).await);
    assert_eq!(code(invites::list(&scene.chat, bob.actor(), None).await), ErrorCode::NotAllowed);

    let made = invite(&scene, &bob, into(&nook)).await;
    house::suspend(&scene.chat, ada.actor(), bob.session.user.id, None, "").await.unwrap();
    assert!(!holds(&made).await);
    house::lift(&scene.chat, ada.actor(), bob.session.user.id).await.unwrap();
    assert!(holds(&made).await);
    house::delete(&scene.chat, ada.actor(), bob.session.user.id).await.unwrap();
    assert!(!holds(&made).await);
}

#[tokio::test]
async fn who_is_banned_does_not_come_in_by_an_invite() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let cellar = private(&scene, &ada).await;
    scene
        .sql(
            "INSERT INTO room_bans (room_id, user_id, by_id, reason, at) SELECT r.id, u.id, a.id, '', 1 FROM rooms r, users u, users a \
             WHERE r.slug = 'cellar' AND u.username = 'bob' AND a.username = 'ada'",
        )
        .await;
    let made = invite(&scene, &ada, NewInvite { uses: Some(1), ..into(&cellar) }).await;
    assert_eq!(code(invites::accept(&scene.chat, bob.actor(), &made.code).await), ErrorCode::Banned);
    assert_eq!(scene.number("SELECT uses FROM invites").await, 0);
}
