//! Who is in a room, who has a say there, who is kept out.

use chat::{
    Limits,
    rooms::{self, MembersSearch},
};
use protocol::{Change, ClientId, ErrorCode, Event, Field, Problem, Room, RoomRole, ServerFrame, limits as bounds};

use crate::{
    scene::{Person, Scene, code, limits, subscribe},
    socket::Socket,
};

async fn event(socket: &Socket) -> Event {
    loop {
        if let ServerFrame::Event(event) = socket.next_frame().await {
            return event;
        }
    }
}

/// What somebody was told, the oldest first.
async fn told(scene: &Scene, person: &Person) -> Vec<String> {
    let name = &person.user().username;
    scene
        .texts(&format!(
            "SELECT a.text FROM alerts a JOIN users u ON u.id = a.user_id WHERE u.username = '{name}' ORDER BY a.rev"
        ))
        .await
}

fn problem<T: std::fmt::Debug>(result: chat::Result<T>) -> (Field, Problem) {
    let fault = result.unwrap_err().public().fields[0];
    (fault.field, fault.problem)
}

async fn head(person: &Person, room: &Room) -> i64 {
    person.say(room.id, "?").await.seq.0
}

#[tokio::test]
async fn people_are_added_by_name_and_they_and_the_room_are_told() {
    let scene = Scene::open().await;
    let (ada, bob, eve) = (scene.person("ada").await, scene.person("bob").await, scene.person("eve").await);
    let room = ada.room("Plans", "private").await;
    let socket = ada.connect().await;
    subscribe(&socket, room.id, None).await;
    ada.add(&room, " @Bob ").await.unwrap();
    let added = event(&socket).await;
    assert_eq!((added.actor.id, added.change), (ada.user().id, Change::MemberAdded { user: bob.user() }));
    assert_eq!(told(&scene, &bob).await, [" added you to Plans."]);
    bob.say(room.id, "Hello").await;

    // Once more changes nothing, and tells nobody.
    let before = head(&ada, &room).await;
    ada.add(&room, "bob").await.unwrap();
    assert_eq!((head(&ada, &room).await, told(&scene, &bob).await.len()), (before + 1, 1));

    assert_eq!(problem(ada.add(&room, "nobody").await), (Field::Username, Problem::Unknown));
    assert_eq!(code(bob.add(&room, "eve").await), ErrorCode::NotAllowed, "in a private room those who keep order add");
    assert_eq!(code(eve.add(&room, "eve").await), ErrorCode::NotFound);
    ada.set_role(&room, &bob, "moderator").await.unwrap();
    bob.add(&room, "eve").await.unwrap();
    let open = ada.room("Kitchen", "open").await;
    assert_eq!(code(bob.add(&open, "eve").await), ErrorCode::NotAMember);
    bob.join(&open).await;
    bob.add(&open, "eve").await.unwrap();
}

#[tokio::test]
async fn nobody_is_added_to_more_rooms_than_they_may_be_in() {
    let scene = Scene::with(Limits { rooms_joined: 2, ..limits() }).await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    bob.room("His", "public").await;
    let room = ada.room("Plans", "private").await;
    assert_eq!(code(ada.add(&room, "bob").await), ErrorCode::LimitReached);
}

#[tokio::test]
async fn people_are_found_by_a_part_of_a_name_by_those_who_may_add_them() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    scene.person("bobby_tables").await;
    let room = ada.room("Plans", "private").await;
    let find = async |person: &Person, text: &str| {
        let found = rooms::candidates(&scene.chat, person.actor(), &room.id.into(), text).await;
        found.map(|people| people.into_iter().map(|user| user.username).collect::<Vec<_>>())
    };
    assert_eq!(find(&ada, "OB").await.unwrap(), ["bob", "bobby_tables"]);
    assert_eq!(find(&ada, "y_t").await.unwrap(), ["bobby_tables"]);
    assert_eq!(find(&ada, "%").await.unwrap(), Vec::<String>::new());
    ada.add(&room, "bob").await.unwrap();
    assert_eq!(find(&ada, "bob").await.unwrap(), ["bobby_tables"]);
    assert_eq!(find(&bob, "bob").await.unwrap(), Vec::<String>::new(), "who may not add finds nobody");
}

