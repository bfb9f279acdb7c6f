//! Rights that end, end everywhere (G9): for the socket of the one who lost them, at every door of the core, and for whoever comes back
//! with the place that they had. On the node where they ended, in another process on the same database, and on another node, with a
//! broker between them and without one.

use chat::{
    Chat,
    accounts::{change_password, delete_own},
    house::{self, PeopleSearch},
    invites, messages, rooms,
    sessions::{self, by_access_token, by_refresh_token, grant, renew, sign_in},
};
use futures::future::{BoxFuture, FutureExt, join_all};
use protocol::{Change, ClientId, CloseCode, ErrorCode, HouseRole, Room, Seq, ServerFrame, Window};
use testkit::Redis;

use crate::{
    scene::{HOME, PASSWORD, Person, Scene, code, subscribe},
    socket::{Delivery, Socket},
};

const NEW: &str = "fern and cinder";

/// Who is there: one who runs the house and the rooms, and the one who loses something.
struct Case<'a> {
    scene: &'a Scene,
    /// Where the other one is connected.
    there: &'a Chat,
    owner: &'a Person,
    who: Person,
}

type Deed = for<'a> fn(&'a Case<'a>) -> BoxFuture<'a, ()>;

/// What ends a session, with the name of the one whose it is.
const SESSIONS: [(&str, &str, Deed); 9] = [
    ("suspended", "anna", |case| {
        async { house::suspend(&case.scene.chat, case.owner.actor(), case.who.user().id, None, "").await.unwrap() }.boxed()
    }),
    ("signed out by an admin", "berta", |case| {
        async { house::sign_out(&case.scene.chat, case.owner.actor(), case.who.user().id).await.unwrap() }.boxed()
    }),
    ("deleted by an admin", "carla", |case| {
        async { house::delete(&case.scene.chat, case.owner.actor(), case.who.user().id).await.unwrap() }.boxed()
    }),
    ("deleted by themselves", "dora", |case| {
        async { delete_own(&case.scene.chat, &case.who.session, PASSWORD, HOME).await.unwrap() }.boxed()
    }),
    ("password reset by a link", "emma", |case| {
        async {
            let token = house::reset_link(&case.scene.chat, case.owner.actor(), case.who.user().id).await.unwrap();
            house::use_reset_link(&case.scene.chat, &token, NEW, HOME).await.unwrap();
        }
        .boxed()
    }),
    ("password changed elsewhere", "frida", |case| {
        async {
            let other = sign_in(&case.scene.chat, "frida", PASSWORD, HOME).await.unwrap().session;
            change_password(&case.scene.chat, &other, PASSWORD, NEW, HOME).await.unwrap();
        }
        .boxed()
    }),
    ("signed out", "greta", |case| {
        async { sessions::revoke_by_refresh_token(&case.scene.chat, &case.who.refresh_token).await.unwrap() }.boxed()
    }),
    ("ended from the list elsewhere", "hilda", |case| {
        async {
            let other = sign_in(&case.scene.chat, "hilda", PASSWORD, HOME).await.unwrap().session;
            sessions::revoke_own(&case.scene.chat, &other, case.who.session.id).await.unwrap();
        }
        .boxed()
    }),
    ("all others ended elsewhere", "irma", |case| {
        async {
            let other = sign_in(&case.scene.chat, "irma", PASSWORD, HOME).await.unwrap().session;
            sessions::revoke_others(&case.scene.chat, &other).await.unwrap();
        }
        .boxed()
    }),
];

/// A session that has ended opens nothing on any node, and its socket is closed.
async fn session_ends(case: Case<'_>, what: &str, deed: Deed) {
    let access = grant(&case.scene.chat, &case.who.session).unwrap().access_token;
    let socket = case.who.at(case.there).connect().await;
    deed(&case).await;
    for chat in [&case.scene.chat, case.there] {
        assert_eq!(code(by_access_token(chat, &access).await), ErrorCode::NotAuthenticated, "{what}");
        assert_eq!(by_refresh_token(chat, &case.who.refresh_token).await.unwrap(), None, "{what}");
        assert_eq!(code(renew(chat, &case.who.refresh_token, HOME).await), ErrorCode::NotAuthenticated, "{what}");
        assert!(Socket::open(chat, Some(&access)).await.is_err(), "{what}");
    }
    assert_eq!(socket.next().await, Delivery::Close(CloseCode::SignIn), "{what}");
}

/// How somebody loses a room: what it is called, the name of the one who loses it, the room's visibility, whether they are a member, what happens.
type Loss = (&'static str, &'static str, &'static str, bool, fn(&Case<'_>, &Room) -> BoxFuture<'static, ()>);

