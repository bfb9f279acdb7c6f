//! Who reacted, pins and bookmarks.

use chat::{accounts, bookmarks, house, messages, rooms};
use protocol::{Change, ErrorCode, Room, Seq, ServerFrame, Window, limits};

use crate::scene::{HOME, PASSWORD, Person, Scene, code, garden, react, subscribe};

async fn pin(scene: &Scene, person: &Person, room: &Room, seq: Seq, pinned: bool) -> chat::Result<messages::Done> {
    messages::pin(&scene.chat, person.actor(), &room.id.into(), seq, pinned).await
}

async fn keep(scene: &Scene, person: &Person, room: &Room, seq: Seq, on: bool) -> chat::Result<()> {
    bookmarks::bookmark(&scene.chat, &person.session, &room.id.into(), seq, on).await
}

/// What somebody keeps, by its text.
async fn kept(scene: &Scene, person: &Person) -> Vec<String> {
    let page = bookmarks::list(&scene.chat, &person.session, 1).await.unwrap();
    page.bookmarks.into_iter().map(|bookmark| bookmark.body).collect()
}

async fn page(scene: &Scene, person: &Person, room: &Room) -> protocol::RoomPage {
    messages::page(&scene.chat, person.actor(), &room.id.into(), Window::Latest).await.unwrap()
}

#[tokio::test]
async fn one_emoji_counts_once_however_it_is_written_and_what_is_none_is_refused() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let seq = bob.say(room.id, "a rose").await.seq;
    react(&scene, &ada, &room, seq, "❤", true).await.unwrap();
    react(&scene, &bob, &room, seq, "❤\u{fe0f}", true).await.unwrap();
    let reactions = page(&scene, &ada, &room).await.messages[0].reactions.clone();
    assert_eq!(reactions.iter().map(|one| (one.emoji.as_str(), one.count)).collect::<Vec<_>>(), [("❤\u{fe0f}", 2)]);
    for text in ["", "a rose", ":heart:", "👍👍", "😀🏽"] {
        assert_eq!(code(react(&scene, &ada, &room, seq, text, true).await), ErrorCode::Invalid, "{text}");
    }
}

#[tokio::test]
async fn those_who_may_see_who_is_there_see_who_reacted() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let seq = bob.say(room.id, "a rose").await.seq;
    react(&scene, &bob, &room, seq, "👍", true).await.unwrap();
    react(&scene, &ada, &room, seq, "👍", true).await.unwrap();
    react(&scene, &ada, &room, seq, "🌹", true).await.unwrap();
    let who = |person: &Person, emoji: &'static str| {
        let (chat, actor, room) = (scene.chat.clone(), person.actor(), room.id.into());
        async move { messages::who_reacted(&chat, actor, &room, seq, emoji).await }
    };
    let names = who(&ada, "👍").await.unwrap().people.into_iter().map(|user| user.username).collect::<Vec<_>>();
    assert_eq!(names, ["bob", "ada"], "in the order in which they did");
    assert_eq!(who(&ada, "🎉").await.unwrap(), messages::Reactors::default());
    assert_eq!(code(who(&ada, "x").await), ErrorCode::NotFound);
    let found = messages::reactors(&scene.chat, bob.actor(), &room.id.into(), seq, "🌹", 0).await.unwrap();
    assert_eq!((found.emoji.as_deref(), found.own, found.people.len()), (Some("🌹"), vec!["👍".to_owned()], 1));
    let guest = messages::who_reacted(&scene.chat, chat::Actor::Guest, &room.id.into(), seq, "👍").await;
    assert_eq!(code(guest), ErrorCode::NotAuthenticated);
    let hidden = ada.room("Plans", "private").await;
    let secret = ada.say(hidden.id, "hush").await.seq;
    let asked = messages::who_reacted(&scene.chat, bob.actor(), &hidden.id.into(), secret, "👍").await;
    assert_eq!(code(asked), ErrorCode::NotFound);
    messages::delete(&scene.chat, bob.actor(), &room.id.into(), seq).await.unwrap();
    assert_eq!(who(&ada, "👍").await.unwrap(), messages::Reactors::default());
    assert_eq!(scene.number("SELECT COUNT(*) FROM reactions").await, 0);
}

