//! Answers, threads, and whom messages call.

use chat::{
    messages::{self, NewText, Outgoing, Sent},
    rooms::{self, MembersSearch},
    threads,
};
use protocol::{Answers, Change, ClientId, ErrorCode, Mention, Message, Presence, Quote, Room, Seq, ServerFrame, Thread, Window};

use crate::scene::{Person, Scene, code, eventually, garden, subscribe};

async fn try_answer(scene: &Scene, person: &Person, room: &Room, answers: Answers, body: &str) -> chat::Result<Sent> {
    let message = Outgoing { answers, ..Outgoing::new(room.id.into(), ClientId::generate(), body.to_owned()) };
    messages::send(&scene.chat, person.actor(), message).await
}

async fn answer(scene: &Scene, person: &Person, room: &Room, answers: Answers, body: &str) -> Sent {
    try_answer(scene, person, room, answers, body).await.unwrap()
}

fn reply_to(seq: Seq) -> Answers {
    Answers { reply_to: Some(seq), ..Answers::default() }
}

fn under(root: Seq, only_in_thread: bool) -> Answers {
    Answers { thread_of: Some(root), only_in_thread, ..Answers::default() }
}

async fn shown(scene: &Scene, reader: &Person, room: &Room) -> Vec<Message> {
    let page = messages::page(&scene.chat, reader.actor(), &room.id.into(), Window::Latest).await.unwrap();
    page.messages.iter().map(|message| (**message).clone()).collect()
}

async fn read(scene: &Scene, reader: &Person, room: &Room, seq: Seq) -> Message {
    shown(scene, reader, room).await.into_iter().find(|message| message.seq == seq).unwrap()
}

/// Sixty more members.
async fn crowd(scene: &Scene, room: &Room) {
    let numbers = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 60)";
    // Ids of sixteen bytes, in the words of either database.
    let is_postgres = std::env::var("SNUG_TEST_DATABASE").is_ok_and(|database| database == "postgres");
    let id = if is_postgres { "gen_random_uuid()" } else { "randomblob(16)" };
    scene
        .sql(&format!(
            "{numbers} INSERT INTO users (id, username, name, ambiguous, password_hash, role, created_at)              SELECT {id}, 'm' || n, 'm', FALSE, '', 'member', 0 FROM n"
        ))
        .await;
    scene
        .sql(&format!(
            "INSERT INTO memberships (room_id, user_id, role, joined_at)              SELECT r.id, u.id, 'member', 0 FROM users u, rooms r WHERE u.username LIKE 'm%' AND r.slug = '{}'",
            room.slug
        ))
        .await;
}

/// Who has something in their inbox, of which message and why.
async fn inbox(scene: &Scene) -> Vec<String> {
    let rows = "SELECT u.username || ' ' || i.seq || ' ' || i.reason FROM inbox i JOIN users u ON u.id = i.user_id ORDER BY i.seq, u.username";
    scene.texts(rows).await
}

#[tokio::test]
async fn a_quote_says_what_the_message_says_now_until_that_is_gone() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let seq = ada.say(room.id, "a **rose**").await.seq;
    let socket = ada.connect().await;
    subscribe(&socket, room.id, None).await;
    let sent = answer(&scene, &bob, &room, reply_to(seq), "which one?").await;
    let quote = Quote { seq, author: ada.user(), line: "a rose".into(), deleted: false };
    let ServerFrame::Event(event) = socket.next_frame().await else { panic!("no event") };
    assert_eq!(event.message().unwrap(), read(&scene, &bob, &room, sent.seq).await);
    assert_eq!(event.message().unwrap().reply_to.as_deref(), Some(&quote));

    let text = NewText { room: room.id.into(), seq, body: "a tulip".into(), revision: 0 };
    messages::edit(&scene.chat, ada.actor(), text).await.unwrap();
    let now = read(&scene, &bob, &room, sent.seq).await.reply_to.unwrap();
    assert_eq!(*now, Quote { line: "a tulip".into(), ..quote.clone() });
    messages::delete(&scene.chat, ada.actor(), &room.id.into(), seq).await.unwrap();
    let now = read(&scene, &bob, &room, sent.seq).await.reply_to.unwrap();
    assert_eq!(*now, Quote { line: String::new(), deleted: true, ..quote });
    // Whoever was away is told of no text that is gone.
    let late = ada.connect().await;
    late.subscribe(&room.id.into(), Some(Seq(sent.seq.0 - 1)), None).await.unwrap();
    late.next_frame().await;
    let ServerFrame::Event(event) = late.next_frame().await else { panic!("no event") };
    assert_eq!(event.message().unwrap().reply_to.unwrap().line, "");
}

