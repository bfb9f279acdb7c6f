//! The house: how it is run, who is what in it, and what its admins do.

use std::time::Duration;

use chat::{
    Actor, RegistrationMode, Settings,
    accounts::{self, Registration, Ticket},
    house::{self, AuditSearch, By, PeopleSearch},
    messages::{self, Outgoing},
    rooms::{self, NewRoom, Search},
    sessions::{self, sign_in},
};
use protocol::{ClientId, CloseCode, ErrorCode, Extra, Field, HouseRole, Problem, RoomRef, Seq, ServerFrame, Visibility, Window};

use crate::{
    scene::{HOME, PASSWORD, Person, Scene, code, subscribe},
    socket::{Delivery, Socket},
};

fn settings() -> Settings {
    Settings::default()
}

async fn settle(scene: &Scene, owner: &Person, settings: Settings) {
    house::change(&scene.chat, owner.actor(), settings).await.unwrap();
}

async fn register(scene: &Scene, username: &str, ticket: Ticket) -> chat::Result<sessions::SignedIn> {
    let new = Registration { username, display_name: "", password: PASSWORD };
    accounts::register_with(&scene.chat, new, ticket, HOME).await
}

fn lobby() -> RoomRef {
    RoomRef::Slug("lobby".to_owned())
}

#[tokio::test]
async fn what_an_owner_settles_holds_at_once_and_after_a_restart() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let new = Settings { name: " The  Mill ".to_owned(), members_make_rooms: false, ..settings() };
    assert_eq!(code(house::change(&scene.chat, bob.actor(), new.clone()).await), ErrorCode::NotAllowed);
    settle(&scene, &ada, new).await;
    assert_eq!(scene.chat.settings().name, "The Mill");
    let room = NewRoom { name: "garden", topic: "", visibility: "open", allow_duplicate: false };
    assert_eq!(code(rooms::create(&scene.chat, bob.actor(), room).await), ErrorCode::NotAllowed);
    rooms::create(&scene.chat, ada.actor(), room).await.unwrap();
    let scene = scene.restart().await;
    assert_eq!(scene.chat.settings().name, "The Mill");

    let wrong = Settings { name: String::new(), default_rooms: vec!["nowhere".to_owned()], ..settings() };
    let error = house::change(&scene.chat, ada.actor(), wrong).await.unwrap_err().public();
    let faults: Vec<_> = error.fields.iter().map(|fault| (fault.field, fault.problem)).collect();
    assert_eq!(faults, [(Field::Name, Problem::Empty), (Field::DefaultRooms, Problem::NotAChoice)]);
}

#[tokio::test]
async fn another_process_hears_of_a_change_by_itself() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let other = scene.beside().await;
    settle(&scene, &ada, Settings { registration: RegistrationMode::Closed, ..settings() }).await;
    let heard = async {
        while other.settings().registration != RegistrationMode::Closed {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), heard).await.unwrap();
    other.close().await;
}

#[tokio::test]
async fn registration_is_as_the_owner_has_settled() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    settle(&scene, &ada, Settings { registration: RegistrationMode::Closed, ..settings() }).await;
    assert_eq!(code(register(&scene, "bob", Ticket::default()).await), ErrorCode::RegistrationClosed);
    settle(&scene, &ada, Settings { registration: RegistrationMode::ByInvite, ..settings() }).await;
    assert_eq!(code(register(&scene, "bob", Ticket::default()).await), ErrorCode::InviteNeeded);
    // Whoever has the machine makes one all the same.
    let new = Registration { username: "bob", display_name: "", password: PASSWORD };
    accounts::add(&scene.chat, new, HouseRole::Admin).await.unwrap();
    sign_in(&scene.chat, "bob", PASSWORD, HOME).await.unwrap();
}

#[tokio::test]
async fn new_people_join_the_rooms_that_are_settled() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    ada.room("garden", "open").await;
    let rooms = vec!["garden".to_owned(), "lobby".to_owned()];
    settle(&scene, &ada, Settings { default_rooms: rooms, ..settings() }).await;
    let bob = scene.person("bob").await;
    let list = rooms::list(&scene.chat, bob.actor()).await.unwrap();
    assert_eq!(list.iter().map(|room| room.slug.as_str()).collect::<Vec<_>>(), ["garden", "lobby"]);
    settle(&scene, &ada, Settings { default_rooms: Vec::new(), ..settings() }).await;
    let eve = scene.person("eve").await;
    assert!(rooms::list(&scene.chat, eve.actor()).await.unwrap().is_empty());
}

