//! Who is there, and what people say of what they do.

use chat::{accounts, rooms};
use protocol::{Activity, ErrorCode, PersonPresence, Presence, Problem, ServerFrame, Status, UserId, limits};
use testkit::Redis;

use crate::{
    scene::{Person, Scene, code},
    socket::Socket,
};

/// A socket that has been greeted: its person is there.
async fn there(person: &Person) -> Socket {
    let socket = person.connect().await;
    socket.greet("1").await.unwrap();
    assert!(matches!(socket.next_frame().await, ServerFrame::Hello { .. }));
    socket
}

/// What a socket is told of one person next.
async fn told(socket: &Socket, who: UserId) -> PersonPresence {
    loop {
        match socket.next_frame().await {
            ServerFrame::Presence { people } => {
                if let Some(person) = people.into_iter().find(|person| person.user == who) {
                    return person;
                }
            }
            // Of a room that they joined a moment before: the hub hears of it by a queue.
            ServerFrame::RoomsChanged { rev: 1 } => {}
            other => panic!("{other:?}"),
        }
    }
}

async fn until(socket: &Socket, who: UserId, presence: Presence) -> PersonPresence {
    loop {
        let person = told(socket, who).await;
        if person.presence == presence {
            return person;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_come_go_away_and_say_what_they_do() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let (hers, bob_id) = (there(&ada).await, bob.user().id);
    hers.watch_people(vec![bob_id]).unwrap();
    assert_eq!(told(&hers, bob_id).await.presence, Presence::Offline, "at once");

    let his = there(&bob).await;
    until(&hers, bob_id, Presence::Online).await;
    his.act(Activity::Away).unwrap();
    until(&hers, bob_id, Presence::Away).await;
    his.act(Activity::Online).unwrap();
    until(&hers, bob_id, Presence::Online).await;

    accounts::set_status(&scene.chat, &bob.session, "🌱", " In the  garden ", "hour").await.unwrap();
    let Status { emoji, text, until: end } = told(&hers, bob_id).await.status.unwrap();
    assert_eq!((emoji.as_str(), text.as_str()), ("🌱", "In the garden"));
    let left = end.unwrap() - chat::now();
    assert!((59 * 60_000..=60 * 60_000).contains(&left), "{left}");

    accounts::set_availability(&scene.chat, &bob.session, "always", false).await.unwrap();
    until(&hers, bob_id, Presence::DoNotDisturb).await;
    assert!(matches!(his.next_frame().await, ServerFrame::RoomsChanged { .. }), "his own pages are silent from now on");
    accounts::set_availability(&scene.chat, &bob.session, "keep", true).await.unwrap();
    assert_eq!(until(&hers, bob_id, Presence::Offline).await.status, None, "nothing is told of who is invisible");
    let profile = accounts::profile(&scene.chat, &bob.session).await.unwrap();
    assert!(profile.availability.is_quiet_for_good() && profile.availability.invisible);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_who_are_there_stand_first_in_each_role() {
    let scene = Scene::open().await;
    let (ada, bob, eve) = (scene.person("ada").await, scene.person("bob").await, scene.person("eve").await);
    let room = ada.room("Garden", "public").await;
    for person in [&bob, &eve] {
        rooms::join(&scene.chat, person.actor(), &room.id.into()).await.unwrap();
    }
    let hers = there(&eve).await;
    hers.watch_people(vec![ada.user().id]).unwrap();
    accounts::set_status(&scene.chat, &bob.session, "", "Asleep", "always").await.unwrap();
    let seen = there(&ada).await;
    seen.watch_people(vec![eve.user().id]).unwrap();
    until(&seen, eve.user().id, Presence::Online).await;
    until(&hers, ada.user().id, Presence::Online).await;
    let search = rooms::MembersSearch { text: "", page: 1 };
    let page = rooms::members(&scene.chat, ada.actor(), &room.id.into(), search).await.unwrap();
    let shown: Vec<_> = page.members.iter().map(|member| (member.user.username.as_str(), member.presence)).collect();
    assert_eq!(shown, [("ada", Presence::Online), ("eve", Presence::Online), ("bob", Presence::Offline)]);
    assert_eq!(page.members[2].status.as_ref().map(|status| status.text.as_str()), Some("Asleep"));
}

#[tokio::test]
async fn what_is_no_status_is_refused() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let set = |emoji: &'static str, text: String, lasts: &'static str| {
        let (chat, session) = (scene.chat.clone(), ada.session.clone());
        async move { accounts::set_status(&chat, &session, emoji, &text, lasts).await }
    };
    let problems = |refused: chat::Result<()>| {
        refused.unwrap_err().public().fields.into_iter().map(|fault| fault.problem).collect::<Vec<_>>()
    };
    let long = "x".repeat(limits::STATUS_MAX + 1);
    assert_eq!(
        problems(set("hi", long, "ever").await),
        [Problem::BadCharacter, Problem::TooLong { max: limits::STATUS_MAX }, Problem::NotAChoice]
    );
    set("", String::new(), "hour").await.unwrap();
    let profile = accounts::profile(&scene.chat, &ada.session).await.unwrap();
    assert_eq!(profile.availability, accounts::Availability::default());
}

#[tokio::test]
async fn guests_neither_say_it_nor_hear_it() {
    let scene = Scene::open().await;
    let guest = Socket::open(&scene.chat, None).await.unwrap();
    assert_eq!(code(guest.act(Activity::Away)), ErrorCode::NotAuthenticated);
    assert_eq!(code(guest.watch_people(vec![UserId::generate()])), ErrorCode::NotAuthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_there_on_one_node_is_seen_on_the_other() {
    let redis = Redis::start().await;
    let (scene, other) = Scene::of_two_nodes(&redis.url()).await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let bob_id = bob.user().id;
    let hers = ada.at(&other).connect().await;
    hers.greet("1").await.unwrap();
    hers.next_frame().await;
    hers.watch_people(vec![bob_id]).unwrap();
    let his = there(&bob).await;
    until(&hers, bob_id, Presence::Online).await;
    // By a request to a node that he has no socket on.
    accounts::set_status(&other, &bob.session, "", "Travelling", "always").await.unwrap();
    assert_eq!(told(&hers, bob_id).await.status.unwrap().text, "Travelling");
    drop(his);
    until(&hers, bob_id, Presence::Offline).await;
}