#[tokio::test]
async fn only_what_is_there_is_answered() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let other = ada.room("Kitchen", "public").await;
    let there = ada.say(other.id, "soup").await.seq;
    let seq = ada.say(room.id, "a rose").await.seq;
    let reply = answer(&scene, &bob, &room, under(seq, true), "red?").await.seq;
    for (answers, why) in [
        (reply_to(Seq(there.0 + 50)), ErrorCode::NotFound),
        (reply_to(Seq(1)), ErrorCode::NotFound),
        (under(Seq(1), true), ErrorCode::NotFound),
        (under(reply, false), ErrorCode::BadRequest),
        (Answers { only_in_thread: true, ..Answers::default() }, ErrorCode::BadRequest),
    ] {
        assert_eq!(code(try_answer(&scene, &bob, &room, answers, "no").await), why, "{answers:?}");
    }
    let gone = ada.say(room.id, "weeds").await.seq;
    messages::delete(&scene.chat, ada.actor(), &room.id.into(), gone).await.unwrap();
    for answers in [reply_to(gone), under(gone, true)] {
        assert_eq!(code(try_answer(&scene, &bob, &room, answers, "no").await), ErrorCode::NotFound, "{answers:?}");
    }
    // What people talk about goes on when the first message is gone.
    messages::delete(&scene.chat, ada.actor(), &room.id.into(), seq).await.unwrap();
    answer(&scene, &bob, &room, under(seq, true), "and yet").await;
}

#[tokio::test]
async fn a_thread_is_counted_with_its_message_and_stands_in_the_room_only_where_it_is_to() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let root = ada.say(room.id, "a rose").await.seq;
    let socket = ada.connect().await;
    subscribe(&socket, room.id, None).await;
    let first = answer(&scene, &bob, &room, under(root, true), "red?").await;
    let ServerFrame::Event(event) = socket.next_frame().await else { panic!("no event") };
    let Change::MessageCreated { message } = event.change else { panic!("{event:?}") };
    let thread = Thread { replies: 1, last_at: first.at, people: vec![bob.user()] };
    assert_eq!((message.thread.as_deref(), message.only_in_thread), (Some(&thread), true));
    let second = answer(&scene, &ada, &room, under(root, false), "pink").await;
    let thread = Thread { replies: 2, last_at: second.at, people: vec![ada.user(), bob.user()] };
    assert_eq!(read(&scene, &bob, &room, root).await.thread.as_deref(), Some(&thread));
    let seqs: Vec<_> = shown(&scene, &bob, &room).await.iter().map(|message| message.seq).collect();
    assert_eq!(seqs, [root, second.seq], "what stands in the thread alone is not in the room");

    messages::delete(&scene.chat, ada.actor(), &room.id.into(), second.seq).await.unwrap();
    let thread = Thread { replies: 1, last_at: first.at, people: vec![bob.user()] };
    assert_eq!(read(&scene, &bob, &room, root).await.thread.as_deref(), Some(&thread));
    socket.next_frame().await;
    let ServerFrame::Event(event) = socket.next_frame().await else { panic!("no event") };
    let Change::MessageDeleted { thread_of, thread: left, .. } = event.change else { panic!("{event:?}") };
    assert_eq!((thread_of, left.as_deref()), (Some(root), Some(&thread)));
    messages::delete(&scene.chat, bob.actor(), &room.id.into(), first.seq).await.unwrap();
    assert_eq!(read(&scene, &bob, &room, root).await.thread, None);
    // Whoever was away hears the same of each.
    let late = ada.connect().await;
    late.subscribe(&room.id.into(), Some(Seq(root.0)), None).await.unwrap();
    late.next_frame().await;
    for _ in first.seq.0..=second.seq.0 {
        let ServerFrame::Event(event) = late.next_frame().await else { panic!("no event") };
        assert_eq!(event.message().unwrap().thread_of, Some(root));
    }
}

