//! How often an owner lets things be done, and what they are told of those who do far more.

use std::time::{Duration, Instant};

use chat::{
    Chat, Deed, Limits, Quota, Quotas, Rate, Settings,
    accounts::{self, Registration},
    alerts, house,
    invites::{self, NewInvite},
    rooms::{self, NewRoom},
};
use protocol::{AlertKind, ClientId, ErrorCode, HouseRole, ServerFrame};
use tokio::time::timeout;

use crate::scene::{HOME, PASSWORD, Person, Scene, code, eventually, limits};

async fn settle(scene: &Scene, owner: &Person, quotas: Quotas) {
    let settings = Settings { quotas, ..(*scene.chat.settings()).clone() };
    house::change(&scene.chat, owner.actor(), settings).await.unwrap();
}

fn only(quota: Quota, count: u32) -> Quotas {
    Quotas::default().with(quota, Some(count))
}

/// How many messages in a row are taken.
async fn burst(person: &Person) -> usize {
    let mut taken = 0;
    while taken < 60 && person.try_say("lobby".parse::<protocol::RoomRef>().unwrap(), ClientId::generate(), "hi").await.is_ok() {
        taken += 1;
    }
    taken
}

#[tokio::test]
async fn messages_a_minute_hold_at_once_and_twenty_lines_pass_whatever_is_settled() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    assert_eq!(burst(&bob).await, 60);
    settle(&scene, &ada, only(Quota::Messages, 1)).await;
    assert_eq!(burst(&bob).await, 20);
    let refused =
        bob.try_say("lobby".parse::<protocol::RoomRef>().unwrap(), ClientId::generate(), "hi").await.unwrap_err().public();
    assert_eq!(refused.code, ErrorCode::Throttled);
    assert!(refused.retry_after.is_some_and(|seconds| (1..=60).contains(&seconds)), "{refused:?}");
    // Something else that is settled fills no bucket.
    settle(&scene, &ada, only(Quota::Messages, 1).with(Quota::Rooms, Some(5))).await;
    assert_eq!(burst(&bob).await, 0);
    settle(&scene, &ada, Quotas::default()).await;
    assert_eq!(burst(&bob).await, 60);
}

#[tokio::test]
async fn another_process_holds_to_what_is_settled_by_itself() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let other = scene.beside().await;
    let bob = bob.at(&other);
    assert_eq!(burst(&bob).await, 60);
    settle(&scene, &ada, only(Quota::Messages, 30)).await;
    eventually("the other one has heard of it", async || {
        let quotas = other.settings().quotas;
        quotas.get(Quota::Messages).filter(|count| *count == 30)
    })
    .await;
    let began = Instant::now();
    let taken = burst(&bob).await;
    // One more comes every two seconds.
    assert!((30..=30 + began.elapsed().as_secs() / 2).contains(&u64::try_from(taken).unwrap()), "{taken}");
}

#[tokio::test]
async fn an_owner_allows_no_more_than_the_operator() {
    let scene = Scene::with(Limits { sends: Rate::new(3, Duration::from_secs(86_400)), ..limits() }).await;
    let ada = scene.person("ada").await;
    settle(&scene, &ada, only(Quota::Messages, 1_000)).await;
    assert_eq!(burst(&ada).await, 3);
}

#[tokio::test]
async fn rooms_and_invites_of_a_day_are_counted_each_for_itself() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    settle(&scene, &ada, only(Quota::Rooms, 2).with(Quota::Invites, Some(1))).await;
    let room = bob.room("One", "private").await;
    bob.room("Two", "public").await;
    let new = NewRoom { name: "Three", topic: "", visibility: "public", allow_duplicate: true };
    assert_eq!(code(rooms::create(&scene.chat, bob.actor(), new).await), ErrorCode::Throttled);
    let invite = async || {
        let new = NewInvite { room: Some(room.id.into()), ..NewInvite::default() };
        invites::create(&scene.chat, bob.actor(), new).await
    };
    invite().await.unwrap();
    assert_eq!(code(invite().await), ErrorCode::Throttled);
}