#[tokio::test]
async fn names_are_completed_for_those_who_write_with_people_of_the_room_first() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    for name in ["adam", "adrian", "bad", "a_b"] {
        scene.person(name).await;
    }
    let room = ada.room("Plans", "private").await;
    let find = async |person: &Person, text: &str| {
        let found = rooms::named(&scene.chat, person.actor(), &room.id.into(), text).await;
        found.map(|people| people.into_iter().map(|user| user.username).collect::<Vec<_>>())
    };
    assert_eq!(find(&ada, "").await.unwrap(), ["ada"]);
    ada.add(&room, "adrian").await.unwrap();
    assert_eq!(find(&ada, "AD").await.unwrap(), ["ada", "adrian", "adam"]);
    assert_eq!(find(&ada, "a_").await.unwrap(), ["a_b"]);
    assert_eq!(find(&ada, "%").await.unwrap(), Vec::<String>::new());
    assert_eq!(code(find(&bob, "a").await), ErrorCode::NotFound);
    ada.add(&room, "bob").await.unwrap();
    assert_eq!(find(&bob, "bo").await.unwrap(), ["bob"]);
}

#[tokio::test]
async fn who_is_removed_from_a_private_room_hears_no_more_of_it() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Plans", "private").await;
    ada.add(&room, "bob").await.unwrap();
    let his = bob.connect().await;
    subscribe(&his, room.id, None).await;
    assert_eq!(code(bob.remove(&room, &ada).await), ErrorCode::NotAllowed);
    assert_eq!(code(ada.remove(&room, &ada).await), ErrorCode::NotAllowed, "one leaves oneself");
    ada.remove(&room, &bob).await.unwrap();
    ada.say(room.id, "between us").await;
    assert_eq!(event(&his).await.change, Change::MemberRemoved { user: bob.user() });
    assert_eq!(his.next_frame().await, ServerFrame::Unsubscribed { room: room.id, again: false });
    assert!(his.try_next().is_none());
    assert_eq!(code(his.subscribe(&room.id.into(), None, None).await), ErrorCode::NotFound);
    assert_eq!(code(bob.try_say(room.id, ClientId::generate(), "?").await), ErrorCode::NotFound);
    assert_eq!(told(&scene, &bob).await, [" added you to Plans.", " removed you from Plans."]);
}

#[tokio::test]
async fn a_room_has_an_owner_at_all_times() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    bob.join(&room).await;
    assert_eq!(code(ada.try_leave(&room).await), ErrorCode::LastOwner);
    assert_eq!(code(ada.set_role(&room, &ada, "member").await), ErrorCode::LastOwner);
    assert_eq!(code(bob.set_role(&room, &bob, "owner").await), ErrorCode::NotAllowed);
    ada.set_role(&room, &bob, "owner").await.unwrap();
    assert_eq!(told(&scene, &bob).await, [" made you an owner of Garden."]);
    assert_eq!(code(ada.set_role(&room, &bob, "member").await), ErrorCode::NotAllowed, "nobody demotes their like");
    // Both go at once: one of them stays.
    let (hers, his) = futures::join!(ada.try_leave(&room), bob.try_leave(&room));
    let refused = [hers, his].into_iter().filter_map(Result::err).map(|error| error.public().code);
    assert_eq!(refused.collect::<Vec<_>>(), [ErrorCode::LastOwner]);
}