#[tokio::test]
async fn many_answers_at_once_are_all_counted() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let root = ada.say(room.id, "a rose").await.seq;
    let answers = (0..40).map(|n| answer(&scene, if n % 2 == 0 { &ada } else { &bob }, &room, under(root, n % 3 == 0), "yes"));
    let sent = futures::future::join_all(answers).await;
    let thread = read(&scene, &ada, &room, root).await.thread.unwrap();
    assert_eq!((thread.replies, thread.people.len()), (40, 2));
    let last = sent.iter().max_by_key(|sent| sent.seq).unwrap();
    assert_eq!(thread.last_at, last.at);
}

#[tokio::test]
async fn a_retry_is_the_same_answer_and_another_one_is_a_conflict() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let (seq, other) = (ada.say(room.id, "a rose").await.seq, ada.say(room.id, "a tulip").await.seq);
    let message = |answers| Outgoing { answers, ..Outgoing::new(room.id.into(), ClientId::generate(), "yes".to_owned()) };
    for answers in [reply_to(seq), under(seq, true), under(seq, false)] {
        let message = message(answers);
        let sent = messages::send(&scene.chat, bob.actor(), message.clone()).await.unwrap();
        assert_eq!(messages::send(&scene.chat, bob.actor(), message.clone()).await.unwrap(), sent);
        for answers in [Answers::default(), reply_to(other), under(other, true), Answers { thread_of: None, ..reply_to(seq) }] {
            if answers != message.answers {
                let twin = Outgoing { answers, ..message.clone() };
                assert_eq!(code(messages::send(&scene.chat, bob.actor(), twin).await), ErrorCode::Conflict, "{answers:?}");
            }
        }
    }
    assert_eq!(read(&scene, &ada, &room, seq).await.thread.unwrap().replies, 2);
}

#[tokio::test]
async fn who_is_called_answered_or_follows_finds_it_in_the_inbox_once() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let eve = scene.person("eve").await;
    eve.join(&room).await;
    let root = ada.say(room.id, "a rose").await.seq;
    assert!(inbox(&scene).await.is_empty());
    let first = answer(&scene, &bob, &room, reply_to(root), "red?").await.seq;
    assert_eq!(inbox(&scene).await, [format!("ada {first} reply")]);
    // The one who wrote the first message follows the thread under it; who answers does from then on.
    let second = answer(&scene, &bob, &room, under(root, true), "or pink, @Eve? @nobody").await.seq;
    let third = answer(&scene, &ada, &room, Answers { reply_to: Some(second), ..under(root, true) }, "@bob: white").await.seq;
    let fourth = answer(&scene, &eve, &room, under(root, false), "@eve says yes").await.seq;
    let expected = [
        format!("ada {first} reply"),
        format!("ada {second} thread"),
        format!("eve {second} mention"),
        format!("bob {third} mention"),
    ];
    let rest = [format!("ada {fourth} thread"), format!("bob {fourth} thread")];
    assert_eq!(inbox(&scene).await, [&expected[..], &rest[..]].concat());
    let follows =
        "SELECT u.username || ' ' || f.last_read_seq FROM follows f JOIN users u ON u.id = f.user_id ORDER BY u.username";
    assert_eq!(scene.texts(follows).await, [format!("ada {root}"), format!("bob {second}"), format!("eve {fourth}")]);

    messages::delete(&scene.chat, eve.actor(), &room.id.into(), fourth).await.unwrap();
    assert_eq!(inbox(&scene).await, expected);
}