#[tokio::test]
async fn an_address_registers_sends_and_invites_so_often() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let quotas = only(Quota::RegistrationsFromAddress, 2).with(Quota::MessagesFromAddress, Some(25));
    settle(&scene, &ada, quotas.with(Quota::InvitesFromAddress, Some(1)).with(Quota::RoomsFromAddress, Some(1))).await;
    let register = async |username: &'static str, from: std::net::IpAddr| {
        let new = Registration { username, display_name: "", password: PASSWORD };
        accounts::register(&scene.chat, new, from).await
    };
    register("bob", HOME).await.unwrap();
    // What is refused for another reason is none.
    assert_eq!(code(register("bob", HOME).await), ErrorCode::Invalid);
    register("cid", HOME).await.unwrap();
    let refused = register("dan", HOME).await.unwrap_err().public();
    assert_eq!(refused.code, ErrorCode::Throttled);
    assert!(refused.retry_after.is_some_and(|seconds| seconds > 3_600), "{refused:?}");
    register("dan", [203, 0, 113, 7].into()).await.unwrap();
    for (deed, count) in [(Deed::Send, 25), (Deed::Invite, 1), (Deed::CreateRoom, 1)] {
        (0..count).for_each(|_| scene.chat.admit(deed, HOME).unwrap());
        assert_eq!(code(scene.chat.admit(deed, HOME)), ErrorCode::Throttled, "{deed:?}");
    }
}

/// An account does what it is refused a hundred times.
async fn flood(chat: &Chat, person: &Person) {
    let person = person.at(chat);
    let lobby = || "lobby".parse::<protocol::RoomRef>().unwrap();
    while person.try_say(lobby(), ClientId::generate(), "hi").await.is_ok() {}
    for _ in 0..120 {
        assert_eq!(code(person.try_say(lobby(), ClientId::generate(), "hi").await), ErrorCode::Throttled);
    }
}

/// What somebody was told of floods, once there is as much of it.
async fn told(person: &Person, chat: &Chat, count: usize) -> Vec<String> {
    for _ in 0..2_000 {
        let alerts = alerts::list(chat, &person.session, None).await.unwrap().alerts;
        let floods = alerts.into_iter().filter(|alert| alert.kind == AlertKind::Flood).map(|alert| alert.text);
        let floods: Vec<_> = floods.collect();
        if floods.len() >= count {
            return floods;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not told")
}

#[tokio::test]
async fn those_who_run_the_house_are_told_of_a_flood_once() {
    let tight = Limits { sends: Rate::new(5, Duration::from_secs(3_600)), ..limits() };
    let scene = Scene::with(tight.clone()).await;
    let [ada, bob, cid] = [scene.person("ada").await, scene.person("bob").await, scene.person("cid").await];
    house::set_role(&scene.chat, ada.actor(), cid.user().id, HouseRole::Admin).await.unwrap();
    flood(&scene.chat, &bob).await;
    let text = "@bob is refused again and again: too many messages.".to_owned();
    assert_eq!(told(&ada, &scene.chat, 1).await, std::slice::from_ref(&text));
    // No more of the same, after a restart neither; another one is told of.
    let scene = scene.restart_with(tight).await;
    flood(&scene.chat, &bob).await;
    (0..100_000).for_each(|_| drop(scene.chat.admit(Deed::Invite, "2001:db8::1".parse().unwrap())));
    let all = ["2001:db8::/64 is refused again and again: too many invites.".to_owned(), text];
    for person in [&ada, &cid] {
        assert_eq!(told(person, &scene.chat, 2).await, all);
    }
    assert_eq!(scene.number("SELECT COUNT(*) FROM alerts WHERE kind = 'flood'").await, 4, "nobody else");
}

#[tokio::test]
async fn guesses_at_a_password_are_told_of_where_there_is_such_an_account() {
    let scene = Scene::with(Limits { per_account: Rate::new(1, Duration::from_secs(86_400)), ..limits() }).await;
    let ada = scene.person("ada").await;
    scene.person("bob").await;
    for name in ["nobody", "bob"] {
        for n in 0..120 {
            let from = std::net::IpAddr::from([203, 0, 113, n]);
            chat::sessions::sign_in(&scene.chat, name, "a guess", from).await.unwrap_err();
        }
    }
    assert_eq!(told(&ada, &scene.chat, 1).await, ["Somebody tries to sign in as @bob again and again, and is refused."]);
}

#[tokio::test]
async fn an_announcement_reaches_live_sockets_by_one_signal() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let sockets = [ada.connect().await, bob.connect().await, bob.connect().await];
    for socket in &sockets {
        socket.greet("1").await.unwrap();
        assert!(matches!(socket.next_frame().await, ServerFrame::Hello { .. }));
    }
    // A node that is alone looks by itself every 4.5 s: so many would take it three minutes.
    let heard = async {
        for n in 1..=40 {
            house::announce(&scene.chat, ada.actor(), "Tea is ready").await.unwrap();
            for socket in &sockets {
                assert_eq!(socket.next_frame().await, ServerFrame::AlertsChanged { rev: n, unread: n.unsigned_abs() });
                assert_eq!(socket.next_frame().await, ServerFrame::RoomsChanged { rev: n });
            }
        }
    };
    timeout(Duration::from_secs(60), heard).await.expect("the signal does not bring it");
}