#[tokio::test]
async fn where_nothing_may_be_public_strangers_find_nothing_and_those_who_listen_are_cut() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    ada.say(lobby(), "hello").await;
    let (guest, member) = (Socket::open(&scene.chat, None).await.unwrap(), ada.connect().await);
    subscribe(&guest, lobby(), None).await;
    subscribe(&member, lobby(), None).await;
    settle(&scene, &ada, Settings { public_rooms: false, ..settings() }).await;

    let again = loop {
        if let ServerFrame::Unsubscribed { again, .. } = guest.next_frame().await {
            break again;
        }
    };
    assert!(again);
    assert_eq!(code(guest.subscribe(&lobby(), Some(Seq(1)), None).await), ErrorCode::NotFound);
    // A member is asked to subscribe again, and is given what happened.
    while !matches!(member.next_frame().await, ServerFrame::Unsubscribed { again: true, .. }) {}
    subscribe(&member, lobby(), None).await;

    let page = async |actor| messages::page(&scene.chat, actor, &lobby(), Window::Latest).await;
    assert_eq!(code(page(Actor::Guest).await), ErrorCode::NotFound);
    assert!(rooms::list(&scene.chat, Actor::Guest).await.unwrap().is_empty());
    assert!(rooms::search(&scene.chat, Actor::Guest, Search::default()).await.unwrap().rooms.is_empty());
    assert_eq!(page(ada.actor()).await.unwrap().room.visibility, Visibility::Open);
    // It is an open room: who leaves it reads it no longer.
    rooms::leave(&scene.chat, bob.actor(), &lobby()).await.unwrap();
    assert!(page(bob.actor()).await.unwrap().messages.is_empty());

    settle(&scene, &ada, settings()).await;
    assert_eq!(page(Actor::Guest).await.unwrap().messages.len(), 1);
}

#[tokio::test]
async fn roles_are_changed_by_owners_and_one_owner_stays() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let set = async |by: &Person, whom: &Person, role| house::set_role(&scene.chat, by.actor(), whom.session.user.id, role).await;
    assert_eq!(code(set(&ada, &ada, HouseRole::Member).await), ErrorCode::LastOwner);
    assert_eq!(code(set(&bob, &bob, HouseRole::Owner).await), ErrorCode::NotAllowed);
    set(&ada, &bob, HouseRole::Admin).await.unwrap();
    assert_eq!(code(set(&bob, &bob, HouseRole::Owner).await), ErrorCode::NotAllowed);
    house::may_administer(&scene.chat, bob.actor()).await.unwrap();
    assert_eq!(code(house::may_settle(&scene.chat, bob.actor()).await), ErrorCode::NotFound);
    assert_eq!(scene.texts("SELECT text FROM alerts WHERE kind = 'role_changed'").await, ["You are an admin of this house now."]);

    set(&ada, &bob, HouseRole::Owner).await.unwrap();
    // An owner who is kept out is none who could let others in.
    house::suspend(&scene.chat, ada.actor(), bob.session.user.id, None, "").await.unwrap();
    assert_eq!(code(set(&ada, &ada, HouseRole::Member).await), ErrorCode::LastOwner);
    assert_eq!(code(house::delete(&scene.chat, ada.actor(), ada.session.user.id).await), ErrorCode::LastOwner);
    house::lift(&scene.chat, ada.actor(), bob.session.user.id).await.unwrap();
    set(&ada, &ada, HouseRole::Member).await.unwrap();
    assert_eq!(code(house::may_administer(&scene.chat, ada.actor()).await), ErrorCode::NotFound);
}

#[tokio::test]
async fn two_owners_who_step_down_at_once_leave_one() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    house::set_role(&scene.chat, ada.actor(), bob.session.user.id, HouseRole::Owner).await.unwrap();
    let step_down = |person: &Person| house::set_role(&scene.chat, person.actor(), person.session.user.id, HouseRole::Member);
    let (one, other) = futures::join!(step_down(&ada), step_down(&bob));
    assert_eq!([one, other].iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(scene.number("SELECT COUNT(*) FROM users WHERE role = 'owner'").await, 1);
}

