//! What the house does in rooms, whose admins need not be in them; and what stands in the audit log of it.

use chat::{
    Actor,
    accounts::{self, Registration},
    house::{self, AuditSearch, By, SessionSearch},
    messages::{self, NewText},
    rooms,
    sessions::{self, sign_in},
};
use protocol::{Change, CloseCode, ErrorCode, HouseRole, MessageKind, Room, RoomRef, RoomRole, ServerFrame, Window};

use crate::{
    scene::{HOME, PASSWORD, Person, Scene, code, subscribe},
    socket::Delivery,
};

/// Whoever sees to the house, somebody who owns a private room, and two who are in it.
struct Cast {
    scene: Scene,
    ada: Person,
    bob: Person,
    eve: Person,
    room: Room,
}

impl Cast {
    async fn of(visibility: &str) -> Self {
        let scene = Scene::open().await;
        let (ada, bob, eve) = (scene.person("ada").await, scene.person("bob").await, scene.person("eve").await);
        let room = bob.room("Cellar", visibility).await;
        bob.add(&room, "eve").await.unwrap();
        Self { scene, ada, bob, eve, room }
    }

    fn name(&self) -> RoomRef {
        self.room.id.into()
    }

    fn house(&self) -> By {
        By::Admin(self.ada.actor())
    }

    async fn roles(&self) -> Vec<(String, RoomRole)> {
        let page =
            rooms::members(&self.scene.chat, By::CommandLine, &self.name(), rooms::MembersSearch::default()).await.unwrap();
        page.members.into_iter().map(|member| (member.user.username, member.role)).collect()
    }

    /// What the audit log has of the room, the newest first.
    async fn audit(&self) -> Vec<[String; 4]> {
        let search = AuditSearch { subject: ["/r/", &self.room.slug].concat(), ..AuditSearch::default() };
        let page = house::audit(&self.scene.chat, self.ada.actor(), search).await.unwrap();
        page.entries.into_iter().map(|entry| [entry.actor, entry.action, entry.subject, entry.detail]).collect()
    }
}

#[tokio::test]
async fn an_admin_sees_to_the_people_of_a_room_without_being_in_it_and_reads_nothing() {
    let cast = Cast::of("private").await;
    let (chat, name, house) = (&cast.scene.chat, cast.name(), cast.house());
    cast.bob.say(cast.room.id, "between us").await;
    assert_eq!(code(messages::page(chat, cast.ada.actor(), &name, Window::Latest).await), ErrorCode::NotFound);
    // What an admin may do as one is nothing that they may do as somebody in the room.
    assert_eq!(code(rooms::add(chat, cast.ada.actor(), &name, "ada").await), ErrorCode::NotFound);

    rooms::set_role(chat, house, &name, cast.eve.user().id, "owner").await.unwrap();
    rooms::set_role(chat, house, &name, cast.bob.user().id, "member").await.unwrap();
    let mut owners = cast.scene.texts("SELECT text FROM alerts WHERE kind = 'role_changed' ORDER BY text").await;
    assert_eq!(owners.pop().unwrap(), " made you an owner of Cellar.");
    assert_eq!(code(rooms::set_role(chat, house, &name, cast.eve.user().id, "member").await), ErrorCode::LastOwner);
    assert_eq!(code(rooms::remove(chat, house, &name, cast.eve.user().id).await), ErrorCode::LastOwner);
    let socket = cast.bob.connect().await;
    subscribe(&socket, cast.room.id, None).await;
    rooms::remove(chat, house, &name, cast.bob.user().id).await.unwrap();
    while !matches!(socket.next_frame().await, ServerFrame::Unsubscribed { .. }) {}
    cast.scene.person("dan").await;
    rooms::add(chat, house, &name, "@dan").await.unwrap();
    assert_eq!(cast.roles().await, [("eve".to_owned(), RoomRole::Owner), ("dan".to_owned(), RoomRole::Member)]);

    let slug = &cast.room.slug;
    let line = |action: &str, whom: &str, detail: &str| {
        ["@ada", action, whom, format!("/r/{slug}:{detail}").as_str()].map(str::to_owned)
    };
    let expected = [
        line("add to room", "@dan", ""),
        line("remove from room", "@bob", ""),
        line("change room role", "@bob", " owner → member"),
        line("change room role", "@eve", " member → owner"),
    ];
    assert_eq!(cast.audit().await, expected);
}

