//! Whoever does too much is refused, and hurts nobody else.

use std::{
    collections::HashSet,
    net::IpAddr,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use chat::{
    Chat, Deed, DeviceToken, Limits, Rate,
    accounts::{self, Registration},
    rooms::{self, NewRoom, Search},
    sessions::{self, Source, sign_in},
};
use futures::future::join_all;
use protocol::{ErrorCode, RoomId, limits as bounds};

use crate::{
    scene::{HOME, PASSWORD, Person, Scene, a_few_at_a_time, code, limits},
    socket::Socket,
};

const NEVER: Duration = Duration::from_secs(86_400);

/// Whether whoever is refused is to come back when a day has passed, of which a busy machine has used a little up.
fn is_tomorrow(refused: &protocol::Error) -> bool {
    refused.retry_after.is_some_and(|seconds| (NEVER.as_secs() - 60..=NEVER.as_secs()).contains(&seconds))
}

/// So many, and then none for a day.
fn only(count: u32) -> Rate {
    Rate::new(count, NEVER)
}

async fn create(chat: &Chat, person: &Person, name: impl AsRef<str>) -> chat::Result<protocol::Room> {
    rooms::create(chat, person.actor(), NewRoom { name: name.as_ref(), topic: "", visibility: "public", allow_duplicate: true })
        .await
}

/// Makes rooms with the names "Room 000", "Room 001" and so on, a few at a time.
async fn fill(chat: &Chat, person: &Person, count: usize) {
    let making = (0..count).map(|n| create(chat, person, format!("Room {n:03}")));
    a_few_at_a_time(making).await.into_iter().for_each(|made| _ = made.unwrap());
}

/// Everybody's sends wait while an address is looked for: it must not take longer the more rooms have the name.
#[tokio::test]
async fn a_name_that_many_rooms_have_gets_an_address_at_once() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    let mut slugs = Vec::new();
    for _ in 0..22 {
        slugs.push(create(&scene.chat, &ada, "a").await.unwrap().slug);
    }
    let at_once = join_all((0..8).map(|_| create(&scene.chat, &ada, "a"))).await;
    slugs.extend(at_once.into_iter().map(|room| room.unwrap().slug));
    assert_eq!(slugs.iter().collect::<HashSet<_>>().len(), 30);
    let numbered = (2..=20).map(|n| format!("a-{n}"));
    assert_eq!(slugs[..20], [vec!["a".to_owned()], numbered.collect()].concat());
    for slug in &slugs[20..] {
        let tail = slug.strip_prefix("a-").unwrap();
        assert!(tail.len() == 6 && tail.bytes().all(|byte| byte.is_ascii_hexdigit()), "{slug}");
    }
    // A gap among the numbers is used.
    for (name, slug) in [("b 3", "b-3"), ("b", "b"), ("b", "b-2"), ("b", "b-4")] {
        assert_eq!(create(&scene.chat, &ada, name).await.unwrap().slug, slug);
    }
}

#[tokio::test]
async fn an_account_makes_so_many_rooms_and_leaving_them_makes_no_new_ones() {
    let scene = Scene::with(Limits { rooms_made: 3, ..limits() }).await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let made = join_all((0..8).map(|n| create(&scene.chat, &ada, if n % 2 == 0 { "even" } else { "odd" }))).await;
    let (made, refused): (Vec<_>, Vec<_>) = made.into_iter().partition(chat::Result::is_ok);
    assert_eq!(made.len(), 3);
    refused.into_iter().for_each(|refused| assert_eq!(code(refused), ErrorCode::LimitReached));
    let first = made.into_iter().next().unwrap().unwrap();
    bob.join(&first).await;
    ada.set_role(&first, &bob, "owner").await.unwrap();
    ada.leave(&first).await;
    assert_eq!(code(create(&scene.chat, &ada, "more").await), ErrorCode::LimitReached);
    create(&scene.chat, &bob, "his").await.unwrap();
}