#[tokio::test]
async fn who_is_suspended_is_cut_and_told_until_when_and_why() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let socket = bob.connect().await;
    let id = bob.session.user.id;
    assert_eq!(code(house::suspend(&scene.chat, bob.actor(), ada.session.user.id, None, "").await), ErrorCode::NotAllowed);
    house::suspend(&scene.chat, ada.actor(), id, Some(4_102_444_800_000), "spam").await.unwrap();
    assert_eq!(socket.next().await, Delivery::Close(CloseCode::SignIn));
    assert_eq!(sessions::by_refresh_token(&scene.chat, &bob.refresh_token).await.unwrap(), None);
    assert_eq!(code(sessions::renew(&scene.chat, &bob.refresh_token, HOME).await), ErrorCode::NotAuthenticated);

    let error = sign_in(&scene.chat, "bob", PASSWORD, HOME).await.unwrap_err().public();
    assert_eq!(error.code, ErrorCode::Suspended);
    assert!(error.message().ends_with("It ends on 2100-01-01 00:00 UTC. The reason: spam"), "{}", error.message());
    // Who does not know the password learns nothing.
    assert_eq!(code(sign_in(&scene.chat, "bob", "not it, sorry", HOME).await), ErrorCode::WrongCredentials);
    let token = house::notice(&scene.chat, "bob").await.unwrap().unwrap();
    assert_eq!(house::noticed(&scene.chat, &token).await.unwrap(), error);
    assert_eq!(code(house::noticed(&scene.chat, "x").await), ErrorCode::NotFound);

    house::lift(&scene.chat, ada.actor(), id).await.unwrap();
    sign_in(&scene.chat, "bob", PASSWORD, HOME).await.unwrap();
    // It passes by itself.
    house::suspend(&scene.chat, ada.actor(), id, Some(1), "").await.unwrap();
    sign_in(&scene.chat, "bob", PASSWORD, HOME).await.unwrap();
}

#[tokio::test]
async fn a_reset_link_sets_one_password_and_ends_all_sessions() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let socket = bob.connect().await;
    let before = house::reset_link(&scene.chat, ada.actor(), bob.session.user.id).await.unwrap();
    let token = house::reset_link(&scene.chat, ada.actor(), bob.session.user.id).await.unwrap();
    assert_eq!(code(house::account_of_link(&scene.chat, &before).await), ErrorCode::NotFound);
    assert_eq!(house::account_of_link(&scene.chat, &token).await.unwrap(), bob.user());
    let reset = async |token: &str, password: &str| house::use_reset_link(&scene.chat, token, password, HOME).await;
    assert_eq!(code(reset(&token, "short").await), ErrorCode::Invalid);
    reset(&token, "a brand new pair of words").await.unwrap();
    assert_eq!(code(reset(&token, "and once more the same").await), ErrorCode::NotFound);
    assert_eq!(socket.next().await, Delivery::Close(CloseCode::SignIn));
    assert_eq!(code(sign_in(&scene.chat, "bob", PASSWORD, HOME).await), ErrorCode::WrongCredentials);
    sign_in(&scene.chat, "bob", "a brand new pair of words", HOME).await.unwrap();

    let token = house::reset_link(&scene.chat, ada.actor(), bob.session.user.id).await.unwrap();
    scene.sql("UPDATE links SET expires_at = 1").await;
    assert_eq!(code(reset(&token, "a brand new pair of words").await), ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_use_a_reset_link_at_once_one_sets_the_password() {
    // In one process, and on two nodes.
    let one = Scene::open().await;
    let (two, node) = Scene::of_two_nodes("redis://127.0.0.1:1").await;
    for (scene, other) in [(&one, &one.chat), (&two, &node)] {
        let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
        let token = house::reset_link(&scene.chat, ada.actor(), bob.session.user.id).await.unwrap();
        let passwords = ["a brand new pair of words", "another pair of new words"];
        let (hers, his) = futures::join!(
            house::use_reset_link(&scene.chat, &token, passwords[0], HOME),
            house::use_reset_link(other, &token, passwords[1], HOME)
        );
        let (set, not) = if hers.is_ok() { (passwords[0], passwords[1]) } else { (passwords[1], passwords[0]) };
        let refused: Vec<_> = [hers, his].into_iter().filter(Result::is_err).map(code).collect();
        assert_eq!(refused, [ErrorCode::NotFound]);
        sign_in(&scene.chat, "bob", set, HOME).await.unwrap();
        assert_eq!(code(sign_in(&scene.chat, "bob", not, HOME).await), ErrorCode::WrongCredentials);
    }
}

#[tokio::test]
async fn of_a_deleted_account_the_messages_stay_and_nothing_else() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    bob.say(lobby(), "I was here").await;
    let socket = bob.connect().await;
    house::delete(&scene.chat, ada.actor(), bob.session.user.id).await.unwrap();
    assert_eq!(socket.next().await, Delivery::Close(CloseCode::SignIn));
    let page = messages::page(&scene.chat, ada.actor(), &lobby(), Window::Latest).await.unwrap();
    let message = page.messages.last().unwrap();
    assert_eq!((message.body.as_str(), message.author.name.as_str()), ("I was here", "Former member"));
    assert!(message.author.username.starts_with("-former-"));
    assert_eq!(page.members, 1);
    assert_eq!(code(sign_in(&scene.chat, "bob", PASSWORD, HOME).await), ErrorCode::WrongCredentials);
    assert_eq!(code(sign_in(&scene.chat, &message.author.username, "", HOME).await), ErrorCode::WrongCredentials);
    for table in ["sessions", "devices", "memberships"] {
        let count = format!("SELECT COUNT(*) FROM {table} t JOIN users u ON u.id = t.user_id WHERE u.deleted_at IS NOT NULL");
        assert_eq!(scene.number(&count).await, 0, "{table}");
    }
    assert_eq!(house::people(&scene.chat, ada.actor(), PeopleSearch::default()).await.unwrap().people.len(), 1);
    // The name is free again.
    scene.person("bob").await;
}