#[tokio::test]
async fn only_those_who_see_to_the_house_see_to_its_rooms() {
    let cast = Cast::of("private").await;
    let (chat, name) = (&cast.scene.chat, cast.name());
    let nowhere = RoomRef::Slug("nowhere".to_owned());
    for actor in [Actor::Guest, cast.eve.actor(), cast.bob.actor()] {
        let by = By::Admin(actor);
        let expected = if actor == Actor::Guest { ErrorCode::NotAuthenticated } else { ErrorCode::NotAllowed };
        // In the same words where there is no such room.
        for name in [&name, &nowhere] {
            assert_eq!(code(rooms::archive(chat, by, name, true).await), expected);
            assert_eq!(code(rooms::delete(chat, by, name, "Cellar").await), expected);
            assert_eq!(code(rooms::add(chat, by, name, "ada").await), expected);
            assert_eq!(code(rooms::remove(chat, by, name, cast.eve.user().id).await), expected);
            assert_eq!(code(rooms::set_role(chat, by, name, cast.eve.user().id, "owner").await), expected);
            assert_eq!(code(rooms::members(chat, by, name, rooms::MembersSearch::default()).await), expected);
            assert_eq!(code(messages::delete(chat, by, name, protocol::Seq(1)).await), expected);
        }
        assert_eq!(code(messages::all_reports(chat, by, None).await), expected);
        assert_eq!(code(house::sessions(chat, by, SessionSearch::default()).await), expected);
        assert_eq!(code(house::end_session(chat, by, cast.eve.session.id).await), expected);
    }
    // An admin may, as an owner may.
    house::set_role(chat, cast.ada.actor(), cast.eve.user().id, HouseRole::Admin).await.unwrap();
    rooms::archive(chat, By::Admin(cast.eve.actor()), &name, true).await.unwrap();
}

#[tokio::test]
async fn the_house_leaves_a_conversation_alone_but_for_what_is_reported_there() {
    let scene = Scene::open().await;
    let (ada, bob, _eve) = (scene.person("ada").await, scene.person("bob").await, scene.person("eve").await);
    let room = rooms::converse(&scene.chat, bob.actor(), "eve").await.unwrap();
    let (name, house) = (room.id.into(), By::Admin(ada.actor()));
    assert_eq!(code(rooms::add(&scene.chat, house, &name, "ada").await), ErrorCode::NotAllowed);
    assert_eq!(code(rooms::remove(&scene.chat, house, &name, bob.user().id).await), ErrorCode::NotAllowed);
    assert_eq!(code(rooms::archive(&scene.chat, By::CommandLine, &name, true).await), ErrorCode::NotAllowed);
    assert_eq!(code(rooms::delete(&scene.chat, house, &name, "").await), ErrorCode::NotAllowed);
    let seq = bob.say(room.id, "nightshade").await.seq;
    messages::report(&scene.chat, bob.actor(), &name, seq, "Poison").await.unwrap();
    assert_eq!(scene.texts("SELECT text FROM alerts").await, [" reported a message in a conversation."]);
    messages::delete(&scene.chat, house, &name, seq).await.unwrap();
    assert!(messages::all_reports(&scene.chat, house, None).await.unwrap().reports.is_empty());
}