#[tokio::test]
async fn who_is_muted_reads_and_does_not_write_until_they_may_again() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    bob.join(&room).await;
    bob.say(room.id, "loud").await;
    let say = async |text: &str| bob.try_say(room.id, ClientId::generate(), text).await;
    for time in ["hour", "day", "always"] {
        ada.mute(&room, &bob, time).await.unwrap();
        assert_eq!(code(say("LOUD").await), ErrorCode::Muted, "{time}");
    }
    assert_eq!(code(bob.connect().await.typing(&room.id.into()).await), ErrorCode::Muted);
    assert_eq!(code(bob.mute(&room, &ada, "day").await), ErrorCode::NotAllowed);
    assert_eq!(problem(ada.mute(&room, &bob, "month").await), (Field::Until, Problem::NotAChoice));
    ada.mute(&room, &bob, "").await.unwrap();
    say("quiet").await.unwrap();
    ada.mute(&room, &bob, "hour").await.unwrap();
    scene.sql("UPDATE memberships SET muted_until = 1 WHERE muted_until IS NOT NULL").await;
    scene.sql("UPDATE rooms SET last_seq = last_seq").await;
    let page = rooms::members(&scene.chat, bob.actor(), &room.id.into(), MembersSearch::default()).await.unwrap();
    assert!(page.members.iter().all(|member| member.muted_until.is_none()), "its time is over");
}

#[tokio::test]
async fn who_is_kept_out_comes_in_by_no_way_until_they_are_let_in_again() {
    let scene = Scene::open().await;
    let (ada, bob, eve) = (scene.person("ada").await, scene.person("bob").await, scene.person("eve").await);
    let room = ada.room("Kitchen", "open").await;
    bob.join(&room).await;
    let his = bob.connect().await;
    subscribe(&his, room.id, None).await;
    assert_eq!(code(bob.ban(&room, &ada, "day").await), ErrorCode::NotAllowed);
    for time in ["day", "week", "always"] {
        ada.ban(&room, &bob, time).await.unwrap();
        assert_eq!(code(bob.try_join(&room).await), ErrorCode::Banned, "{time}");
    }
    assert_eq!(event(&his).await.change, Change::MemberRemoved { user: bob.user() });
    assert_eq!(his.next_frame().await, ServerFrame::Unsubscribed { room: room.id, again: false });
    assert_eq!(problem(ada.add(&room, "bob").await), (Field::Username, Problem::KeptOut));
    let list = async |person: &Person| rooms::banned(&scene.chat, person.actor(), &room.id.into()).await.unwrap();
    let banned = list(&ada).await;
    assert_eq!(
        (banned[0].user.id, &*banned[0].reason, banned[0].until, &*banned[0].by),
        (bob.user().id, "Shouting", None, "ada")
    );
    eve.join(&room).await;
    assert!(list(&eve).await.is_empty(), "that is for those who keep order");

    // It ends by itself, or when somebody ends it.
    ada.ban(&room, &bob, "day").await.unwrap();
    scene.sql("UPDATE room_bans SET until = 1").await;
    assert!(list(&ada).await.is_empty());
    bob.join(&room).await;
    ada.ban(&room, &bob, "always").await.unwrap();
    rooms::unban(&scene.chat, ada.actor(), &room.id.into(), bob.user().id).await.unwrap();
    bob.join(&room).await;
    assert_eq!(told(&scene, &bob).await.first().unwrap(), " keeps you out of Kitchen for a day.");
}