#[tokio::test]
async fn an_export_holds_what_is_kept_and_each_deed_stands_in_the_audit_log() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    bob.say(lobby(), "mine").await;
    let extra = Extra::from_text(r#"{"n":1}"#.to_owned()).unwrap();
    let kept = Outgoing { extra: Some(extra), ..Outgoing::new(lobby(), ClientId::generate(), "with more".to_owned()) };
    messages::send(&scene.chat, bob.actor(), kept).await.unwrap();
    let export = house::export(&scene.chat, ada.actor(), bob.session.user.id).await.unwrap();
    assert_eq!((&export["messages"][0]["text"], &export["messages"][1]["extra"]), (&"mine".into(), &r#"{"n":1}"#.into()));
    assert_eq!((&export["account"]["username"], &export["rooms"][0]["address"]), (&"bob".into(), &"lobby".into()));
    assert_eq!(export["sessions"].as_array().unwrap().len(), 1);
    assert!(!export.to_string().contains("argon2"));
    assert_eq!(code(house::export(&scene.chat, bob.actor(), ada.session.user.id).await), ErrorCode::NotAllowed);

    house::sign_out(&scene.chat, By::CommandLine, bob.session.user.id).await.unwrap();
    let search = AuditSearch { subject: "@bob".to_owned(), ..AuditSearch::default() };
    let page = house::audit(&scene.chat, ada.actor(), search).await.unwrap();
    let entries: Vec<_> = page.entries.iter().map(|entry| (entry.actor.as_str(), entry.action.as_str())).collect();
    assert_eq!(entries, [("command line", "sign out"), ("@ada", "export")]);
    assert_eq!(code(house::audit(&scene.chat, bob.actor(), AuditSearch::default()).await), ErrorCode::NotAllowed);
}

#[tokio::test]
async fn an_announcement_reaches_everybody_once() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    scene.person("eve").await;
    assert_eq!(code(house::announce(&scene.chat, bob.actor(), "hi").await), ErrorCode::NotAllowed);
    assert_eq!(code(house::announce(&scene.chat, ada.actor(), &"x".repeat(201)).await), ErrorCode::Invalid);
    for text in ["Tea at\nfour", "Tea at five"] {
        assert_eq!(house::announce(&scene.chat, ada.actor(), text).await.unwrap(), 3);
    }
    assert_eq!(scene.number("SELECT COUNT(DISTINCT user_id) FROM alerts WHERE text = 'Tea at four'").await, 3);
    assert_eq!(scene.number("SELECT COUNT(*) FROM alerts a JOIN users u ON u.id = a.user_id WHERE a.rev = u.rev").await, 3);
}

#[tokio::test]
async fn where_strangers_reach_a_new_server_the_first_account_takes_its_link() {
    let scene = Scene::open().await;
    let first = house::first_link(&scene.chat, true).await.unwrap().unwrap();
    assert_eq!(code(register(&scene, "eve", Ticket::default()).await), ErrorCode::InviteNeeded);
    let ticket = |first: &str| Ticket { first: first.to_owned(), ..Ticket::default() };
    assert_eq!(code(register(&scene, "eve", ticket("guess")).await), ErrorCode::InviteNeeded);
    let race = futures::future::join_all((0..4).map(|n| {
        let (scene, first) = (&scene, &first);
        async move { register(scene, &format!("ada{n}x"), Ticket { first: first.clone(), ..Ticket::default() }).await }
    }));
    assert!(race.await.iter().all(Result::is_ok));
    assert_eq!(scene.number("SELECT COUNT(*) FROM users WHERE role = 'owner'").await, 1);
    assert_eq!(house::first_link(&scene.chat, true).await.unwrap(), None);
}

#[tokio::test]
async fn an_owner_by_command_line_makes_the_link_needless() {
    let scene = Scene::open().await;
    house::first_link(&scene.chat, true).await.unwrap().unwrap();
    let new = Registration { username: "ada", display_name: "", password: PASSWORD };
    accounts::add(&scene.chat, new, HouseRole::Member).await.unwrap();
    assert_eq!(house::person(&scene.chat, By::CommandLine, "ada").await.unwrap().account.role, HouseRole::Owner);
    register(&scene, "bob", Ticket::default()).await.unwrap();
}

#[tokio::test]
async fn figures_count_what_there_is() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    for _ in 0..20 {
        ada.say(lobby(), "again").await;
    }
    let _socket = bob.connect().await;
    let figures = house::figures(&scene.chat, ada.actor()).await.unwrap();
    assert_eq!((figures.people, figures.rooms, figures.messages, figures.connections), (2, 1, 20, 1));
    let sum: f64 = figures.sends.iter().sum();
    assert!((sum - 2.0).abs() < 1e-9, "{sum}");
    assert!(figures.bytes > 0);
    assert_eq!(code(house::figures(&scene.chat, bob.actor()).await), ErrorCode::NotAllowed);
    let room = house::room(&scene.chat, ada.actor(), "lobby").await.unwrap();
    let members = house::members_of(&scene.chat, ada.actor(), "lobby").await.unwrap();
    assert_eq!((room.members, room.messages, members.len()), (2, 20, 2));
}