#[tokio::test]
async fn what_the_house_says_in_a_room_is_nobodys_message_and_the_audit_log_has_who_had_it_say_it() {
    let cast = Cast::of("private").await;
    let (chat, name, text) = (&cast.scene.chat, cast.name(), "The cellar closes at **six**, @eve.");
    cast.bob.say(cast.room.id, "before").await;
    let socket = cast.bob.connect().await;
    subscribe(&socket, cast.room.id, None).await;
    let sent = messages::send_system(chat, cast.house(), &name, text).await.unwrap();
    match socket.next_frame().await {
        ServerFrame::Event(event) => {
            assert_eq!((event.seq, event.actor.name.as_str()), (sent.seq, "The house"));
            let Change::MessageCreated { message } = event.change else { panic!("{:?}", event.change) };
            assert_eq!((message.kind, message.body.as_str()), (MessageKind::System, text));
        }
        other => panic!("{other:?}"),
    }
    let line = ["@ada", "send system message", &["/r/", &cast.room.slug].concat(), &format!("message {}", sent.seq)];
    assert_eq!(cast.audit().await, [line.map(str::to_owned)]);
    assert_eq!(cast.scene.number("SELECT COUNT(*) FROM audit WHERE detail LIKE '%six%'").await, 0);
    assert_eq!(cast.scene.texts("SELECT u.username FROM inbox i JOIN users u ON u.id = i.user_id").await, ["eve"]);

    // People write on, and read it as what it is. Nobody has it to edit, and those who keep order in the room may take it away.
    cast.bob.say(cast.room.id, "after").await;
    let page = messages::page(chat, cast.eve.actor(), &name, Window::Latest).await.unwrap();
    let kinds: Vec<_> = page.messages.iter().map(|message| message.kind).collect();
    assert_eq!(kinds, [MessageKind::Text, MessageKind::System, MessageKind::Text]);
    let text = NewText { room: name.clone(), seq: sent.seq, body: "Mine".to_owned(), revision: 0 };
    assert_eq!(code(messages::edit(chat, cast.bob.actor(), text).await), ErrorCode::NotAllowed);
    messages::delete(chat, cast.bob.actor(), &name, sent.seq).await.unwrap();

    let say = async |by, name: &RoomRef| messages::send_system(chat, by, name, "Hello").await;
    messages::send_system(chat, By::CommandLine, &name, "Good night").await.unwrap();
    assert_eq!(code(messages::send_system(chat, cast.house(), &name, " ").await), ErrorCode::Invalid);
    for actor in [cast.bob.actor(), cast.eve.actor()] {
        assert_eq!(code(say(By::Admin(actor), &name).await), ErrorCode::NotAllowed);
        assert_eq!(code(say(By::Admin(actor), &RoomRef::Slug("nowhere".to_owned())).await), ErrorCode::NotAllowed);
    }
    assert_eq!(code(say(By::Admin(Actor::Guest), &name).await), ErrorCode::NotAuthenticated);
    let between = rooms::converse(chat, cast.bob.actor(), "eve").await.unwrap();
    assert_eq!(code(say(cast.house(), &between.id.into()).await), ErrorCode::NotAllowed);
    rooms::archive(chat, cast.house(), &name, true).await.unwrap();
    assert_eq!(code(say(cast.house(), &name).await), ErrorCode::Archived);
}

#[tokio::test]
async fn what_owners_do_about_rights_stands_in_the_audit_log() {
    let cast = Cast::of("open").await;
    let (chat, name, bob) = (&cast.scene.chat, cast.name(), &cast.bob);
    bob.set_role(&cast.room, &cast.eve, "moderator").await.unwrap();
    bob.remove(&cast.room, &cast.eve).await.unwrap();
    bob.ban(&cast.room, &cast.eve, "day").await.unwrap();
    rooms::unban(chat, bob.actor(), &name, cast.eve.user().id).await.unwrap();
    rooms::unban(chat, bob.actor(), &name, cast.eve.user().id).await.unwrap();
    rooms::archive(chat, bob.actor(), &name, true).await.unwrap();
    rooms::archive(chat, bob.actor(), &name, false).await.unwrap();
    rooms::archive(chat, bob.actor(), &name, false).await.unwrap();
    rooms::set_visibility(chat, bob.actor(), &name, "public").await.unwrap();
    rooms::delete(chat, bob.actor(), &name, "Cellar").await.unwrap();
    let entries = cast.audit().await;
    assert!(entries.iter().all(|[actor, ..]| actor == "@bob"));
    let lines: Vec<_> = entries.iter().map(|[_, action, subject, detail]| [&**action, subject, detail]).collect();
    let expected = [
        ["delete room", "/r/cellar", "Cellar"],
        ["change visibility", "/r/cellar", "open → public"],
        ["bring room back", "/r/cellar", ""],
        ["archive room", "/r/cellar", ""],
        ["lift ban", "@eve", "/r/cellar:"],
        ["ban from room", "@eve", "/r/cellar: for a day Shouting"],
        ["remove from room", "@eve", "/r/cellar:"],
        ["change room role", "@eve", "/r/cellar: member → moderator"],
    ];
    assert_eq!(lines, expected);
    let search = AuditSearch { action: "ban from room".to_owned(), subject: "@eve".to_owned(), ..AuditSearch::default() };
    assert_eq!(house::audit(chat, cast.ada.actor(), search).await.unwrap().entries.len(), 1);
}

