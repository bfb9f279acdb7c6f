//! What is new: exact on every device, by whatever way it comes, and never running backwards by itself.

use chat::{Chat, reads};
use protocol::{News, Room, RoomUnread, Seq, ServerFrame};
use testkit::Redis;

use crate::{
    scene::{Person, Scene},
    socket::Socket,
};

/// Nobody listens there.
const NO_REDIS: &str = "redis://127.0.0.1:1";

/// A socket that hears what is its person's own.
async fn greeted(person: &Person) -> Socket {
    let socket = person.connect().await;
    socket.greet("1").await.unwrap();
    socket
}

async fn listed(chat: &Chat, person: &Person, room: &Room) -> RoomUnread {
    let list = reads::list(chat, person.actor()).await.unwrap();
    list.rooms.into_iter().find(|unread| unread.room == room.id).expect("the room is in the list")
}

/// How many are new and up to where it was read.
async fn unread(chat: &Chat, person: &Person, room: &Room) -> (u64, i64) {
    let room = listed(chat, person, room).await;
    (room.unread, room.last_read.0)
}

/// Waits for a mark at a place; others are left out.
async fn marked(socket: &Socket, at: Seq) -> (u64, i64) {
    loop {
        if let ServerFrame::Read { last_read, unread, head, .. } = socket.next_news().await
            && last_read == at
        {
            return (unread, head.0);
        }
    }
}

async fn activity(socket: &Socket, room: &Room) -> (i64, i64, Vec<News>) {
    loop {
        if let ServerFrame::Activity { room: of, from, head, entries } = socket.next_news().await
            && of == room.id
        {
            return (from.0, head.0, entries);
        }
    }
}

#[tokio::test]
async fn what_counts_is_what_others_said_since_and_is_still_there() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    ada.say(room.id, "before").await;
    bob.join(&room).await;
    assert_eq!(unread(&scene.chat, &bob, &room).await, (0, 3), "what was said before one came is not new");
    let first = ada.say(room.id, "one").await.seq;
    let second = ada.say(room.id, "two").await.seq;
    assert_eq!(unread(&scene.chat, &bob, &room).await, (2, 3));
    chat::messages::delete(&scene.chat, ada.actor(), &room.id.into(), first).await.unwrap();
    assert_eq!(unread(&scene.chat, &bob, &room).await.0, 1);

    // A place beyond the head is not one.
    let socket = greeted(&bob).await;
    socket.read(room.id, Seq(1_000));
    assert_eq!(marked(&socket, Seq(second.0 + 1)).await.0, 0);
    for n in 0..120 {
        ada.say(room.id, &n.to_string()).await;
    }
    assert_eq!(unread(&scene.chat, &bob, &room).await.0, 100);
    // Who writes has read what stands before.
    let own = bob.say(room.id, "all read").await.seq;
    assert_eq!(marked(&socket, own).await, (0, own.0));
    assert!(reads::list(&scene.chat, chat::Actor::Guest).await.unwrap().rooms.is_empty());
}

#[tokio::test]
async fn a_mark_moves_on_all_devices_and_never_back_by_itself() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    bob.join(&room).await;
    let (phone, desk, hers) = (greeted(&bob).await, greeted(&bob).await, greeted(&ada).await);
    let mut last = Seq(0);
    for n in 0..5 {
        last = ada.say(room.id, &n.to_string()).await.seq;
    }
    phone.read(room.id, Seq(last.0 - 2));
    for socket in [&phone, &desk] {
        assert_eq!(marked(socket, Seq(last.0 - 2)).await, (2, last.0));
    }
    // The later one is behind, and both are written together.
    desk.read(room.id, last);
    phone.read(room.id, Seq(last.0 - 1));
    for socket in [&phone, &desk] {
        assert_eq!(marked(socket, last).await, (0, last.0));
    }
    phone.read(room.id, Seq(1));
    let back = reads::mark_unread(&scene.chat, bob.actor(), &room.id.into(), Seq(last.0 - 3)).await.unwrap();
    assert_eq!((back.unread, back.last_read), (4, Seq(last.0 - 4)));
    for socket in [&phone, &desk] {
        assert_eq!(marked(socket, Seq(last.0 - 4)).await, (4, last.0));
    }
    assert_eq!(unread(&scene.chat, &bob, &room).await.0, 4);
    assert!(!hers.all_news().iter().any(|frame| matches!(frame, ServerFrame::Read { last_read, .. } if *last_read < last)));

    // All of them, and back again where nothing was read since.
    let other = ada.room("Shed", "public").await;
    bob.join(&other).await;
    let there = ada.say(other.id, "here too").await.seq;
    assert_eq!(reads::read_all(&scene.chat, bob.actor()).await.unwrap(), 2);
    assert_eq!((unread(&scene.chat, &bob, &room).await.0, unread(&scene.chat, &bob, &other).await.0), (0, 0));
    ada.say(other.id, "and this").await;
    desk.read(other.id, Seq(there.0 + 1));
    marked(&desk, Seq(there.0 + 1)).await;
    assert_eq!(reads::undo(&scene.chat, bob.actor()).await.unwrap(), 1);
    assert_eq!((unread(&scene.chat, &bob, &room).await.0, unread(&scene.chat, &bob, &other).await.0), (4, 0));
    assert_eq!(reads::undo(&scene.chat, bob.actor()).await.unwrap(), 0);
}