#[tokio::test]
async fn ten_thousand_reactions_are_one_number_to_a_page_and_a_page_at_a_time_to_whoever_asks() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let seq = bob.say(room.id, "a rose").await.seq;
    react(&scene, &bob, &room, seq, "👍", true).await.unwrap();
    let postgres = std::env::var("SNUG_TEST_DATABASE").is_ok_and(|database| database == "postgres");
    let id = if postgres { "gen_random_uuid()" } else { "randomblob(16)" };
    scene
        .sql(&format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) \
             INSERT INTO users (id, username, name, ambiguous, password_hash, role, created_at) \
             SELECT {id}, 'user' || i, 'Person ' || i, FALSE, '', 'member', 0 FROM n"
        ))
        .await;
    scene
        .sql(
            "INSERT INTO reactions (room_id, seq, user_id, emoji, at) SELECT x.room_id, x.seq, u.id, x.emoji, x.at + 1 \
             FROM reactions x, users u WHERE u.username LIKE 'user%'",
        )
        .await;
    scene.sql("UPDATE messages SET reactions = REPLACE(reactions, '\"count\":1', '\"count\":10000')").await;
    let scene = scene.restart().await;
    let (ada, bob) = (ada.at(&scene.chat), bob.at(&scene.chat));
    react(&scene, &ada, &room, seq, "👍", true).await.unwrap();
    let message = page(&scene, &ada, &room).await;
    assert_eq!(message.messages[0].reactions[0].count, 10_001);
    assert_eq!(message.reacted, [(seq, "👍".to_owned())]);
    let who = messages::who_reacted(&scene.chat, ada.actor(), &room.id.into(), seq, "👍").await.unwrap();
    assert_eq!((who.people.len(), who.more, who.people[0].username.as_str()), (10, 9_991, "bob"));
    let found = messages::reactors(&scene.chat, bob.actor(), &room.id.into(), seq, "👍", 201).await.unwrap();
    assert_eq!((found.people.len(), found.has_more, found.people[0].username.as_str()), (1, false, "ada"));
    react(&scene, &bob, &room, seq, "👍", false).await.unwrap();
    assert_eq!(page(&scene, &bob, &room).await.messages[0].reactions[0].count, 10_000);
}

#[tokio::test]
async fn what_is_pinned_is_a_list_for_all_who_read_and_the_work_of_those_who_keep_order() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let (first, second) = (bob.say(room.id, "a rose").await.seq, bob.say(room.id, "a tulip").await.seq);
    assert_eq!(code(pin(&scene, &bob, &room, first, true).await), ErrorCode::NotAllowed);
    let socket = bob.connect().await;
    subscribe(&socket, room.id, None).await;
    pin(&scene, &ada, &room, first, true).await.unwrap();
    let ServerFrame::Event(event) = socket.next_frame().await else { panic!("no event") };
    assert!(matches!(event.change, Change::MessagePinned { seq, pinned: true, .. } if seq == first), "{event:?}");
    pin(&scene, &ada, &room, first, true).await.unwrap();
    pin(&scene, &ada, &room, second, true).await.unwrap();
    let seen = page(&scene, &bob, &room).await;
    assert_eq!((seen.pinned.as_slice(), seen.rights.pin), ([first, second].as_slice(), false));
    assert!(page(&scene, &ada, &room).await.rights.pin);
    let older = messages::page(&scene.chat, bob.actor(), &room.id.into(), Window::Before(second)).await.unwrap();
    assert_eq!(older.pinned, [first, second], "also those that are not shown");
    let pins = messages::pins(&scene.chat, bob.actor(), &room.id.into()).await.unwrap();
    let listed: Vec<_> = pins.pins.iter().map(|pinned| (pinned.body.as_str(), pinned.by.username.as_str())).collect();
    assert_eq!((listed, pins.may_pin), (vec![("a tulip", "ada"), ("a rose", "ada")], false));
    assert!(messages::pins(&scene.chat, chat::Actor::Guest, &room.id.into()).await.is_ok());
    pin(&scene, &ada, &room, second, false).await.unwrap();
    messages::delete(&scene.chat, bob.actor(), &room.id.into(), first).await.unwrap();
    assert_eq!(page(&scene, &bob, &room).await.pinned, []);
    assert_eq!(code(pin(&scene, &ada, &room, first, true).await), ErrorCode::NotFound);
}

