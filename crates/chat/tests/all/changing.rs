//! Changing a message, and reacting to it.

use chat::{
    Settings,
    messages::{self, Done, NewText},
};
use protocol::{Change, ClientId, ErrorCode, Message, Reaction, Room, Seq, ServerFrame, Window, limits};

use crate::scene::{Person, Scene, code, garden, react, subscribe};

async fn edit(scene: &Scene, person: &Person, room: &Room, seq: Seq, revision: u32, body: &str) -> chat::Result<Done> {
    let text = NewText { room: room.id.into(), seq, body: body.to_owned(), revision };
    messages::edit(&scene.chat, person.actor(), text).await
}

/// The message at a place as a fresh page has it, and what the reader reacted with.
async fn read(scene: &Scene, reader: &Person, room: &Room, seq: Seq) -> (Message, Vec<String>) {
    let page = messages::page(&scene.chat, reader.actor(), &room.id.into(), Window::Latest).await.unwrap();
    let message = page.messages.iter().find(|message| message.seq == seq).unwrap();
    let reacted = page.reacted.into_iter().filter(|(place, _)| *place == seq).map(|(_, emoji)| emoji).collect();
    ((**message).clone(), reacted)
}

#[tokio::test]
async fn an_edited_message_is_another_one_for_everybody_and_for_whoever_was_away() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let client_id = ClientId::generate();
    let sent = bob.try_say(room.id, client_id, "a rose").await.unwrap();
    assert_eq!(read(&scene, &ada, &room, sent.seq).await.0.body, "a rose");
    let socket = ada.connect().await;
    subscribe(&socket, room.id, None).await;

    let done = edit(&scene, &bob, &room, sent.seq, 0, "a tulip").await.unwrap();
    let ServerFrame::Event(event) = socket.next_frame().await else { panic!("no event") };
    assert_eq!((event.seq, &event.actor), (done.seq, &bob.user()));
    let Change::MessageEdited { id, seq, body, revision, edited_at, .. } = event.change.clone() else { panic!("{event:?}") };
    assert_eq!((id, seq, body.as_str(), revision), (sent.message, sent.seq, "a tulip", 1));
    let (message, _) = read(&scene, &ada, &room, sent.seq).await;
    assert_eq!((message.body.as_str(), message.revision, message.edited_at), ("a tulip", 1, Some(edited_at)));

    // Whoever was away for both is told of each, as it is now.
    let late = ada.connect().await;
    late.subscribe(&room.id.into(), Some(Seq(sent.seq.0 - 1)), None).await.unwrap();
    late.next_frame().await;
    let ServerFrame::Event(first) = late.next_frame().await else { panic!("no event") };
    assert_eq!(first.message().unwrap(), message);
    let ServerFrame::Event(second) = late.next_frame().await else { panic!("no event") };
    assert_eq!(second, event);
    // Its send, repeated, is still the same one (G2).
    assert_eq!(bob.try_say(room.id, client_id, "a rose").await.unwrap(), sent);
}

#[tokio::test]
async fn of_two_screens_that_edit_the_later_one_is_told_so_and_a_retry_is_no_second_edit() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let seq = bob.say(room.id, "a rose").await.seq;
    let first = edit(&scene, &bob, &room, seq, 0, "two roses").await.unwrap();
    assert_eq!(code(edit(&scene, &bob, &room, seq, 0, "three roses").await), ErrorCode::Changed);
    assert!(edit(&scene, &bob, &room, seq, 0, "two roses").await.unwrap().seq >= first.seq);
    edit(&scene, &bob, &room, seq, 1, "three roses").await.unwrap();
    assert_eq!(read(&scene, &ada, &room, seq).await.0.revision, 2);
    assert_eq!(scene.texts("SELECT body FROM message_texts ORDER BY revision").await, ["a rose", "two roses"]);

    assert_eq!(
        code(edit(&scene, &ada, &room, seq, 2, "weeds").await),
        ErrorCode::NotAllowed,
        "an owner does not speak for others"
    );
    assert_eq!(code(edit(&scene, &bob, &room, seq, 2, " ").await), ErrorCode::Invalid);
    assert_eq!(code(edit(&scene, &bob, &room, Seq(1), 0, "weeds").await), ErrorCode::NotFound, "somebody joined there");
    let eve = scene.person("eve").await;
    assert_eq!(code(edit(&scene, &eve, &room, seq, 2, "weeds").await), ErrorCode::NotAMember);
    messages::delete(&scene.chat, bob.actor(), &room.id.into(), seq).await.unwrap();
    assert_eq!(code(edit(&scene, &bob, &room, seq, 2, "weeds").await), ErrorCode::NotFound);
    assert_eq!(scene.number("SELECT COUNT(*) FROM message_texts").await, 0, "what it said before has gone too");
}