#[tokio::test]
async fn news_come_to_all_who_are_in_a_room_and_to_nobody_else() {
    let scene = Scene::open().await;
    let (ada, bob, eve) = (scene.person("ada").await, scene.person("bob").await, scene.person("eve").await);
    let room = ada.room("Plans", "private").await;
    let (his, hers, stranger) = (greeted(&bob).await, greeted(&ada).await, greeted(&eve).await);
    ada.say(room.id, "alone").await;
    let (_, head, _) = activity(&hers, &room).await;
    ada.add(&room, "bob").await.unwrap();
    // It is known to be heard when something comes: the rooms of a socket are read anew beside what happens.
    let said = loop {
        let said = ada.say(room.id, "now").await.seq;
        if his.all_news().iter().any(|frame| matches!(frame, ServerFrame::Activity { room: of, .. } if *of == room.id)) {
            break said;
        }
        tokio::task::yield_now().await;
    };
    // What one hears follows what one heard, without a hole.
    let mut last = head;
    while last < said.0 {
        let (from, head, entries) = activity(&hers, &room).await;
        assert_eq!(from, last);
        assert!(entries.iter().all(|news| news.author == ada.user().id && news.seq.0 > from && news.seq.0 <= head));
        last = head;
    }
    ada.remove(&room, &bob).await.unwrap();
    his.all_news();
    let after = ada.say(room.id, "between us").await.seq;
    while activity(&hers, &room).await.1 < after.0 {}
    assert!(his.all_news().iter().all(|frame| !matches!(frame, ServerFrame::Activity { .. })), "who is out hears nothing");
    assert!(stranger.all_news().iter().all(|frame| !matches!(frame, ServerFrame::Activity { room: of, .. } if *of == room.id)));
    // A message that is gone is not new any more.
    chat::messages::delete(&scene.chat, ada.actor(), &room.id.into(), after).await.unwrap();
    let (_, head, entries) = activity(&hers, &room).await;
    assert_eq!(entries, [News { seq: Seq(head), author: ada.user().id, deleted: Some(after) }]);
}

#[tokio::test(flavor = "multi_thread")]
async fn marks_and_news_of_one_node_come_to_the_other_and_without_a_broker_lists_are_read_anew() {
    let redis = Redis::start().await;
    for (url, exact) in [(redis.url(), true), (NO_REDIS.to_owned(), false)] {
        let (scene, other) = Scene::of_two_nodes(&url).await;
        let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
        let room = ada.room("Garden", "public").await;
        bob.join(&room).await;
        let (here, there) = (greeted(&bob.at(&scene.chat)).await, greeted(&bob.at(&other)).await);
        let said = ada.say(room.id, "hello").await.seq;
        // That somebody has come in is no news, but moves the head.
        let mut head = 0;
        while head < said.0 {
            let (from, to, entries) = activity(&there, &room).await;
            assert!((from == to && entries.is_empty()) || (exact && entries.len() <= 1), "{from} {to} {entries:?}");
            head = to;
        }
        assert_eq!(unread(&other, &bob, &room).await.0, 1);
        here.read(room.id, said);
        marked(&here, said).await;
        // By the signal, or by looking: then it is said that something was missed.
        loop {
            match there.next_frame_or_news().await {
                ServerFrame::Read { last_read, unread, .. } if last_read == said => break assert_eq!(unread, 0),
                ServerFrame::RoomsChanged { .. } if !exact => break,
                _ => {}
            }
        }
        assert_eq!(unread(&other, &bob, &room).await, (0, said.0));
    }
}