/// What ends that somebody reads a room.
const ROOMS: [Loss; 8] = [
    ("removed", "julia", "private", true, |case, room| {
        let (owner, room, who) = (case.owner.at(&case.scene.chat), room.clone(), case.who.at(case.there));
        async move { drop(owner.remove(&room, &who).await.unwrap()) }.boxed()
    }),
    ("removed from an open room", "karin", "open", true, |case, room| {
        let (owner, room, who) = (case.owner.at(&case.scene.chat), room.clone(), case.who.at(case.there));
        async move { drop(owner.remove(&room, &who).await.unwrap()) }.boxed()
    }),
    ("banned", "laura", "private", true, |case, room| {
        let (owner, room, who) = (case.owner.at(&case.scene.chat), room.clone(), case.who.at(case.there));
        async move { drop(owner.ban(&room, &who, "always").await.unwrap()) }.boxed()
    }),
    ("banned from an open room", "marie", "open", true, |case, room| {
        let (owner, room, who) = (case.owner.at(&case.scene.chat), room.clone(), case.who.at(case.there));
        async move { drop(owner.ban(&room, &who, "day").await.unwrap()) }.boxed()
    }),
    ("left", "nadja", "private", true, |case, room| {
        let (who, room) = (case.who.at(&case.scene.chat), room.clone());
        async move { who.leave(&room).await }.boxed()
    }),
    ("made private", "petra", "public", false, |case, room| {
        let (owner, chat, room) = (case.owner.at(&case.scene.chat), case.scene.chat.clone(), room.clone());
        async move { drop(rooms::set_visibility(&chat, owner.actor(), &room.id.into(), "private").await.unwrap()) }.boxed()
    }),
    ("made open", "rosa", "public", false, |case, room| {
        let (owner, chat, room) = (case.owner.at(&case.scene.chat), case.scene.chat.clone(), room.clone());
        async move { drop(rooms::set_visibility(&chat, owner.actor(), &room.id.into(), "open").await.unwrap()) }.boxed()
    }),
    ("deleted", "sonja", "private", true, |case, room| {
        let (owner, chat, room) = (case.owner.at(&case.scene.chat), case.scene.chat.clone(), room.clone());
        async move { rooms::delete(&chat, owner.actor(), &room.id.into(), &room.name).await.unwrap() }.boxed()
    }),
];

/// Who may not read a room any longer hears nothing that is said there afterwards, and is given nothing when they ask for it.
async fn room_ends(case: Case<'_>, (what, _, visibility, member, deed): Loss) {
    let room = case.owner.room(&format!("Room of {}", case.who.user().name), visibility).await;
    let (here, there) = (case.who.at(&case.scene.chat), case.who.at(case.there));
    if member {
        case.owner.add(&room, &case.who.user().username).await.unwrap();
        // That they may write is remembered now, on both nodes.
        for person in [&here, &there] {
            person.say(room.id, "before").await;
        }
    }
    let seen = case.owner.say(room.id, "before").await.seq;
    let socket = there.connect().await;
    let page = async |person: &Person, chat| messages::page(chat, person.actor(), &room.id.into(), Window::Latest).await;
    assert!(!page(&there, case.there).await.unwrap().messages.is_empty(), "{what}");
    subscribe(&socket, room.id, Some(seen)).await;

    deed(&case, &room).await;
    let said = case.owner.try_say(room.id, ClientId::generate(), "between us").await;
    assert_eq!(said.is_err(), what == "deleted", "{what}");
    loop {
        match socket.next_frame().await {
            ServerFrame::Unsubscribed { room: id, .. } if id == room.id => break,
            ServerFrame::Event(event) => assert!(!matches!(event.change, Change::MessageCreated { .. }), "{what}: {event:?}"),
            // Of the account or the list of rooms.
            ServerFrame::AlertsChanged { .. } | ServerFrame::Renamed { .. } => {}
            other => panic!("{what}: {other:?}"),
        }
    }
    for (person, chat) in [(&here, &case.scene.chat), (&there, case.there)] {
        assert!(person.try_say(room.id, ClientId::generate(), "still here").await.is_err(), "{what}");
        let page = page(person, chat).await;
        assert!(page.is_err() || page.is_ok_and(|page| page.messages.is_empty()), "{what}");
        let again = person.connect().await;
        for after in [None, Some(seen), Some(Seq(0))] {
            assert!(again.subscribe(&room.id.into(), after, None).await.is_err(), "{what}");
        }
        assert!(again.typing(&room.id.into()).await.is_err(), "{what}");
        assert!(again.try_next().is_none(), "{what}");
    }
    while let Some(delivery) = socket.try_next() {
        assert!(!matches!(delivery, Delivery::Frame(ServerFrame::Event(_))), "{what}: {delivery:?}");
    }
}