#[tokio::test]
async fn conversations_are_no_rooms_of_the_house() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    scene.person("eve").await;
    let before = house::figures(&scene.chat, ada.actor()).await.unwrap().rooms;
    let talk = rooms::converse(&scene.chat, bob.actor(), "eve").await.unwrap();
    ada.room("Cellar", "private").await;
    assert_eq!(house::figures(&scene.chat, ada.actor()).await.unwrap().rooms, before + 1);
    let listed = house::rooms(&scene.chat, ada.actor(), "").await.unwrap().rooms;
    assert!(listed.iter().any(|room| room.name == "Cellar") && listed.iter().all(|room| room.visibility != Visibility::Direct));
    assert_eq!(listed.len(), 2);
    assert_eq!(code(house::room(&scene.chat, ada.actor(), &talk.slug).await), ErrorCode::NotFound);
    assert_eq!(code(house::members_of(&scene.chat, By::CommandLine, &talk.slug).await), ErrorCode::NotFound);
}

#[tokio::test]
async fn settings_that_are_saved_as_they_were_are_no_change() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let entered = async || scene.number("SELECT COUNT(*) FROM audit WHERE action = 'change settings'").await;
    settle(&scene, &ada, settings()).await;
    assert_eq!(entered().await, 0);
    let new = Settings { name: "The Mill".to_owned(), ..settings() };
    settle(&scene, &ada, new.clone()).await;
    settle(&scene, &ada, Settings { name: " The  Mill ".to_owned(), ..new }).await;
    assert_eq!(entered().await, 1);
}