#[tokio::test]
async fn an_account_is_in_so_many_rooms() {
    let scene = Scene::with(Limits { rooms_joined: 3, ..limits() }).await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let [one, two, three] = [ada.room("one", "public").await, ada.room("two", "open").await, bob.room("three", "open").await];
    let join = async |room: &protocol::Room| rooms::join(&scene.chat, ada.actor(), &room.id.into()).await;
    assert_eq!(code(join(&three).await), ErrorCode::LimitReached);
    assert_eq!(code(create(&scene.chat, &ada, "four").await), ErrorCode::LimitReached);
    join(&one).await.unwrap();
    bob.join(&two).await;
    ada.set_role(&two, &bob, "owner").await.unwrap();
    ada.leave(&two).await;
    join(&three).await.unwrap();
}

#[tokio::test]
async fn the_house_has_so_many_rooms() {
    // The lobby is one of them.
    let scene = Scene::with(Limits { rooms: 3, ..limits() }).await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    create(&scene.chat, &ada, "one").await.unwrap();
    create(&scene.chat, &bob, "two").await.unwrap();
    assert_eq!(code(create(&scene.chat, &bob, "three").await), ErrorCode::LimitReached);
}

/// Every page of the search, and how many there are.
async fn pages(chat: &Chat, person: &Person, text: &str) -> Vec<Vec<String>> {
    let (mut pages, mut after) = (Vec::new(), None::<RoomId>);
    loop {
        let page = rooms::search(chat, person.actor(), Search { text, after, ..Search::default() }).await.unwrap();
        pages.push(page.rooms.into_iter().map(|found| found.room.name).collect());
        after = page.next;
        if after.is_none() {
            return pages;
        }
    }
}

#[tokio::test]
async fn lists_are_bounded_and_everything_is_found_page_by_page() {
    let scene = Scene::with(Limits { rooms_joined: u32::MAX, ..limits() }).await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let count = bounds::ROOMS_LISTED + 10;
    fill(&scene.chat, &ada, count).await;
    let list = rooms::list(&scene.chat, ada.actor()).await.unwrap();
    assert_eq!((list.len(), list[0].name.as_str(), list[1].name.as_str()), (bounds::ROOMS_LISTED, "Lobby", "Room 000"));
    assert_eq!(rooms::list(&scene.chat, chat::Actor::Guest).await.unwrap().len(), bounds::ROOMS_LISTED);
    assert_eq!(rooms::list(&scene.chat, bob.actor()).await.unwrap().len(), 1, "of others' rooms none");

    let found = pages(&scene.chat, &bob, "").await;
    let sizes: Vec<_> = found.iter().map(Vec::len).collect();
    assert_eq!(sizes, [vec![bounds::ROOMS_PAGE; 10], vec![11]].concat());
    let all: Vec<_> = ["Lobby".to_owned()].into_iter().chain((0..count).map(|n| format!("Room {n:03}"))).collect();
    assert_eq!(found.concat(), all, "each once, by name");
    assert_eq!(pages(&scene.chat, &bob, "m 20").await, [(200..210).map(|n| format!("Room {n}")).collect::<Vec<_>>()]);
}

/// The page of a room that is not in the list.
#[tokio::test]
async fn a_room_beyond_the_list_is_read_all_the_same() {
    let scene = Scene::with(Limits { rooms_joined: u32::MAX, ..limits() }).await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    fill(&scene.chat, &ada, bounds::ROOMS_LISTED + 1).await;
    let read = async |actor| {
        let window = protocol::Window::Latest;
        chat::messages::page_and_beside(&scene.chat, actor, &format!("room-{}", bounds::ROOMS_LISTED).parse().unwrap(), window)
            .await
            .unwrap()
    };
    for (actor, members, listed) in
        [(ada.actor(), 1, bounds::ROOMS_LISTED + 1), (bob.actor(), 1, 1), (chat::Actor::Guest, 1, bounds::ROOMS_LISTED + 1)]
    {
        let (page, beside) = read(actor).await;
        assert_eq!(
            (page.room.name.as_str(), page.members, beside.rooms.len()),
            (format!("Room {}", bounds::ROOMS_LISTED).as_str(), members, listed)
        );
    }
}