#[tokio::test]
async fn a_room_holds_so_many_pins() {
    let scene = Scene::open().await;
    let (ada, _, room) = garden(&scene).await;
    for _ in 0..limits::PINS_MAX {
        let seq = ada.say(room.id, "a rose").await.seq;
        pin(&scene, &ada, &room, seq, true).await.unwrap();
    }
    let seq = ada.say(room.id, "a tulip").await.seq;
    assert_eq!(code(pin(&scene, &ada, &room, seq, true).await), ErrorCode::LimitReached);
}

#[tokio::test]
async fn bookmarks_are_ones_own_on_all_devices_and_go_with_what_they_are_of() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let plans = ada.room("Plans", "private").await;
    ada.add(&plans, "bob").await.unwrap();
    let (first, second) = (ada.say(room.id, "a rose").await.seq, ada.say(plans.id, "a wall").await.seq);
    let phone = bob.connect().await;
    phone.greet("1").await.unwrap();
    assert!(matches!(phone.next_frame().await, ServerFrame::Hello { .. }));
    keep(&scene, &bob, &room, first, true).await.unwrap();
    let ServerFrame::BookmarkChanged { seq, on: true, rev, .. } = phone.next_frame().await else { panic!("another frame") };
    assert_eq!(seq, first);
    // Again is no second one, and nothing is told.
    keep(&scene, &bob, &room, first, true).await.unwrap();
    keep(&scene, &bob, &plans, second, true).await.unwrap();
    let next = phone.next_frame().await;
    assert!(matches!(next, ServerFrame::BookmarkChanged { rev: next, .. } if next == rev + 1), "{next:?}");
    assert_eq!(kept(&scene, &bob).await, ["a wall", "a rose"]);
    assert_eq!((kept(&scene, &ada).await, page(&scene, &ada, &room).await.bookmarked), (Vec::new(), Vec::new()));
    assert_eq!(page(&scene, &bob, &room).await.bookmarked, [first]);

    ada.remove(&plans, &bob).await.unwrap();
    assert_eq!(kept(&scene, &bob).await, ["a rose"], "what one may not read any more one does not see");
    assert_eq!(code(keep(&scene, &bob, &plans, second, true).await), ErrorCode::NotFound);
    messages::delete(&scene.chat, ada.actor(), &room.id.into(), first).await.unwrap();
    assert_eq!(kept(&scene, &bob).await, Vec::<String>::new());
    assert_eq!(code(keep(&scene, &bob, &room, first, true).await), ErrorCode::NotFound);
    assert_eq!(code(keep(&scene, &bob, &room, Seq(1), true).await), ErrorCode::NotFound, "somebody joined there");
}

#[tokio::test]
async fn what_is_personal_goes_with_the_account_and_everything_with_the_room() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let seq = ada.say(room.id, "a rose").await.seq;
    react(&scene, &bob, &room, seq, "👍", true).await.unwrap();
    keep(&scene, &bob, &room, seq, true).await.unwrap();
    keep(&scene, &ada, &room, seq, true).await.unwrap();
    pin(&scene, &ada, &room, seq, true).await.unwrap();
    let export = house::export(&scene.chat, ada.actor(), bob.user().id).await.unwrap();
    assert_eq!((&export["reactions"][0]["emoji"], &export["bookmarks"][0]["seq"]), (&"👍".into(), &seq.0.into()));
    accounts::delete_own(&scene.chat, &bob.session, PASSWORD, HOME).await.unwrap();
    assert_eq!(scene.number("SELECT COUNT(*) FROM bookmarks").await, 1);
    // As what they wrote: it stays, and says no more who it was.
    let who = messages::who_reacted(&scene.chat, ada.actor(), &room.id.into(), seq, "👍").await.unwrap();
    assert_eq!(who.people[0].name, "Former member");

    rooms::delete(&scene.chat, ada.actor(), &room.id.into(), "Garden").await.unwrap();
    let left = "SELECT (SELECT COUNT(*) FROM rooms WHERE deleted_at IS NOT NULL) + (SELECT COUNT(*) FROM reactions) \
                + (SELECT COUNT(*) FROM pins) + (SELECT COUNT(*) FROM bookmarks)";
    tokio::time::timeout(std::time::Duration::from_secs(20), async {
        while scene.number(left).await > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
}