#[tokio::test]
async fn the_command_line_does_it_as_the_house_itself() {
    let scene = Scene::open().await;
    // Before anybody has an account: whoever comes first is the owner all the same.
    let lobby = RoomRef::Slug("lobby".to_owned());
    rooms::archive(&scene.chat, By::CommandLine, &lobby, true).await.unwrap();
    rooms::archive(&scene.chat, By::CommandLine, &lobby, false).await.unwrap();
    let new = Registration { username: "ada", display_name: "", password: PASSWORD };
    let ada = Person::of(&scene.chat, accounts::register(&scene.chat, new, HOME).await.unwrap());
    assert!(ada.session.administers());
    let bob = scene.person("bob").await;
    let room = ada.room("Cellar", "private").await;
    let socket = ada.connect().await;
    subscribe(&socket, room.id, None).await;
    rooms::add(&scene.chat, By::CommandLine, &room.id.into(), "bob").await.unwrap();
    match socket.next_frame().await {
        ServerFrame::Event(event) => assert_eq!(event.actor.name, "The house"),
        other => panic!("{other:?}"),
    }
    assert_eq!(scene.texts("SELECT text FROM alerts WHERE kind = 'added'").await, [" added you to Cellar."]);
    let known = rooms::members(&scene.chat, bob.actor(), &room.id.into(), rooms::MembersSearch::default()).await.unwrap();
    assert_eq!(known.total, 2, "the house is nobody who is there");
    assert_eq!(house::people(&scene.chat, ada.actor(), house::PeopleSearch::default()).await.unwrap().people.len(), 2);
    assert_eq!(code(sign_in(&scene.chat, "-house", "", HOME).await), ErrorCode::WrongCredentials);
}

#[tokio::test]
async fn a_report_where_nobody_keeps_order_comes_before_those_who_see_to_the_house() {
    let scene = Scene::open().await;
    let (ada, bob, eve) = (scene.person("ada").await, scene.person("bob").await, scene.person("eve").await);
    house::set_role(&scene.chat, ada.actor(), eve.user().id, HouseRole::Admin).await.unwrap();
    let lobby = RoomRef::Slug("lobby".to_owned());
    let [one, two] = [bob.say(lobby.clone(), "nightshade").await.seq, bob.say(lobby.clone(), "hemlock").await.seq];
    for seq in [one, two] {
        messages::report(&scene.chat, bob.actor(), &lobby, seq, "Poison").await.unwrap();
    }
    let told = "SELECT u.username FROM alerts a JOIN users u ON u.id = a.user_id WHERE a.kind = 'report' ORDER BY u.username";
    assert_eq!(scene.texts(told).await, ["ada", "ada", "eve", "eve"]);
    // Where somebody keeps order, they are told, and the house sees it all the same.
    let room = bob.room("Cellar", "private").await;
    let third = bob.say(room.id, "yew").await.seq;
    messages::report(&scene.chat, bob.actor(), &room.id.into(), third, "Poison").await.unwrap();
    assert_eq!(scene.texts(told).await.len(), 5);
    let list = async || messages::all_reports(&scene.chat, eve.actor(), None).await.unwrap().reports;
    let reports = list().await;
    let said: Vec<_> = reports.iter().map(|report| (report.place.name.as_str(), report.body.as_str())).collect();
    assert_eq!(said, [("Cellar", "yew"), ("Lobby", "hemlock"), ("Lobby", "nightshade")]);
    let by = By::Admin(eve.actor());
    messages::close_report(&scene.chat, by, &lobby, &reports[1].id).await.unwrap();
    messages::delete(&scene.chat, by, &lobby, one).await.unwrap();
    messages::delete(&scene.chat, by, &room.id.into(), third).await.unwrap();
    assert!(list().await.is_empty());
    assert_eq!(scene.number("SELECT COUNT(*) FROM messages WHERE body <> ''").await, 1);
    let audit = house::audit(&scene.chat, ada.actor(), AuditSearch { actor: "@eve".to_owned(), ..AuditSearch::default() });
    let actions: Vec<_> = audit.await.unwrap().entries.into_iter().map(|entry| (entry.action, entry.subject)).collect();
    let expected = [("delete message", "@bob"), ("delete message", "@bob"), ("dismiss report", "/r/lobby")];
    assert_eq!(actions, expected.map(|(action, subject)| (action.to_owned(), subject.to_owned())));
}