#[tokio::test]
async fn rooms_are_found_by_name_topic_and_address_and_only_by_those_who_may() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    for (name, topic, visibility) in
        [("Crème Brûlée", "Sweets", "public"), ("Plans", "What we bake", "open"), ("100% wool", "", "open"), ("a_b", "", "open")]
    {
        rooms::create(&scene.chat, ada.actor(), NewRoom { name, topic, visibility, allow_duplicate: true }).await.unwrap();
    }
    let find = async |text: &'static str| pages(&scene.chat, &bob, text).await.concat();
    for (text, names) in [
        ("brulee", vec!["Crème Brûlée"]),
        ("CRÈME", vec!["Crème Brûlée"]),
        ("sweets", vec!["Crème Brûlée"]),
        (" bake ", vec!["Plans"]),
        ("0% w", vec!["100% wool"]),
        ("a_b", vec!["a_b"]),
        ("%", vec!["100% wool"]),
        ("nothing of the kind", vec![]),
        ("' OR 1=1 --", vec![]),
    ] {
        assert_eq!(find(text).await, names, "{text}");
    }
    let guest = rooms::search(&scene.chat, chat::Actor::Guest, Search::default()).await.unwrap().rooms;
    assert_eq!(guest.into_iter().map(|found| found.room.name).collect::<Vec<_>>(), ["Crème Brûlée", "Lobby"]);
}

/// The refusal of the last of so many, after all others have passed.
async fn refused_after<T>(passes: usize, mut act: impl AsyncFnMut() -> chat::Result<T>) -> protocol::Error {
    for n in 0..passes {
        assert!(act().await.is_ok(), "the {n}th");
    }
    act().await.err().expect("not refused").public()
}

#[tokio::test]
async fn what_an_account_does_too_often_is_refused_with_the_seconds_to_wait() {
    let three = only(3);
    let scene =
        Scene::with(Limits { sends: three, joins: three, creations: three, edits: three, renewals: three, ..limits() }).await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let mut token = ada.refresh_token.clone();
    let room = bob.room("Garden", "public").await;
    let refusals = [
        refused_after(3, async || {
            ada.try_say("lobby".parse::<protocol::RoomRef>().unwrap(), protocol::ClientId::generate(), "hi").await
        })
        .await,
        refused_after(3, async || rooms::join(&scene.chat, ada.actor(), &room.id.into()).await).await,
        refused_after(3, async || create(&scene.chat, &ada, "mine").await).await,
        refused_after(3, async || bob.edit(&room, "Herbs", "").await).await,
        refused_after(3, async || {
            let renewed = sessions::renew(&scene.chat, &token, HOME).await?;
            token = renewed.refresh_token.as_str().to_owned();
            Ok(())
        })
        .await,
    ];
    for refused in refusals {
        assert_eq!(refused.code, ErrorCode::Throttled);
        assert!(is_tomorrow(&refused), "{refused:?}");
    }
    assert_eq!(code(rooms::leave(&scene.chat, ada.actor(), &room.id.into()).await), ErrorCode::Throttled);
    // Nobody else is held up.
    bob.say(room.id, "hi").await;
}

#[tokio::test]
async fn an_account_opens_so_many_sockets() {
    let scene = Scene::with(Limits { connects: only(2), ..limits() }).await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let token = sessions::grant(&scene.chat, &ada.session).unwrap().access_token;
    let refused = refused_after(2, async || Socket::open(&scene.chat, Some(&token)).await).await;
    assert_eq!(refused.code, ErrorCode::Throttled);
    bob.connect().await;
}

#[tokio::test]
async fn twenty_lines_at_once_pass_by_default() {
    let scene = Scene::with(Limits { per_address: only(100), ..Limits::default() }).await;
    let ada = scene.person("ada").await;
    let lobby = || "lobby".parse::<protocol::RoomRef>().unwrap();
    let said =
        join_all((0..20).map(|n| ada.try_say(lobby(), protocol::ClientId::generate(), if n % 2 == 0 { "a" } else { "b" }))).await;
    assert!(said.iter().all(chat::Result::is_ok));
    // And a flood does not: whatever is sent, most of it is refused.
    let flood = join_all((0..1_000).map(|_| ada.try_say(lobby(), protocol::ClientId::generate(), "more"))).await;
    assert!(flood.iter().filter(|sent| sent.is_ok()).count() < 500);
}

