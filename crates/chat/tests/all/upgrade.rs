//! A database of the version before, with what people had in it.

use chat::{
    Chat, house, messages, rooms,
    sessions::{self, by_refresh_token, renew, sign_in},
};
use migration::{Migrator, MigratorTrait};
use protocol::{ClientId, ErrorCode, RoomRole, Seq, Visibility, Window};
use sea_orm::Database;

use crate::scene::{HOME, PASSWORD, Person, Scene, code, subscribe};

/// The last step that the version before knew: people talk in rooms that all may find, and nobody has a say.
const BEFORE: &str = "m20261126_000008_names";

/// Takes the schema back to what the version before had.
async fn downgrade(scene: &Scene) {
    let db = Database::connect(scene.database_url()).await.unwrap();
    let steps = "SELECT version FROM seaql_migrations ORDER BY version DESC";
    while scene.texts(steps).await.first().unwrap() != BEFORE {
        Migrator::down(&db, Some(1)).await.unwrap();
    }
    db.close().await.unwrap();
}

async fn bodies(chat: &Chat, reader: &Person, room: &protocol::Room) -> Vec<String> {
    let page = messages::page(chat, reader.actor(), &room.id.into(), Window::Latest).await.unwrap();
    page.messages.iter().map(|message| message.body.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_had_in_the_version_before_is_there_and_can_be_run_as_a_team() {
    let scene = Scene::open().await;
    let (ada, bob, eve) = (scene.person("ada").await, scene.person("bob").await, scene.person("eve").await);
    let (garden, kitchen) = (ada.room("Garden", "public").await, bob.room("Kitchen", "open").await);
    bob.join(&garden).await;
    ada.join(&kitchen).await;
    let (client_id, seen) = (ClientId::generate(), ada.say(garden.id, "Thyme").await.seq);
    let sage = bob.try_say(garden.id, client_id, "Sage").await.unwrap();
    bob.leave(&garden).await;
    bob.join(&garden).await;
    bob.say(kitchen.id, "Tea").await;
    downgrade(&scene).await;
    assert_eq!(scene.texts("SELECT username FROM users ORDER BY username").await, ["ada", "bob", "eve"]);
    let scene = scene.restart().await;

    // Everybody is signed in still, also by a password, and is who they were.
    let (ada, bob, eve) = (ada.at(&scene.chat), bob.at(&scene.chat), eve.at(&scene.chat));
    for person in [&ada, &bob] {
        assert_eq!(by_refresh_token(&scene.chat, &person.refresh_token).await.unwrap().unwrap().session.user, person.user());
        renew(&scene.chat, &person.refresh_token, HOME).await.unwrap();
        assert_eq!(sessions::list(&scene.chat, &person.session).await.unwrap().len(), 1);
    }
    sign_in(&scene.chat, "eve", PASSWORD, HOME).await.unwrap();

    // What was said stands there, a retry is no second message, and whoever was away goes on from their place.
    assert_eq!(bodies(&scene.chat, &bob, &garden).await, ["Thyme", "Sage"]);
    assert_eq!(bob.try_say(garden.id, client_id, "Sage").await.unwrap(), sage);
    let socket = bob.connect().await;
    let resumed = subscribe(&socket, garden.id, Some(seen)).await;
    assert_eq!(resumed.replay, (seen.0 + 1..=resumed.head.0).collect::<Vec<_>>());
    assert_eq!(resumed.head, Seq(sage.seq.0 + 2));

    // Who was first owns the house, who made a room owns it, and they do with it what is new.
    house::may_settle(&scene.chat, ada.actor()).await.unwrap();
    assert_eq!(code(house::may_administer(&scene.chat, bob.actor()).await), ErrorCode::NotFound);
    let members = rooms::members(&scene.chat, ada.actor(), &garden.id.into(), rooms::MembersSearch::default()).await.unwrap();
    let roles: Vec<_> = members.members.iter().map(|member| (member.user.username.as_str(), member.role)).collect();
    assert_eq!(roles, [("ada", RoomRole::Owner), ("bob", RoomRole::Member)]);
    assert_eq!(code(bob.remove(&garden, &ada).await), ErrorCode::NotAllowed);
    ada.set_role(&garden, &bob, "moderator").await.unwrap();
    messages::report(&scene.chat, ada.actor(), &garden.id.into(), sage.seq, "Off topic").await.unwrap();
    assert_eq!(code(messages::delete(&scene.chat, eve.actor(), &garden.id.into(), sage.seq).await), ErrorCode::NotAMember);
    messages::delete(&scene.chat, bob.actor(), &garden.id.into(), sage.seq).await.unwrap();
    assert_eq!(bodies(&scene.chat, &bob, &garden).await, ["Thyme", ""]);
    let hidden = rooms::set_visibility(&scene.chat, bob.actor(), &kitchen.id.into(), "private").await.unwrap();
    assert_eq!(hidden.visibility, Visibility::Private);
    assert_eq!(bodies(&scene.chat, &ada, &kitchen).await, ["Tea"]);
    assert_eq!(code(eve.try_join(&kitchen).await), ErrorCode::NotFound);
    bob.add(&kitchen, "eve").await.unwrap();
    let talk = rooms::converse(&scene.chat, eve.actor(), "ada").await.unwrap();
    eve.say(talk.id, "Hello").await;
    rooms::delete(&scene.chat, ada.actor(), &garden.id.into(), "Garden").await.unwrap();
}