/// Who has less to say than before, in a room and in the house.
async fn say_ends(scene: &Scene, there: &Chat, owner: &Person, mo: &Person) {
    let room = owner.room("Workshop", "private").await;
    owner.add(&room, "mo").await.unwrap();
    owner.set_role(&room, mo, "moderator").await.unwrap();
    let elsewhere = mo.at(there);
    let name = room.id.into();
    let said = owner.say(room.id, "before").await.seq;
    assert!(messages::reports(there, mo.actor(), &name).await.is_ok());
    let invite = invites::NewInvite { room: Some(room.id.into()), ..invites::NewInvite::default() };
    let invite = invites::create(there, mo.actor(), invite).await.unwrap();
    owner.set_role(&room, mo, "member").await.unwrap();
    assert_eq!(code(messages::reports(there, mo.actor(), &name).await), ErrorCode::NotAllowed);
    assert_eq!(code(elsewhere.add(&room, "anna").await), ErrorCode::NotAllowed);
    assert_eq!(code(elsewhere.mute(&room, owner, "day").await), ErrorCode::NotAllowed);
    assert_eq!(code(messages::delete(there, mo.actor(), &name, said).await), ErrorCode::NotAllowed);
    assert_eq!(code(invites::list(there, mo.actor(), Some(&name)).await), ErrorCode::NotAllowed);
    invites::revoke(&scene.chat, house::By::Admin(owner.actor()), invite.id).await.unwrap();
    assert_eq!(code(invites::show(there, &invite.code).await), ErrorCode::NotFound);

    elsewhere.say(room.id, "once more").await;
    owner.mute(&room, mo, "day").await.unwrap();
    assert_eq!(code(elsewhere.try_say(room.id, ClientId::generate(), "muted").await), ErrorCode::Muted);
    owner.mute(&room, mo, "").await.unwrap();
    elsewhere.say(room.id, "and again").await;
    rooms::archive(&scene.chat, owner.actor(), &name, true).await.unwrap();
    assert_eq!(code(elsewhere.try_say(room.id, ClientId::generate(), "archived").await), ErrorCode::Archived);

    house::set_role(&scene.chat, owner.actor(), mo.user().id, HouseRole::Admin).await.unwrap();
    house::may_administer(there, mo.actor()).await.unwrap();
    house::set_role(&scene.chat, owner.actor(), mo.user().id, HouseRole::Member).await.unwrap();
    assert_eq!(code(house::may_administer(there, mo.actor()).await), ErrorCode::NotFound);
    assert_eq!(code(house::people(there, mo.actor(), PeopleSearch::default()).await), ErrorCode::NotAllowed);
    assert_eq!(code(house::announce(there, mo.actor(), "hello").await), ErrorCode::NotAllowed);
    assert_eq!(code(house::suspend(there, mo.actor(), owner.user().id, None, "").await), ErrorCode::NotAllowed);
}

/// All of them at once, each for somebody else.
async fn all_end(scene: &Scene, there: &Chat) {
    let owner = scene.person("ada").await;
    let case = async |name: &str| Case { scene, there, owner: &owner, who: scene.person(name).await };
    let sessions = SESSIONS.map(|(what, name, deed)| {
        let case = &case;
        async move { session_ends(case(name).await, what, deed).await }.boxed_local()
    });
    let rooms = ROOMS.map(|row| {
        let case = &case;
        async move { room_ends(case(row.1).await, row).await }.boxed_local()
    });
    let mo = scene.person("mo").await;
    let say = say_ends(scene, there, &owner, &mo).boxed_local();
    join_all(sessions.into_iter().chain(rooms).chain([say])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_that_end_have_ended_on_this_node() {
    let scene = Scene::open().await;
    all_end(&scene, &scene.chat).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_that_end_have_ended_in_another_process_on_the_same_database() {
    let scene = Scene::open().await;
    let there = scene.beside().await;
    all_end(&scene, &there).await;
    there.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_that_end_have_ended_on_another_node_with_a_broker_and_without_one() {
    let redis = Redis::start().await;
    for url in [redis.url().as_str(), "redis://127.0.0.1:1"] {
        let (scene, there) = Scene::of_two_nodes(url).await;
        all_end(&scene, &there).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_public_any_longer_a_guest_elsewhere_hears_nothing() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let lobby = rooms::list(&scene.chat, ada.actor()).await.unwrap().remove(0);
    let there = scene.beside().await;
    let guest = Socket::open(&there, None).await.unwrap();
    subscribe(&guest, lobby.id, None).await;
    house::change(&scene.chat, ada.actor(), chat::Settings { public_rooms: false, ..chat::Settings::default() }).await.unwrap();
    loop {
        match guest.next_frame().await {
            ServerFrame::Unsubscribed { room, .. } if room == lobby.id => break,
            ServerFrame::Event(_) => {}
            other => panic!("{other:?}"),
        }
    }
    let said = ada.say(lobby.id, "between us").await.seq;
    assert!(guest.subscribe(&lobby.id.into(), Some(Seq(said.0 - 1)), None).await.is_err());
    assert!(Socket::open(&there, None).await.unwrap().subscribe(&lobby.id.into(), Some(Seq(0)), None).await.is_err());
    there.close().await;
}