#[tokio::test]
async fn an_edit_calls_others_and_those_who_were_called_by_mistake_no_more() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let eve = scene.person("eve").await;
    let seq = ada.say(room.id, "for @eve and @bob").await.seq;
    assert_eq!(inbox(&scene).await, [format!("bob {seq} mention"), format!("eve {seq} mention")]);
    let rev = "SELECT rev FROM users WHERE username = 'eve'";
    let before = scene.number(rev).await;
    let text = NewText { room: room.id.into(), seq, body: "for @bob".into(), revision: 0 };
    messages::edit(&scene.chat, ada.actor(), text).await.unwrap();
    assert_eq!(inbox(&scene).await, [format!("bob {seq} mention")]);
    assert!(scene.number(rev).await > before, "she is told that nothing is there any more");
    let message = read(&scene, &eve, &room, seq).await;
    assert_eq!(message.mentions, [Mention { word: "bob".into(), user: Some(bob.user().id) }]);
    let text = NewText { room: room.id.into(), seq, body: "for all".into(), revision: 1 };
    messages::edit(&scene.chat, ada.actor(), text).await.unwrap();
    assert!(inbox(&scene).await.is_empty() && read(&scene, &eve, &room, seq).await.mentions.is_empty());
}

#[tokio::test]
async fn who_cannot_read_the_room_is_not_called_and_named_to_the_author() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Cellar", "private").await;
    let sent = answer(&scene, &ada, &room, Answers::default(), "ask @bob and @ada").await;
    assert_eq!(sent.unreached, [bob.user()]);
    assert!(inbox(&scene).await.is_empty());
    assert_eq!(read(&scene, &ada, &room, sent.seq).await.mentions.len(), 2, "the name is a link all the same");
    // Who leaves hears no more of the thread either.
    let open = ada.room("Attic", "open").await;
    bob.join(&open).await;
    let root = bob.say(open.id, "dust").await.seq;
    bob.leave(&open).await;
    let sent = answer(&scene, &ada, &open, Answers { reply_to: Some(root), ..under(root, true) }, "@bob?").await;
    assert_eq!(sent.unreached, [bob.user()]);
    assert!(inbox(&scene).await.is_empty());
}

#[tokio::test]
async fn all_are_called_by_those_who_keep_order_and_in_a_small_room_by_everybody() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let eve = scene.person("eve").await;
    eve.join(&room).await;
    let seq = bob.say(room.id, "tea, @room!").await.seq;
    assert_eq!(inbox(&scene).await, [format!("ada {seq} mention"), format!("eve {seq} mention")]);
    assert_eq!(read(&scene, &eve, &room, seq).await.mentions, [Mention { word: "room".into(), user: None }]);
    messages::delete(&scene.chat, bob.actor(), &room.id.into(), seq).await.unwrap();
    // Those who are here.
    let socket = eve.connect().await;
    socket.greet("1").await.unwrap();
    eventually("Eve is here", async || {
        let page = rooms::members(&scene.chat, bob.actor(), &room.id.into(), MembersSearch::default()).await.unwrap();
        page.members.iter().any(|member| member.user == eve.user() && member.presence != Presence::Offline).then_some(())
    })
    .await;
    let seq = bob.say(room.id, "@here").await.seq;
    assert_eq!(inbox(&scene).await, [format!("eve {seq} mention")]);
    messages::delete(&scene.chat, bob.actor(), &room.id.into(), seq).await.unwrap();

    crowd(&scene, &room).await;
    assert!(bob.say(room.id, "@room").await.unreached.is_empty());
    assert!(inbox(&scene).await.is_empty(), "sixty people are not called by anybody");
    let seq = ada.say(room.id, "@room").await.seq;
    assert_eq!(inbox(&scene).await.len(), 62);
    assert_eq!(scene.number(&format!("SELECT COUNT(*) FROM users WHERE rev > 0 AND username <> 'ada' AND {seq} > 0")).await, 62);
}

