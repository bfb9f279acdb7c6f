//! Several nodes on one database. The broker between them is only a wake-up (G5), so what must hold does so without one.

use std::time::Duration;

use chat::{
    Chat,
    accounts::{self, Registration},
    commands::{self, NewCommand},
    outgoing::{self, NewHook},
    sessions,
};
use futures::future::{join, join_all};
use protocol::{Change, ClientId, CloseCode, ErrorCode, Event, Room, Seq, ServerFrame};
use sea_orm::ConnectionTrait;
use testkit::Redis;
use tokio::time::timeout;

use crate::{
    scene::{HOME, PASSWORD, Person, Scene, code, eventually, subscribe},
    socket::{Delivery, Socket},
};

/// Nobody listens there.
const NO_REDIS: &str = "redis://127.0.0.1:1";

async fn subscriber(person: &Person, chat: &Chat, room: &Room) -> Socket {
    let socket = person.at(chat).connect().await;
    subscribe(&socket, room.id, None).await;
    socket
}

async fn event(socket: &Socket) -> Event {
    match socket.next_frame().await {
        ServerFrame::Event(event) => event,
        other => panic!("not an event: {other:?}"),
    }
}

/// Reads up to a place; every event has to be there, in order and once.
async fn read_all(socket: &Socket, after: Seq, last: Seq) -> Vec<Event> {
    let mut events = Vec::new();
    for seq in after.0 + 1..=last.0 {
        let event = event(socket).await;
        assert_eq!(event.seq, Seq(seq));
        events.push(event);
    }
    events
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_on_one_node_is_heard_on_the_other_without_a_broker() {
    let (scene, other) = Scene::of_two_nodes(NO_REDIS).await;
    let ada = scene.person("ada").await;
    let room = ada.room("Garden", "public").await;
    let socket = subscriber(&ada, &other, &room).await;
    let mut last = Seq(1);
    // More than one look reads at once.
    for n in 0..600 {
        last = ada.say(room.id, &n.to_string()).await.seq;
    }
    read_all(&socket, Seq(1), last).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_nodes_write_to_a_room_and_everyone_has_the_same_order() {
    let redis = Redis::start().await;
    for url in [redis.url().as_str(), NO_REDIS] {
        let (scene, other) = Scene::of_two_nodes(url).await;
        let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
        let room = ada.room("Garden", "public").await;
        bob.join(&room).await;
        let (here, there) = (subscriber(&ada, &scene.chat, &room).await, subscriber(&bob, &other, &room).await);
        let bob = bob.at(&other);
        let write = |person: Person| {
            let room = room.id;
            async move {
                for n in 0..100 {
                    person.say(room, &n.to_string()).await;
                }
            }
        };
        join(write(ada.at(&scene.chat)), write(bob)).await;
        let (here, there) = join(read_all(&here, Seq(2), Seq(202)), read_all(&there, Seq(2), Seq(202))).await;
        assert_eq!(here, there);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_send_that_is_retried_on_the_other_node_gives_the_first_result() {
    let (scene, other) = Scene::of_two_nodes(NO_REDIS).await;
    let ada = scene.person("ada").await;
    let room = ada.room("Garden", "public").await;
    let there = ada.at(&other);
    // At the same moment: neither sees the other's before it commits.
    let pairs = join_all((0..40).map(|_| {
        let id = ClientId::generate();
        join(ada.try_say(room.id, id, "once"), there.try_say(room.id, id, "once"))
    }));
    let mut seqs: Vec<_> = Vec::new();
    for (here, there) in pairs.await {
        let (here, there) = (here.unwrap(), there.unwrap());
        assert_eq!(here, there);
        seqs.push(here.seq.0);
    }
    seqs.sort_unstable();
    assert_eq!(seqs, (2..=41).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_called_while_they_write_on_the_other_node_keeps_nobody_waiting() {
    let (scene, _other) = Scene::of_two_nodes(NO_REDIS).await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    // A row that points to somebody holds them like this until it is committed. Who waited for it while they hold somebody themselves
    // would wait for whoever waits for them.
    let one = scene.begin().await;
    let held = format!("SELECT 1 FROM users WHERE id = '{}' FOR KEY SHARE", bob.user().id);
    one.execute_unprepared(&held).await.unwrap();
    ada.say(room.id, "what says @bob?").await;
    one.rollback().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_made_the_last_owner_on_one_node_is_not_banned_on_the_other() {
    let (scene, other) = Scene::of_two_nodes(NO_REDIS).await;
    let (ada, bob, eve) = (scene.person("ada").await, scene.person("bob").await, scene.person("eve").await);
    let room = ada.room("Garden", "public").await;
    join(bob.join(&room), eve.join(&room)).await;
    ada.set_role(&room, &bob, "moderator").await.unwrap();
    // One node has the room, and is about to make her its owner and to let the owner go.
    let one = scene.begin().await;
    let (room_id, eve_id, ada_id) = (room.id, eve.user().id, ada.user().id);
    let run = async |statement: String| one.execute_unprepared(&statement).await.map(|_| ());
    run(format!("SELECT 1 FROM rooms WHERE id = '{room_id}' FOR UPDATE")).await.unwrap();
    let bob = bob.at(&other);
    let made = async {
        let waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        eventually("the ban waits for the room", async || (scene.number(waiting).await > 0).then_some(())).await;
        run(format!("UPDATE memberships SET role = 'owner' WHERE room_id = '{room_id}' AND user_id = '{eve_id}'")).await.unwrap();
        run(format!("DELETE FROM memberships WHERE room_id = '{room_id}' AND user_id = '{ada_id}'")).await.unwrap();
    };
    let (banned, ()) = join(bob.ban(&room, &eve, "day"), async {
        made.await;
        run("COMMIT".to_owned()).await.unwrap();
    })
    .await;
    assert_eq!(code(banned), ErrorCode::NotAllowed);
    assert_eq!(scene.number("SELECT COUNT(*) FROM memberships WHERE role = 'owner'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_ended_on_one_node_is_cut_on_the_other() {
    let redis = Redis::start().await;
    for url in [redis.url().as_str(), NO_REDIS] {
        let (scene, other) = Scene::of_two_nodes(url).await;
        let ada = scene.person("ada").await;
        let socket = ada.at(&other).connect().await;
        sessions::revoke(&scene.chat, ada.session.id).await.unwrap();
        assert_eq!(socket.next().await, Delivery::Close(CloseCode::SignIn));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_exchanged_on_two_nodes_at_once_has_one_line_of_successors() {
    let (scene, other) = Scene::of_two_nodes(NO_REDIS).await;
    let ada = scene.person("ada").await;
    let mut cookie = ada.refresh_token;
    for round in 0..20 {
        let (here, there) = join(sessions::renew(&scene.chat, &cookie, HOME), sessions::renew(&other, &cookie, HOME)).await;
        let (here, there) = (here.unwrap().refresh_token, there.unwrap().refresh_token);
        cookie = if round % 2 == 0 { here } else { there }.as_str().to_owned();
    }
    // Two parties go on with what each has got, at the same moment: one of them is too late, and then neither goes on.
    let (mine, his) = join(sessions::renew(&scene.chat, &cookie, HOME), sessions::renew(&other, &cookie, HOME)).await;
    let (mine, his) = (mine.unwrap().refresh_token, his.unwrap().refresh_token);
    let (mine, his) = join(sessions::renew(&scene.chat, mine.as_str(), HOME), sessions::renew(&other, his.as_str(), HOME)).await;
    let next = match (mine, his) {
        (Ok(next), Err(_)) | (Err(_), Ok(next)) => next,
        both => panic!("{both:?}"),
    };
    assert!(sessions::renew(&scene.chat, next.refresh_token.as_str(), HOME).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_on_one_node_reads_no_more_on_the_other() {
    let redis = Redis::start().await;
    for url in [redis.url().as_str(), NO_REDIS] {
        let (scene, other) = Scene::of_two_nodes(url).await;
        let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
        let room = ada.room("Kitchen", "open").await;
        bob.join(&room).await;
        let (hers, his) = (subscriber(&ada, &other, &room).await, subscriber(&bob, &other, &room).await);
        bob.leave(&room).await;
        let last = ada.say(room.id, "between us").await.seq;
        read_all(&hers, Seq(2), last).await;
        assert_eq!(event(&his).await.change, Change::MemberLeft);
        assert_eq!(his.next_frame().await, ServerFrame::Unsubscribed { room: room.id, again: false });
        assert!(his.try_next().is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_removed_on_one_node_reads_no_more_on_the_other() {
    let redis = Redis::start().await;
    for url in [redis.url().as_str(), NO_REDIS] {
        let (scene, other) = Scene::of_two_nodes(url).await;
        let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
        let room = ada.room("Plans", "private").await;
        ada.add(&room, "bob").await.unwrap();
        let his = subscriber(&bob, &other, &room).await;
        ada.remove(&room, &bob).await.unwrap();
        ada.say(room.id, "between us").await;
        assert_eq!(event(&his).await.change, Change::MemberRemoved { user: bob.user() });
        assert_eq!(his.next_frame().await, ServerFrame::Unsubscribed { room: room.id, again: false });
        assert!(his.try_next().is_none());
        assert!(bob.at(&other).try_say(room.id, ClientId::generate(), "?").await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_is_made_private_or_deleted_on_one_node_is_gone_on_the_other() {
    let redis = Redis::start().await;
    for url in [redis.url().as_str(), NO_REDIS] {
        let (scene, other) = Scene::of_two_nodes(url).await;
        let (ada, eve) = (scene.person("ada").await, scene.person("eve").await);
        let room = ada.room("Garden", "public").await;
        let stranger = subscriber(&eve, &other, &room).await;
        let name = room.id.into();
        chat::rooms::set_visibility(&scene.chat, ada.actor(), &name, "private").await.unwrap();
        ada.say(room.id, "between us").await;
        assert_eq!(stranger.next_frame().await, ServerFrame::Unsubscribed { room: room.id, again: true });
        assert!(stranger.try_next().is_none());
        assert!(stranger.subscribe(&name, None, None).await.is_err());

        let member = subscriber(&ada, &other, &room).await;
        chat::rooms::delete(&scene.chat, ada.actor(), &name, "Garden").await.unwrap();
        // The log may be gone before the other node has read it.
        let told = member.next_frame().await;
        assert!(matches!(told, ServerFrame::Unsubscribed { room: gone, .. } if gone == room.id), "{told:?}");
        assert!(member.subscribe(&name, None, None).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn typing_on_one_node_is_seen_on_the_other() {
    let redis = Redis::start().await;
    let (scene, other) = Scene::of_two_nodes(&redis.url()).await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    let there = subscriber(&bob, &other, &room).await;
    let heard = async {
        loop {
            // Each from a socket of its own, since one may say it now and then only: what Redis loses is not said again by it, and a
            // node that has just started may not listen yet.
            ada.connect().await.typing(&room.id.into()).await.unwrap();
            if let Ok(delivery) = timeout(Duration::from_millis(100), there.next()).await {
                break delivery;
            }
        }
    };
    let heard = timeout(Duration::from_secs(30), heard).await.expect("typing was not heard");
    assert_eq!(heard, Delivery::Frame(ServerFrame::Typing { room: room.id, user: ada.user() }));
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_start_at_once_make_one_lobby() {
    let (scene, other) = Scene::of_two_nodes(NO_REDIS).await;
    let ada = scene.person("ada").await;
    for chat in [&scene.chat, &other] {
        let rooms = chat::rooms::list(chat, ada.actor()).await.unwrap();
        assert_eq!(rooms.iter().map(|room| room.slug.as_str()).collect::<Vec<_>>(), ["lobby"]);
    }
}

/// Each node looks whether there is such a name before the other one has stored its own.
#[tokio::test(flavor = "multi_thread")]
async fn of_names_that_are_alike_two_nodes_at_once_take_one() {
    let (scene, other) = Scene::of_two_nodes(NO_REDIS).await;
    for [one, another] in [["carlo", "car1o"], ["bob", "b0b"], ["maria", "rnaria"], ["wow", "vvow"], ["ada-l", "ada.l"]] {
        let register =
            |chat, username| accounts::register(chat, Registration { username, display_name: "", password: PASSWORD }, HOME);
        let (first, second) = join(register(&scene.chat, one), register(&other, another)).await;
        assert!(first.is_ok() != second.is_ok(), "{one} {another}");
    }
}

/// The one that comes second is done again, and finds the name taken.
#[tokio::test(flavor = "multi_thread")]
async fn of_commands_of_one_name_two_nodes_at_once_make_one() {
    let (scene, other) = Scene::of_two_nodes(NO_REDIS).await;
    let ada = scene.person("ada").await;
    let room = ada.room("Garden", "public").await.id.into();
    for word in ["water", "weed", "sow", "reap", "rest"] {
        let new = NewCommand { word, name: word, url: "https://example.org/" };
        let made = join(
            commands::create(&scene.chat, ada.actor(), Some(&room), new),
            commands::create(&other, ada.actor(), Some(&room), new),
        );
        let (first, second) = made.await;
        assert!(first.is_ok() != second.is_ok(), "{word}");
        assert_eq!(code(first.and(second)), ErrorCode::Invalid, "{word}");
    }
    assert_eq!(commands::list(&scene.chat, ada.actor(), Some(&room)).await.unwrap().len(), 5);
}

/// Each node marks the names that it sees, which are not those that the other one has not stored yet.
#[tokio::test(flavor = "multi_thread")]
async fn hooks_of_one_name_are_told_apart_when_two_nodes_make_them_at_once() {
    let (scene, other) = Scene::of_two_nodes(NO_REDIS).await;
    let ada = scene.person("ada").await;
    let room = ada.room("Garden", "public").await.id.into();
    for name in ["Gnome", "Rake", "Spade", "Hoe", "Scythe"] {
        let new = NewHook { name, url: "https://example.org/", words: "" };
        let made =
            join(outgoing::create(&scene.chat, ada.actor(), &room, new), outgoing::create(&other, ada.actor(), &room, new));
        let (first, second) = made.await;
        assert!(first.is_ok() && second.is_ok(), "{name}");
    }
    let (_, hooks) = outgoing::list(&scene.chat, ada.actor(), &room).await.unwrap();
    for hook in &hooks {
        assert!(hook.bot.ambiguous, "{}", hook.bot.name);
    }
    assert_eq!(hooks.len(), 10);
}