#[tokio::test]
async fn what_was_read_last_is_written_when_the_server_stops() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    bob.join(&room).await;
    let said = ada.say(room.id, "hello").await.seq;
    reads::read(&scene.chat, bob.actor(), &room.id.into(), said).await.unwrap();
    let scene = scene.restart().await;
    assert_eq!(unread(&scene.chat, &bob, &room).await, (0, said.0));
}

#[tokio::test]
async fn one_chooses_of_what_to_hear_and_the_list_says_so() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    bob.join(&room).await;
    ada.say(room.id, "hello").await;
    let name = room.id.into();
    let weight = async || listed(&scene.chat, &bob, &room).await.weight();
    assert_eq!(weight().await, 1);
    reads::set_level(&scene.chat, bob.actor(), &name, "mentions").await.unwrap();
    assert_eq!(weight().await, 0);
    reads::set_level(&scene.chat, bob.actor(), &name, "everything").await.unwrap();
    for (span, quiet) in [("hour", true), ("not", false), ("tomorrow", true), ("always", true)] {
        reads::mute(&scene.chat, bob.actor(), &name, span, 0).await.unwrap();
        let seen = reads::notifications(&scene.chat, bob.actor(), &name).await.unwrap();
        assert_eq!((listed(&scene.chat, &bob, &room).await.quiet, seen.quiet_until.is_some()), (quiet, quiet), "{span}");
    }
    assert!(reads::set_level(&scene.chat, bob.actor(), &name, "some").await.is_err());
    assert!(reads::mute(&scene.chat, bob.actor(), &name, "week", 0).await.is_err());
    let eve = scene.person("eve").await;
    assert!(reads::set_level(&scene.chat, eve.actor(), &name, "nothing").await.is_err());
}

#[tokio::test]
async fn the_inbox_has_what_calls_one_as_far_as_one_may_read_it() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let (open, hidden) = (ada.room("Garden", "public").await, ada.room("Plans", "private").await);
    bob.join(&open).await;
    ada.add(&hidden, "bob").await.unwrap();
    let mut said = Vec::new();
    for (n, room) in [&open, &hidden, &open].into_iter().enumerate() {
        let seq = ada.say(room.id, &format!("{n} for @bob")).await.seq;
        said.push((room, seq));
        call(&scene, &bob, room, seq, n as i64).await;
    }
    let texts = async || {
        let inbox = reads::inbox(&scene.chat, &bob.session, None).await.unwrap();
        inbox.calls.into_iter().map(|call| (call.message.body, call.is_new)).collect::<Vec<_>>()
    };
    let all = ["2 for @bob", "1 for @bob", "0 for @bob"].map(|text| (text.to_owned(), true));
    assert_eq!(texts().await, all);
    assert_eq!(listed(&scene.chat, &bob, &open).await.mentions, 2);
    // What was read stays there, and is not new.
    reads::read_now(&scene.chat, bob.actor(), &open.id.into(), said[0].1).await.unwrap();
    assert_eq!(texts().await.iter().map(|(_, is_new)| *is_new).collect::<Vec<_>>(), [true, true, false]);
    // What is gone, and what one may not read any more, is not in it.
    chat::messages::delete(&scene.chat, ada.actor(), &open.id.into(), said[2].1).await.unwrap();
    assert_eq!(listed(&scene.chat, &bob, &open).await.mentions, 0);
    ada.remove(&hidden, &bob).await.unwrap();
    assert_eq!(texts().await, [("0 for @bob".to_owned(), false)]);
    // Page by page.
    for n in 0..40 {
        let seq = ada.say(open.id, "@bob").await.seq;
        call(&scene, &bob, &open, seq, 100 + n).await;
    }
    let first = reads::inbox(&scene.chat, &bob.session, None).await.unwrap();
    let rest = reads::inbox(&scene.chat, &bob.session, first.next).await.unwrap();
    assert_eq!((first.calls.len(), rest.calls.len(), rest.next), (30, 11, None));
}

/// Puts a message into the inbox of somebody, at a time, in place of what did so by itself.
async fn call(scene: &Scene, person: &Person, room: &Room, seq: Seq, at: i64) {
    let (user, room) = (scene.uuid(person.user().id.0), scene.uuid(room.id.0));
    scene.sql(&format!("DELETE FROM inbox WHERE seq = {seq} AND room_id = {room} AND user_id = {user}")).await;
    let values = format!("({user}, {room}, {seq}, 'mention', {at})");
    scene.sql(&format!("INSERT INTO inbox (user_id, room_id, seq, reason, at) VALUES {values}")).await;
}