#[tokio::test]
async fn the_sessions_of_the_house_are_listed_and_one_is_ended() {
    let scene = Scene::open().await;
    let (ada, bob, eve) = (scene.person("ada").await, scene.person("bob").await, scene.person("eve").await);
    house::set_role(&scene.chat, ada.actor(), eve.user().id, HouseRole::Admin).await.unwrap();
    let second = Person::of(&scene.chat, sign_in(&scene.chat, "bob", PASSWORD, HOME).await.unwrap());
    let list = async |username: &str| {
        let search = SessionSearch { username: username.to_owned(), after: None };
        house::sessions(&scene.chat, eve.actor(), search).await.unwrap().sessions
    };
    let all: Vec<_> = list("").await.into_iter().map(|session| (session.username, session.may_be_ended)).collect();
    let expected = [("bob", true), ("eve", true), ("bob", true), ("ada", false)];
    assert_eq!(all, expected.map(|(name, may)| (name.to_owned(), may)));
    assert_eq!(list("@bob").await.len(), 2);
    assert!(list("nobody").await.is_empty());
    assert_eq!(list("bob").await[0].address, HOME.to_string());

    let (one, other) = (bob.connect().await, second.connect().await);
    house::end_session(&scene.chat, eve.actor(), second.session.id).await.unwrap();
    assert_eq!(other.next().await, Delivery::Close(CloseCode::SignIn));
    assert!(one.try_next().is_none());
    assert_eq!(sessions::by_refresh_token(&scene.chat, &second.refresh_token).await.unwrap(), None);
    assert_eq!(code(house::end_session(&scene.chat, eve.actor(), second.session.id).await), ErrorCode::NotFound);
    assert_eq!(code(house::end_session(&scene.chat, eve.actor(), ada.session.id).await), ErrorCode::NotAllowed);
    assert_eq!(list("bob").await.len(), 1);
    let search = AuditSearch { action: "sign out".to_owned(), ..AuditSearch::default() };
    assert_eq!(house::audit(&scene.chat, ada.actor(), search).await.unwrap().entries[0].subject, "@bob");
}