#[tokio::test]
async fn five_thousand_members_are_shown_by_role_and_found_by_name() {
    let scene = Scene::open().await;
    let (ada, mo) = (scene.person("ada").await, scene.person("mo").await);
    let room = ada.room("Garden", "public").await;
    mo.join(&room).await;
    ada.set_role(&room, &mo, "moderator").await.unwrap();
    let id = if std::env::var("SNUG_TEST_DATABASE").is_ok_and(|database| database == "postgres") {
        "gen_random_uuid()"
    } else {
        "randomblob(16)"
    };
    scene
        .sql(&format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) \
             INSERT INTO users (id, username, name, ambiguous, password_hash, role, created_at) \
             SELECT {id}, 'user' || i, 'Person ' || i, FALSE, '', 'member', 0 FROM n"
        ))
        .await;
    scene
        .sql(
            "INSERT INTO memberships (room_id, user_id, role, joined_at) \
             SELECT r.id, u.id, 'member', 0 FROM rooms r, users u WHERE r.slug = 'garden' AND u.username LIKE 'user%'",
        )
        .await;
    let look =
        async |text, page| rooms::members(&scene.chat, ada.actor(), &room.id.into(), MembersSearch { text, page }).await.unwrap();
    let first = look("", 1).await;
    assert_eq!((first.total, first.members.len() as u64, first.has_more), (5_002, bounds::MEMBERS_PAGE, true));
    let names: Vec<_> = first.members.iter().take(3).map(|member| (member.user.name.as_str(), member.role)).collect();
    assert_eq!(names, [("ada", RoomRole::Owner), ("mo", RoomRole::Moderator), ("Person 1", RoomRole::Member)]);
    let last = look("", 101).await;
    assert_eq!((last.members.len(), last.has_more), (2, false));
    let found = look("PERSON 4999", 1).await;
    assert_eq!(found.members.iter().map(|member| member.user.username.as_str()).collect::<Vec<_>>(), ["user4999"]);
    assert_eq!(look("user49", 1).await.members.len() as u64, bounds::MEMBERS_PAGE);
    assert!(look("%", 1).await.members.is_empty());
    // What may be done to whom is said by the list.
    let of = |name: &str| first.members.iter().find(|member| member.user.name == name).unwrap();
    assert!(!of("ada").may_be_moderated && of("mo").may_be_moderated);
    assert_eq!(of("mo").roles, [RoomRole::Owner, RoomRole::Member]);
    let seen = rooms::members(&scene.chat, mo.actor(), &room.id.into(), MembersSearch::default()).await.unwrap();
    assert!(seen.members.iter().all(|member| member.roles.is_empty()));
}

#[tokio::test]
async fn who_is_no_member_is_banned_by_name_and_does_not_come_in() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    let ban = async |who: &Person, name: &str, reason: &str| {
        let terms = rooms::Ban { reason, time: "day" };
        rooms::ban_named(&scene.chat, who.actor(), &room.id.into(), name, terms).await
    };
    assert_eq!(code(ban(&bob, "ada", "").await), ErrorCode::NotAMember);
    let fault = ban(&ada, "nobody", "").await.unwrap_err().public().fields[0];
    assert_eq!((fault.field, fault.problem), (Field::Username, Problem::Unknown));
    let long = "x".repeat(201);
    assert_eq!(ban(&ada, "bob", &long).await.unwrap_err().public().fields[0].problem, Problem::TooLong { max: 200 });
    ban(&ada, " @Bob ", "Shouting").await.unwrap();
    assert_eq!(code(bob.try_join(&room).await), ErrorCode::Banned);
}

#[tokio::test]
async fn people_are_found_to_write_to_and_whoever_has_the_name_stands_first() {
    let scene = Scene::open().await;
    let ada = scene.person("ada").await;
    for name in ["zobob", "bobby", "bob", "abob"] {
        scene.person(name).await;
    }
    let find = async |actor: chat::Actor, text: &str| {
        let found = rooms::correspondents(&scene.chat, actor, text).await;
        found.map(|people| people.into_iter().map(|user| user.username).collect::<Vec<_>>())
    };
    assert_eq!(find(ada.actor(), "@BOB").await.unwrap(), ["bob", "bobby", "abob", "zobob"]);
    assert_eq!(find(ada.actor(), "ada").await.unwrap(), Vec::<String>::new(), "nobody writes to themselves");
    assert_eq!(find(ada.actor(), " \0 ").await.unwrap(), Vec::<String>::new());
    assert_eq!(code(find(chat::Actor::Guest, "bob").await), ErrorCode::NotAuthenticated);
}