#[tokio::test]
async fn a_thread_is_read_in_pages_under_its_first_message() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let root = ada.say(room.id, "a rose").await.seq;
    for n in 0..60 {
        ada.say(room.id, "beside").await;
        answer(&scene, if n % 2 == 0 { &ada } else { &bob }, &room, under(root, n % 2 == 0), &n.to_string()).await;
    }
    let id = room.id.into();
    let read = async |window| messages::thread(&scene.chat, bob.actor(), &id, root, window).await.unwrap();
    let bodies = |page: &protocol::RoomPage| page.messages.iter().map(|message| message.body.clone()).collect::<Vec<_>>();
    let latest = read(Window::Latest).await;
    assert_eq!(
        (latest.root.as_ref().unwrap().seq, latest.has_older, latest.has_newer, latest.following),
        (root, true, false, true)
    );
    assert_eq!(bodies(&latest), (10..60).map(|n| n.to_string()).collect::<Vec<_>>());
    let older = read(Window::Before(latest.messages[0].seq)).await;
    assert_eq!((bodies(&older), older.has_older, older.has_newer), ((0..10).map(|n| n.to_string()).collect(), false, true));
    let around = read(Window::Around(latest.messages[0].seq)).await;
    assert!(around.has_newer && bodies(&around).contains(&"10".to_owned()));

    // What stands in a thread has none, and what is closed to somebody is not there.
    let reply = latest.messages[0].seq;
    assert_eq!(code(messages::thread(&scene.chat, ada.actor(), &id, reply, Window::Latest).await), ErrorCode::NotFound);
    assert_eq!(code(messages::thread(&scene.chat, ada.actor(), &id, Seq(1), Window::Latest).await), ErrorCode::NotFound);
    let stands_in = async |seq| messages::stands_in(&scene.chat, bob.actor(), &id, seq).await.unwrap();
    let also = latest.messages[1].seq;
    assert_eq!((stands_in(root).await, stands_in(also).await), (None, None), "that one stands in the room as well");
    assert_eq!(stands_in(older.messages[0].seq).await, Some(root));
    let eve = scene.person("eve").await;
    let cellar = ada.room("Cellar", "private").await;
    let dark = ada.say(cellar.id, "dark").await.seq;
    assert_eq!(
        code(messages::thread(&scene.chat, eve.actor(), &cellar.id.into(), dark, Window::Latest).await),
        ErrorCode::NotFound
    );
    assert_eq!(code(messages::stands_in(&scene.chat, eve.actor(), &cellar.id.into(), dark).await), ErrorCode::NotFound);
    assert_eq!(code(threads::follow(&scene.chat, eve.actor(), &cellar.id.into(), dark, true).await), ErrorCode::NotFound);
}