#[tokio::test]
async fn a_room_whose_owner_is_deleted_goes_to_whoever_kept_order_for_longest() {
    let cast = Cast::of("private").await;
    let (chat, scene) = (&cast.scene.chat, &cast.scene);
    for name in ["dan", "fay"] {
        scene.person(name).await;
        cast.bob.add(&cast.room, name).await.unwrap();
    }
    let dan = house::person(chat, By::CommandLine, "dan").await.unwrap().account.id;
    rooms::set_role(chat, cast.bob.actor(), &cast.name(), dan, "moderator").await.unwrap();
    let socket = cast.eve.connect().await;
    subscribe(&socket, cast.room.id, None).await;
    house::delete(chat, cast.ada.actor(), cast.bob.user().id).await.unwrap();
    let owner = |username: &str| (username.to_owned(), RoomRole::Owner);
    assert_eq!(cast.roles().await[0], owner("dan"));
    let told =
        "SELECT a.text FROM alerts a JOIN users u ON u.id = a.user_id WHERE u.username = 'dan' ORDER BY a.rev DESC LIMIT 1";
    assert_eq!(scene.texts(told).await, ["Whoever owned Cellar is here no more. You are its owner now."]);
    loop {
        if let ServerFrame::Event(event) = socket.next_frame().await
            && let Change::MemberChanged { user, role, .. } = event.change
        {
            assert_eq!((user.username.as_str(), role), ("dan", RoomRole::Owner));
            break;
        }
    }
    // Without a moderator it is whoever came first, and can sign in.
    house::suspend(chat, cast.ada.actor(), cast.eve.user().id, None, "").await.unwrap();
    house::delete(chat, cast.ada.actor(), dan).await.unwrap();
    assert_eq!(cast.roles().await[0], owner("fay"));
    let fay = house::person(chat, By::CommandLine, "fay").await.unwrap().account.id;
    house::delete(chat, cast.ada.actor(), fay).await.unwrap();
    assert_eq!(cast.roles().await, [("eve".to_owned(), RoomRole::Member)], "nobody is left who can sign in");
    rooms::add(chat, cast.house(), &cast.name(), "ada").await.unwrap();
    rooms::set_role(chat, cast.house(), &cast.name(), cast.ada.user().id, "owner").await.unwrap();
    assert_eq!(cast.roles().await[0], owner("ada"));
}

#[tokio::test]
async fn where_nothing_may_be_public_no_room_is_made_so() {
    let cast = Cast::of("open").await;
    let settings = chat::Settings { public_rooms: false, ..chat::Settings::default() };
    house::change(&cast.scene.chat, cast.ada.actor(), settings).await.unwrap();
    let refused = rooms::set_visibility(&cast.scene.chat, cast.bob.actor(), &cast.name(), "public").await;
    assert_eq!(refused.unwrap_err().public().fields[0].field, protocol::Field::Visibility);
    let new = rooms::NewRoom { name: "garden", topic: "", visibility: "public", allow_duplicate: false };
    assert_eq!(code(rooms::create(&cast.scene.chat, cast.bob.actor(), new).await), ErrorCode::Invalid);
}

#[tokio::test]
async fn an_icon_is_set_by_owners_and_stays_when_something_else_is_settled() {
    let scene = Scene::open().await;
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    house::set_role(&scene.chat, ada.actor(), bob.user().id, HouseRole::Admin).await.unwrap();
    let red = include_bytes!("../../../../server/tests/all/support/red.png").to_vec();
    assert_eq!(code(house::set_icon(&scene.chat, bob.actor(), red.clone()).await), ErrorCode::NotAllowed);
    assert_eq!(code(house::set_icon(&scene.chat, ada.actor(), b"GIF89a".to_vec()).await), ErrorCode::Invalid);
    house::set_icon(&scene.chat, ada.actor(), red).await.unwrap();
    let etag = scene.chat.settings().icon.clone().unwrap();
    assert!(house::icon(&scene.chat, &etag).await.unwrap().unwrap().starts_with(b"\xff\xd8\xff"));
    assert_eq!(house::icon(&scene.chat, "another").await.unwrap(), None);
    house::change(&scene.chat, ada.actor(), chat::Settings::default()).await.unwrap();
    assert_eq!(scene.chat.settings().icon.as_ref(), Some(&etag));
    assert_eq!(code(house::remove_icon(&scene.chat, bob.actor()).await), ErrorCode::NotAllowed);
    house::remove_icon(&scene.chat, ada.actor()).await.unwrap();
    assert_eq!(scene.chat.settings().icon, None);
    assert_eq!(house::icon(&scene.chat, &etag).await.unwrap(), None);
}