#[tokio::test]
async fn reactions_are_counted_once_a_person_and_stand_in_the_order_in_which_they_came() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let seq = bob.say(room.id, "a rose").await.seq;
    let first = react(&scene, &ada, &room, seq, "👍", true).await.unwrap().seq;
    let second = react(&scene, &bob, &room, seq, "🌹", true).await.unwrap().seq;
    react(&scene, &bob, &room, seq, "👍", true).await.unwrap();
    // Again is no second one.
    react(&scene, &bob, &room, seq, "👍", true).await.unwrap();
    let (message, reacted) = read(&scene, &bob, &room, seq).await;
    let reaction = |emoji: &str, count, since| Reaction { emoji: emoji.to_owned(), count, since };
    assert_eq!(message.reactions, [reaction("👍", 2, first), reaction("🌹", 1, second)]);
    assert_eq!(reacted, ["🌹", "👍"]);
    assert_eq!(read(&scene, &ada, &room, seq).await.1, ["👍"]);

    let socket = ada.connect().await;
    subscribe(&socket, room.id, None).await;
    react(&scene, &bob, &room, seq, "🌹", false).await.unwrap();
    let ServerFrame::Event(event) = socket.next_frame().await else { panic!("no event") };
    let Change::ReactionChanged { emoji, on, count, .. } = event.change else { panic!("{event:?}") };
    assert_eq!((emoji.as_str(), on, count), ("🌹", false, 0));
    assert_eq!(read(&scene, &bob, &room, seq).await.0.reactions, [reaction("👍", 2, first)]);
    // Whoever was away hears what is so now, for each place.
    let late = ada.connect().await;
    late.subscribe(&room.id.into(), Some(seq), None).await.unwrap();
    late.next_frame().await;
    let mut heard = Vec::new();
    for _ in 0..4 {
        let ServerFrame::Event(event) = late.next_frame().await else { panic!("no event") };
        let Change::ReactionChanged { emoji, on, count, .. } = event.change else { panic!("{event:?}") };
        heard.push((emoji, on, count));
    }
    let heard: Vec<_> = heard.iter().map(|(emoji, on, count)| (emoji.as_str(), *on, *count)).collect();
    assert_eq!(heard, [("👍", true, 2), ("🌹", false, 0), ("👍", true, 2), ("🌹", false, 0)]);

    for no_emoji in ["", "hello", " ", "👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍"] {
        assert_eq!(code(react(&scene, &bob, &room, seq, no_emoji, true).await), ErrorCode::Invalid, "{no_emoji:?}");
    }
    let eve = scene.person("eve").await;
    assert_eq!(code(react(&scene, &eve, &room, seq, "👍", true).await), ErrorCode::NotAMember);
    messages::delete(&scene.chat, bob.actor(), &room.id.into(), seq).await.unwrap();
    assert_eq!(code(react(&scene, &ada, &room, seq, "👍", true).await), ErrorCode::NotFound);
    assert_eq!(scene.number("SELECT COUNT(*) FROM reactions").await, 0);
    assert!(read(&scene, &ada, &room, seq).await.0.reactions.is_empty());
}

#[tokio::test]
async fn a_message_carries_so_many_emoji_and_no_more() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let seq = bob.say(room.id, "a rose").await.seq;
    // One reaction after the other, as fast as it goes.
    let emoji = |n: usize| char::from_u32(0x1f400 + n as u32).unwrap().to_string();
    for n in 0..limits::REACTIONS_MAX {
        react(&scene, &ada, &room, seq, &emoji(n), true).await.unwrap();
    }
    assert_eq!(code(react(&scene, &ada, &room, seq, "👍", true).await), ErrorCode::LimitReached);
    react(&scene, &bob, &room, seq, &emoji(0), true).await.unwrap();
    assert_eq!(read(&scene, &ada, &room, seq).await.0.reactions.len(), limits::REACTIONS_MAX);
}