#[tokio::test]
async fn threads_are_followed_counted_and_left_for_good() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let eve = scene.person("eve").await;
    let id = room.id.into();
    let root = ada.say(room.id, "a **rose**").await.seq;
    let quiet = ada.say(room.id, "nobody answers").await.seq;
    let followed = async |person: &Person| {
        let list = threads::list(&scene.chat, person.actor()).await.unwrap();
        list.into_iter().map(|thread| (thread.root, thread.unread, thread.mentions)).collect::<Vec<_>>()
    };
    threads::follow(&scene.chat, eve.actor(), &id, quiet, true).await.unwrap();
    assert!(followed(&eve).await.is_empty(), "there is nothing to see yet");
    answer(&scene, &bob, &room, under(root, true), "red?").await;
    let last = answer(&scene, &bob, &room, under(root, false), "@ada?").await.seq;
    assert_eq!(followed(&ada).await, [(root, 2, 1)]);
    assert_eq!(followed(&bob).await, [(root, 0, 0)]);
    let thread = threads::list(&scene.chat, ada.actor()).await.unwrap().remove(0);
    assert_eq!((thread.line.as_str(), &thread.author, thread.thread.replies, thread.last), ("a rose", &ada.user(), 2, last));

    threads::read(&scene.chat, ada.actor(), &id, root, last).await.unwrap();
    threads::read(&scene.chat, ada.actor(), &id, root, root).await.unwrap();
    assert_eq!(followed(&ada).await, [(root, 0, 0)], "marks do not run backwards");
    threads::read(&scene.chat, ada.actor(), &id, root, Seq(i64::MAX)).await.unwrap();
    let next = answer(&scene, &bob, &room, under(root, true), "well?").await.seq;
    assert_eq!(followed(&ada).await, [(root, 1, 0)], "nor ahead");
    // A newer one comes first.
    answer(&scene, &ada, &room, under(quiet, true), "I do").await;
    scene.sql(&format!("UPDATE messages SET created_at = created_at + 1000 WHERE thread_of = {quiet}")).await;
    assert_eq!(followed(&ada).await, [(quiet, 0, 0), (root, 1, 0)]);

    threads::follow(&scene.chat, ada.actor(), &id, root, false).await.unwrap();
    answer(&scene, &ada, &room, under(root, true), "red").await;
    assert_eq!(followed(&ada).await, [(quiet, 0, 0)], "answering does not bring it back");
    let after = answer(&scene, &bob, &room, under(root, true), "so red").await.seq;
    assert!(
        !inbox(&scene).await.contains(&format!("ada {after} thread"))
            && inbox(&scene).await.contains(&format!("ada {next} thread"))
    );
    threads::follow(&scene.chat, ada.actor(), &id, root, true).await.unwrap();
    assert_eq!(followed(&ada).await, [(quiet, 0, 0), (root, 0, 0)], "what came meanwhile is not new");
    // What somebody may not read any more is not among theirs.
    let cellar = ada.room("Cellar", "private").await;
    ada.add(&cellar, "bob").await.unwrap();
    let dark = bob.say(cellar.id, "dark").await.seq;
    answer(&scene, &ada, &cellar, under(dark, true), "very").await;
    assert_eq!(followed(&bob).await.len(), 2);
    ada.remove(&cellar, &bob).await.unwrap();
    assert_eq!(followed(&bob).await.len(), 1);
}

#[tokio::test]
async fn a_name_that_somebody_had_still_leads_to_them() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let seq = ada.say(room.id, "@bob!").await.seq;
    scene.sql("UPDATE users SET username = 'robert' WHERE username = 'bob'").await;
    let message = read(&scene, &ada, &room, seq).await;
    assert_eq!(message.mentions, [Mention { word: "bob".into(), user: Some(bob.user().id) }]);
    let seq = ada.say(room.id, "@bob?").await.seq;
    assert!(read(&scene, &ada, &room, seq).await.mentions.is_empty());
}

#[tokio::test]
async fn an_answer_that_is_sent_again_is_found_though_what_it_answers_has_gone() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let asked = bob.say(room.id, "tea?").await.seq;
    let again = Outgoing { answers: reply_to(asked), ..Outgoing::new(room.id.into(), ClientId::generate(), "yes".to_owned()) };
    let first = messages::send(&scene.chat, ada.actor(), again.clone()).await.unwrap();
    messages::delete(&scene.chat, bob.actor(), &room.id.into(), asked).await.unwrap();
    assert_eq!(messages::send(&scene.chat, ada.actor(), again).await.unwrap(), first);
    assert_eq!(code(try_answer(&scene, &ada, &room, reply_to(asked), "yes").await), ErrorCode::NotFound);
}