#[tokio::test]
async fn an_address_does_each_deed_so_often_and_others_have_their_own() {
    let one = only(1);
    let scene = Scene::with(Limits {
        sends_per_address: one,
        joins_per_address: one,
        creations_per_address: one,
        edits_per_address: one,
        renewals_per_address: one,
        connects_per_address: one,
        ..limits()
    })
    .await;
    for deed in [Deed::Send, Deed::Join, Deed::CreateRoom, Deed::EditRoom, Deed::Renew, Deed::Connect] {
        for address in ["198.51.100.1", "198.51.100.2", "2001:db8::1", "2001:db8:0:1::1"] {
            scene.chat.admit(deed, address.parse().unwrap()).unwrap();
        }
        for address in ["198.51.100.1", "::ffff:198.51.100.2", "2001:db8::2"] {
            assert_eq!(code(scene.chat.admit(deed, address.parse().unwrap())), ErrorCode::Throttled);
        }
    }
}

fn stranger(n: u8) -> IpAddr {
    [203, 0, 113, n].into()
}

/// Strangers try until nothing is left for them.
async fn attack(chat: &Chat, username: &str) {
    let tries = join_all((1..=40).map(|n| sign_in(chat, username, "a guess", stranger(n)))).await;
    assert!(tries.into_iter().any(|tried| code(tried) == ErrorCode::Throttled));
}

#[tokio::test]
async fn a_known_device_gets_in_while_strangers_try_and_after_a_restart_too() {
    let tight = Limits { per_account: only(20), ..limits() };
    let scene = Scene::with(tight.clone()).await;
    let device = DeviceToken::generate().unwrap();
    let browser = |address| Source { address, device: Some(device.clone()), agent: String::new() };
    let new = Registration { username: "ada", display_name: "", password: PASSWORD };
    accounts::register(&scene.chat, new, browser(HOME)).await.unwrap();
    scene.person("bob").await;
    attack(&scene.chat, "ada").await;

    let scene = scene.restart_with(tight).await;
    attack(&scene.chat, "ada").await;
    // By its cookie from a new address, and without one from where it was before.
    sign_in(&scene.chat, "ada", PASSWORD, browser(stranger(100))).await.unwrap();
    sign_in(&scene.chat, "ada", PASSWORD, HOME).await.unwrap();
    // It is known for this account only, and another cookie is no better than none.
    attack(&scene.chat, "bob").await;
    assert_eq!(code(sign_in(&scene.chat, "bob", PASSWORD, browser(stranger(101))).await), ErrorCode::Throttled);
    let other = Source { address: stranger(102), device: Some(DeviceToken::generate().unwrap()), agent: String::new() };
    assert_eq!(code(sign_in(&scene.chat, "ada", PASSWORD, other).await), ErrorCode::Throttled);
}

/// Where nothing is throttled they still wait for their hashes, which take their time: the known device not behind them.
#[tokio::test]
async fn a_known_device_is_answered_before_the_strangers_who_came_first() {
    let scene = Scene::open().await;
    scene.person("ada").await;
    let answered = AtomicUsize::new(0);
    let strangers = join_all((1..=80).map(async |n| {
        let tried = sign_in(&scene.chat, "ada", "a guess", stranger(n)).await;
        answered.fetch_add(1, Ordering::Relaxed);
        tried
    }));
    tokio::select! {
        biased;
        _ = strangers => panic!("the last to be answered"),
        known = sign_in(&scene.chat, "ada", PASSWORD, HOME) => drop(known.unwrap()),
    }
    let before = answered.load(Ordering::Relaxed);
    assert!(before < 40, "{before} came first");
}

#[tokio::test]
async fn a_known_device_gets_in_where_strangers_have_used_up_its_network() {
    let scene = Scene::with(Limits { per_address: only(3), ..limits() }).await;
    let device = DeviceToken::generate().unwrap();
    let browser = Source { address: HOME, device: Some(device), agent: String::new() };
    let new = Registration { username: "ada", display_name: "", password: PASSWORD };
    accounts::register(&scene.chat, new, browser.clone()).await.unwrap();
    for _ in 0..2 {
        assert_eq!(code(sign_in(&scene.chat, "nobody", "a guess", HOME).await), ErrorCode::WrongCredentials);
    }
    assert_eq!(code(sign_in(&scene.chat, "ada", PASSWORD, HOME).await), ErrorCode::Throttled);
    sign_in(&scene.chat, "ada", PASSWORD, browser).await.unwrap();
}