#[tokio::test]
async fn a_message_is_pinned_by_those_who_keep_order_and_is_so_for_everybody() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let seq = bob.say(room.id, "a rose").await.seq;
    let pin = async |person: &Person, pinned| messages::pin(&scene.chat, person.actor(), &room.id.into(), seq, pinned).await;
    assert_eq!(code(pin(&bob, true).await), ErrorCode::NotAllowed);
    let done = pin(&ada, true).await.unwrap();
    assert_eq!(pin(&ada, true).await.unwrap().seq, done.seq, "again is no second one");
    assert!(read(&scene, &bob, &room, seq).await.0.pinned);
    pin(&ada, false).await.unwrap();
    assert!(!read(&scene, &bob, &room, seq).await.0.pinned);
    pin(&ada, true).await.unwrap();
    messages::delete(&scene.chat, bob.actor(), &room.id.into(), seq).await.unwrap();
    assert!(!read(&scene, &bob, &room, seq).await.0.pinned);
    assert_eq!(scene.number("SELECT COUNT(*) FROM pins").await, 0);
    assert_eq!(code(pin(&ada, true).await), ErrorCode::NotFound);
}

#[tokio::test]
async fn what_it_said_before_is_for_its_author_and_for_those_who_keep_order() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let (eve, kit) = (scene.person("eve").await, scene.person("kit").await);
    kit.join(&room).await;
    let seq = bob.say(room.id, "a rose").await.seq;
    let history = async |actor| messages::history(&scene.chat, actor, &room.id.into(), seq).await;
    edit(&scene, &bob, &room, seq, 0, "two roses").await.unwrap();
    edit(&scene, &bob, &room, seq, 1, "a tulip").await.unwrap();
    for reader in [&bob, &ada] {
        let (asked, texts) = history(reader.actor()).await.unwrap();
        assert_eq!((asked.seq, asked.author, asked.revision), (seq, bob.user(), 2));
        assert_eq!(texts.iter().map(|text| text.body.as_str()).collect::<Vec<_>>(), ["a rose", "two roses", "a tulip"]);
        assert!(texts.is_sorted_by_key(|text| text.from));
        assert_eq!(texts[2].from, read(&scene, &ada, &room, seq).await.0.edited_at.unwrap(), "since when it has it");
    }
    for other in [&kit, &eve] {
        assert_eq!(code(history(other.actor()).await), ErrorCode::NotFound);
    }
    assert_eq!(code(history(chat::Actor::Guest).await), ErrorCode::NotAuthenticated);
    messages::delete(&scene.chat, bob.actor(), &room.id.into(), seq).await.unwrap();
    for reader in [&bob, &ada] {
        assert_eq!(code(history(reader.actor()).await), ErrorCode::NotFound);
    }
    assert_eq!(scene.number("SELECT COUNT(*) FROM message_texts").await, 0);
}

#[tokio::test]
async fn where_the_house_sets_a_time_nothing_is_edited_after_it() {
    let scene = Scene::open().await;
    let (ada, bob, room) = garden(&scene).await;
    let seq = bob.say(room.id, "0").await.seq;
    edit(&scene, &bob, &room, seq, 0, "1").await.unwrap();
    let settings = Settings { edit_minutes: Some(0), ..(*scene.chat.settings()).clone() };
    chat::house::change(&scene.chat, ada.actor(), settings).await.unwrap();
    let page = messages::page(&scene.chat, bob.actor(), &room.id.into(), Window::Latest).await.unwrap();
    assert_eq!(page.rights.edit_minutes, Some(0));
    // In the millisecond in which it was written it still can be.
    let mut revision = 1;
    let error = loop {
        match edit(&scene, &bob, &room, seq, revision, &format!("{}", revision + 1)).await {
            Ok(_) => revision += 1,
            Err(error) => break error.public().code,
        }
    };
    assert_eq!(error, ErrorCode::TooLate);
    assert_eq!(code(messages::editable(&scene.chat, bob.actor(), &room.id.into(), seq).await), ErrorCode::TooLate);
    // What was stored before is no other text, however late it is said again.
    edit(&scene, &bob, &room, seq, revision, &revision.to_string()).await.unwrap();
    messages::delete(&scene.chat, bob.actor(), &room.id.into(), seq).await.unwrap();
}