/// Who clears their cookies after each visit leaves marks each time, and these must not push out the device that is in use.
#[tokio::test]
async fn of_many_devices_the_last_that_were_seen_stay_known() {
    let scene = Scene::with(Limits { per_account: only(30), ..limits() }).await;
    let device = |n| Source { address: stranger(n), device: DeviceToken::generate().ok(), ..Source::from(HOME) };
    let (in_use, passing) = (device(200), (1..=12).map(device).collect::<Vec<_>>());
    let new = Registration { username: "ada", display_name: "", password: PASSWORD };
    accounts::register(&scene.chat, new, in_use.clone()).await.unwrap();
    for device in &passing {
        for from in [&in_use, device] {
            scene.sql("UPDATE devices SET seen_at = seen_at - 1000").await;
            sign_in(&scene.chat, "ada", PASSWORD, from.clone()).await.unwrap();
        }
    }
    assert_eq!(scene.number("SELECT COUNT(*) FROM devices").await, 20);
    attack(&scene.chat, "ada").await;
    let elsewhere = |device: &Source| Source { address: stranger(201), ..device.clone() };
    assert_eq!(code(sign_in(&scene.chat, "ada", PASSWORD, elsewhere(&passing[0])).await), ErrorCode::Throttled);
    for known in [&in_use, &passing[11]] {
        sign_in(&scene.chat, "ada", PASSWORD, elsewhere(known)).await.unwrap();
    }
}

#[tokio::test]
async fn a_known_device_guesses_no_better_than_others() {
    let scene = Scene::with(Limits { per_account: only(3), ..limits() }).await;
    scene.person("ada").await;
    let refused = refused_after(3, async || match sign_in(&scene.chat, "ada", "a guess", HOME).await {
        Err(error) if error.public().code == ErrorCode::WrongCredentials => Ok(()),
        other => other.map(|_| ()),
    });
    assert_eq!(refused.await.code, ErrorCode::Throttled);
}

#[tokio::test]
async fn a_48_makes_no_more_accounts_than_four_addresses() {
    let scene = Scene::with(Limits { per_address: only(1), ..limits() }).await;
    let mut made = 0;
    for n in 0..16 {
        let username = format!("ada{n}");
        let new = Registration { username: &username, display_name: "", password: PASSWORD };
        let from: IpAddr = format!("2001:db8:0:{n:x}00::1").parse().unwrap();
        match accounts::register(&scene.chat, new, from).await {
            Ok(_) => made += 1,
            Err(error) => assert_eq!(error.public().code, ErrorCode::Throttled),
        }
    }
    assert_eq!(made, 4);
}

/// On SQLite there is one node.
#[tokio::test(flavor = "multi_thread")]
async fn tries_are_counted_over_all_nodes() {
    let (scene, other) = Scene::of_two_nodes_with("redis://127.0.0.1:1", Limits { per_account: only(4), ..limits() }).await;
    scene.person("ada").await;
    for n in 1..=2 {
        for chat in [&scene.chat, &other] {
            assert_eq!(code(sign_in(chat, "ada", "a guess", stranger(n)).await), ErrorCode::WrongCredentials);
        }
    }
    for chat in [&scene.chat, &other] {
        let refused = sign_in(chat, "ada", PASSWORD, stranger(3)).await.unwrap_err().public();
        assert_eq!(refused.code, ErrorCode::Throttled);
        assert!(is_tomorrow(&refused), "{refused:?}");
        sign_in(chat, "ada", PASSWORD, HOME).await.unwrap();
    }
}

#[tokio::test]
async fn a_page_that_begins_at_a_room_tells_nothing_of_one_that_may_not_be_found() {
    let scene = Scene::with(limits()).await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let hidden = ada.room("Middle", "private").await;
    for name in ["Aster", "Zinnia"] {
        bob.room(name, "open").await;
    }
    let after = |room: RoomId| Search { after: Some(room), ..Search::default() };
    let found = rooms::search(&scene.chat, bob.actor(), after(hidden.id)).await.unwrap();
    assert_eq!(found.rooms.len(), 0, "neither what comes before its name nor what comes after");
    let found = rooms::search(&scene.chat, ada.actor(), after(hidden.id)).await.unwrap();
    assert_eq!(found.rooms.iter().map(|found| found.room.name.as_str()).collect::<Vec<_>>(), ["Zinnia"]);
    let among = Search { among: Some(&[]), ..after(hidden.id) };
    assert_eq!(rooms::search(&scene.chat, ada.actor(), among).await.unwrap().rooms.len(), 0);
}
