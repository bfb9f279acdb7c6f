//! The house as its pages show it, before any script runs.

use reqwest::StatusCode;
use serde_json::json;

use crate::support::{
    TestApp,
    api::Api,
    person::{Answer, PASSWORD, Person, large_picture},
};

/// The pages of the administration. A new one is to be added here.
const ADMIN: [&str; 11] = [
    "/admin",
    "/admin/people",
    "/admin/people/ada",
    "/admin/rooms",
    "/admin/rooms/lobby",
    "/admin/reports",
    "/admin/sessions",
    "/admin/invites",
    "/admin/settings",
    "/admin/announce",
    "/admin/audit",
];

async fn post(person: &Person, path: &str) -> Answer {
    Answer::to(person.request(reqwest::Method::POST, path)).await
}

/// Settles how the house is run: what is a checkbox is named or not.
async fn settle(owner: &Person, registration: &str, checked: &[&str]) {
    let mut fields = vec![("name", "The Mill"), ("registration", registration), ("default_rooms", "lobby")];
    fields.extend(checked.iter().map(|name| (*name, "true")));
    assert_eq!(owner.submit("/admin/settings", "settle", &fields).await.leads_to(), "/admin/settings?done");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_administration_is_there_for_admins_alone() {
    let app = TestApp::start().await;
    let (ada, bob, guest) = (app.ada().await, app.bob().await, app.stranger());
    for page in ADMIN {
        assert_eq!(ada.get(page).await.status, StatusCode::OK, "{page}");
        assert_eq!(bob.get(page).await.status, StatusCode::NOT_FOUND, "{page}");
        assert_eq!(guest.get(page).await.status, StatusCode::NOT_FOUND, "{page}");
    }
    for path in ["/admin/people/ada/export", "/admin/people/ada/reset-link"] {
        assert_eq!(post(&bob, path).await.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(post(&guest, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    ada.get("/r/lobby").await.assert_has("href=\"/admin\"");
    bob.get("/r/lobby").await.assert_has_not("href=\"/admin\"");
    // An admin sees how the house is run, and changes nothing of it.
    ada.submit("/admin/people/bob", "set_house_role", &[("username", "bob"), ("role", "admin")]).await.leads_to();
    bob.get("/admin/settings").await.assert_has_not("/api/fn/settle");
    let fields = [("name", "Mine"), ("registration", "open")];
    assert!(bob.submit("/admin/settings", "settle", &fields).await.leads_to().contains("__err"));
    assert_ne!(app.chat.settings().name, "Mine");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_may_be_public_a_stranger_is_shown_the_way_in_and_nothing_else() {
    let app = TestApp::start().await;
    let (ada, guest) = (app.ada().await, app.stranger());
    ada.write("lobby", "the kettle is on").await;
    guest.get("/r/lobby").await.assert_has("the kettle is on");
    settle(&ada, "open", &[]).await;
    for (path, next) in [
        ("/", "/login"),
        ("/r/lobby", "/login?next=/r/lobby"),
        ("/r/lobby/m/1", "/login?next=/r/lobby/m/1"),
        ("/nothing", "/login?next=/nothing"),
    ] {
        let page = guest.get(path).await;
        assert_eq!((page.status, page.header("location")), (StatusCode::SEE_OTHER, next), "{path}");
    }
    for path in ["/login", "/register"] {
        let page = guest.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        page.assert_has_not("/r/lobby");
    }
    guest.submit("/", "room_page", &[("room", "lobby"), ("window", "latest")]).await.assert_has_not("the kettle is on");
    ada.get("/r/lobby").await.assert_has("the kettle is on");
    settle(&ada, "open", &["public_rooms"]).await;
    guest.get("/r/lobby").await.assert_has("the kettle is on");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_suspended_is_told_why_when_they_sign_in() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    let fields = [("username", "bob"), ("days", "3"), ("reason", "too much <b>tea</b>")];
    assert_eq!(ada.submit("/admin/people/bob", "suspend", &fields).await.leads_to(), "/admin/people/bob");
    bob.get("/r/lobby").await.assert_has("Sign in");
    let fields = [("username", "bob"), ("password", PASSWORD)];
    let refusal = bob.submit("/login", "login", &fields).await;
    let page = bob.get(refusal.leads_to()).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    page.assert_has("The reason: too much &lt;b&gt;tea");
    ada.get("/admin/people?only=suspended").await.assert_has("/admin/people/bob");
    ada.submit("/admin/people/bob", "lift", &[("username", "bob")]).await.leads_to();
    // This browser has shown that it keeps cookies.
    assert_eq!(bob.submit("/login", "login", &fields).await.leads_to(), "/r/lobby");
    ada.get("/admin/audit?action=suspend&subject=@bob").await.assert_has("by @ada");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_sets_a_new_password_without_a_script() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    let page = post(&ada, "/admin/people/bob/reset-link").await;
    assert_eq!(page.status, StatusCode::OK);
    let token = page.text.split("/reset/").nth(1).unwrap().split('<').next().unwrap();
    let address = format!("/reset/{token}");
    let guest = app.stranger();
    guest.get(&address).await.assert_has("@bob");
    let wrong = guest.submit(&address, "reset_password", &[("token", token), ("password", "short")]).await;
    guest.get(wrong.leads_to()).await.assert_has("Password needs at least 8 characters.");
    let fields = [("token", token), ("password", "eight large rafts")];
    assert_eq!(guest.submit(&address, "reset_password", &fields).await.leads_to(), "/login?reset");
    assert_eq!(guest.get(&address).await.status, StatusCode::NOT_FOUND);
    bob.get("/rooms/new").await.assert_has("Rooms are made by people with an account.");
    let entered = guest.submit("/login", "login", &[("username", "bob"), ("password", "eight large rafts")]).await;
    guest.entered(&entered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_exported_and_deleted_by_forms() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    bob.write("lobby", "mine").await;
    let file = post(&ada, "/admin/people/bob/export").await;
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"bob.json\"");
    assert_eq!(file.json()["messages"][0]["text"], "mine");
    let delete = async |confirm| {
        let fields = [("username", "bob"), ("confirm", confirm)];
        ada.submit("/admin/people/bob", "delete_account_of", &fields).await.leads_to().to_owned()
    };
    assert!(delete("no").await.contains("__err"));
    assert_eq!(delete("bob").await, "/admin/people");
    ada.get("/r/lobby").await.assert_has("Former member");
    assert_eq!(ada.get("/admin/people/bob").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_its_account_a_hook_or_a_command_goes_too() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    ada.create_room("mill", "public").await;
    let api = Api::of(app.addr, "ada").await;
    let url = "https://example.org/";
    let voice = "A hook or a command speaks through it, and goes with it.";
    ada.get("/admin/people/ada").await.assert_has_not(voice);
    for by_form in [true, false] {
        for (kind, new) in [
            ("hooks", json!({ "name": "Tea" })),
            ("outgoing", json!({ "name": "Tea", "url": url })),
            ("commands", json!({ "name": "Tea", "word": "tea", "url": url })),
        ] {
            let path = format!("/api/v1/rooms/mill/{kind}");
            let made = api.post(&path, &new).await;
            assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
            let people = api.get("/api/v1/admin/people").await.json();
            let people = people["people"].as_array().unwrap();
            let [bot] = &people.iter().filter(|person| person["bot"] == true).collect::<Vec<_>>()[..] else {
                panic!("{people:?}")
            };
            let (name, account) =
                (bot["username"].as_str().unwrap(), format!("/admin/people/{}", bot["username"].as_str().unwrap()));
            if by_form {
                ada.get(&account).await.assert_has(voice);
                let fields = [("username", name), ("confirm", name)];
                assert_eq!(ada.submit(&account, "delete_account_of", &fields).await.leads_to(), "/admin/people");
            } else {
                assert_eq!(api.delete(&format!("/api/v1{account}")).await.status, StatusCode::NO_CONTENT);
            }
            let listed = api.get(&path).await;
            assert_eq!(listed.status, StatusCode::OK);
            listed.assert_has_not("Tea");
            listed.assert_has_not("Former member");
            if let Some(path) = made.json()["path"].as_str() {
                assert_eq!(api.post(path, &json!({ "text": "Ready" })).await.text, "no_service");
            }
        }
    }
    ada.get("/admin/audit?action=delete%20account").await.assert_has("with its hook or command");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invite_is_made_shown_and_used_where_registration_takes_one() {
    let app = TestApp::start().await;
    let (ada, guest) = (app.ada().await, app.stranger());
    ada.create_room("cellar", "open").await;
    app.sql("UPDATE rooms SET visibility = 'private', topic = 'what is down there' WHERE slug = 'cellar'").await;
    settle(&ada, "by_invite", &["public_rooms"]).await;
    guest.get("/register").await.assert_has("Registration is by invite");
    let fields = [("username", "eve"), ("password", PASSWORD)];
    assert!(guest.submit("/register", "register", &fields).await.leads_to().contains("__err"));

    let made = ada.submit("/r/cellar/invites", "make_invite", &[("room", "cellar"), ("days", "2"), ("uses", "1")]).await;
    let shown = ada.get(made.leads_to()).await;
    shown.assert_has("class=\"qr\"");
    let code = made.leads_to().rsplit_once('=').unwrap().1.to_owned();
    shown.assert_has(&format!("http://{}/i/{code}", app.addr));
    let page = guest.get(&format!("/i/{code}")).await;
    page.assert_has(">cellar<");
    page.assert_has("The Mill");
    page.assert_has_not("what is down there");
    let register = format!("/register?invite={code}&next=/i/{code}");
    page.assert_has(&register.replace('&', "&amp;"));
    guest.get(&register).await.assert_has_not("Registration is by invite");
    let fields = [("username", "eve"), ("password", PASSWORD), ("invite", &code), ("next", "/r/cellar")];
    let entered = guest.submit(&register, "register", &fields).await;
    assert_eq!(guest.entered(&entered).await, "/r/cellar");
    guest.get("/r/cellar").await.assert_has("what is down there");
    assert_eq!(app.stranger().get(&format!("/i/{code}")).await.status, StatusCode::NOT_FOUND);
    settle(&ada, "closed", &["public_rooms"]).await;
    app.stranger().get("/register").await.assert_has("takes no new accounts");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_with_an_account_joins_by_an_invite_and_it_can_be_taken_back() {
    let app = TestApp::start().await;
    let (ada, bob, eve) = (app.ada().await, app.bob().await, app.person("eve").await);
    ada.create_room("cellar", "open").await;
    app.sql("UPDATE rooms SET visibility = 'private' WHERE slug = 'cellar'").await;
    let made = ada.submit("/r/cellar/invites", "make_invite", &[("room", "cellar")]).await;
    let code = made.leads_to().rsplit_once('=').unwrap().1.to_owned();
    bob.get(&format!("/i/{code}")).await.assert_has("/api/fn/accept_invite");
    assert_eq!(bob.submit("/", "accept_invite", &[("code", &code)]).await.leads_to(), "/r/cellar");
    assert_eq!(bob.get("/r/cellar").await.status, StatusCode::OK);
    // A member who may not invite sees no invites, a stranger not even the room.
    for person in [&bob, &eve] {
        assert_eq!(person.get("/r/cellar/invites").await.status, StatusCode::NOT_FOUND);
        assert_eq!(person.get("/invites").await.status, StatusCode::NOT_FOUND);
    }
    let list = ada.get("/r/cellar/invites").await;
    let id = list.tag_with("name=\"id\"").split("value=\"").nth(1).unwrap().split('"').next().unwrap();
    let revoke = ada.submit("/r/cellar/invites", "revoke_invite", &[("id", id), ("room", "cellar")]).await;
    assert_eq!(revoke.leads_to(), "/r/cellar/invites");
    assert!(eve.submit("/", "accept_invite", &[("code", &code)]).await.leads_to().contains("__err"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_first_is_led_through_three_steps() {
    let app = TestApp::start().await;
    let ada = app.stranger();
    let fields = [("username", "ada"), ("password", PASSWORD)];
    let entered = ada.submit("/register", "register", &fields).await;
    assert_eq!(ada.entered(&entered).await, "/welcome");
    ada.get("/welcome").await.assert_has("/welcome?step=2");
    assert!(ada.submit("/welcome", "welcome_name", &[("name", "")]).await.leads_to().contains("__err"));
    let step = ada.submit("/welcome", "welcome_name", &[("name", "The Mill")]).await;
    assert_eq!(step.leads_to(), "/welcome?step=2");
    let step = ada.submit(step.leads_to(), "welcome_doors", &[("registration", "open"), ("public_rooms", "true")]).await;
    assert_eq!(step.leads_to(), "/welcome?step=3");
    let step = ada.submit(step.leads_to(), "welcome_rooms", &[("first", "Garden"), ("second", "")]).await;
    assert_eq!(step.leads_to(), "/r/lobby");
    ada.get("/r/garden").await.assert_has("Garden");
    assert_eq!(app.chat.settings().name, "The Mill");
    let bob = app.bob().await;
    assert_eq!(bob.get("/welcome").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_announcement_is_made_by_a_form() {
    let app = TestApp::start().await;
    let (ada, _bob) = (app.ada().await, app.bob().await);
    let told = ada.submit("/admin/announce", "announce", &[("text", "Tea is ready")]).await;
    ada.get(told.leads_to()).await.assert_has("People told: 2");
    let refusal = ada.submit("/admin/announce", "announce", &[("text", "")]).await;
    ada.get(refusal.leads_to()).await.assert_has("Message is missing.");
    ada.get("/admin/audit?actor=@ada&action=announce").await.assert_has("Tea is ready");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_settles_how_often_things_may_be_done() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    let set = async |who: &Person, fields: &[(&str, &str)]| who.submit("/admin/settings", "set_limits", fields).await;
    let messages = || app.chat.settings().quotas.get(chat::Quota::Messages);
    assert!(set(&bob, &[("messages", "1")]).await.leads_to().contains("__err"));
    let refused = set(&ada, &[("messages", "30"), ("rooms", "many")]).await;
    let page = ada.get(refused.leads_to()).await;
    page.assert_has("Limits are whole numbers from 1 to 1000000.");
    page.assert_has("value=\"many\"");
    assert_eq!(messages(), None);
    assert_eq!(set(&ada, &[("messages", "30"), ("rooms", "")]).await.leads_to(), "/admin/settings?done");
    assert_eq!(messages(), Some(30));
    // What else is settled stays as it was.
    settle(&ada, "open", &["public_rooms"]).await;
    assert_eq!(messages(), Some(30));
}

#[tokio::test]
async fn an_admin_sees_to_a_private_room_by_forms_and_reads_nothing_of_it() {
    let app = TestApp::start().await;
    let (ada, bob, _eve) = (app.ada().await, app.bob().await, app.person("eve").await);
    let fields = [("name", "Cellar"), ("topic", ""), ("visibility", "private")];
    let made = bob.submit("/rooms/new", "create_room", &fields).await;
    let slug = made.leads_to().strip_prefix("/r/").unwrap().to_owned();
    bob.write(&slug, "the recipe").await;
    let (room, page) = (("room", slug.as_str()), format!("/admin/rooms/{slug}"));
    ada.get("/admin/rooms").await.assert_has(&format!("href=\"{page}\""));
    let shown = ada.get(&page).await;
    shown.assert_has("1 message, owned by @bob");
    shown.assert_has_not("the recipe");
    assert_eq!(ada.get("/admin/rooms/nowhere").await.status, StatusCode::NOT_FOUND);
    let house = ("house", "true");

    // Only as one who sees to the house, and only those who do.
    let fields = [room, ("username", "eve"), ("role", "owner")];
    assert!(ada.submit(&page, "add_member", &fields).await.leads_to().contains("__err"));
    let fields = [room, ("username", "eve"), ("role", "owner"), house];
    assert!(bob.submit(&page, "add_member", &fields).await.leads_to().contains("__err"));
    assert_eq!(ada.submit(&page, "add_member", &fields).await.leads_to(), page);
    let shown = ada.get(&page).await;
    shown.assert_has("owned by @bob, @eve");
    let bobs = app.id_of("bob").await;
    let user = ("user", bobs.as_str());
    assert_eq!(ada.submit(&page, "set_role", &[room, user, ("role", "member"), house]).await.leads_to(), page);
    assert_eq!(ada.submit(&page, "remove_member", &[room, user, house]).await.leads_to(), page);
    assert_eq!(bob.get(&format!("/r/{slug}")).await.status, StatusCode::NOT_FOUND);
    let eves = app.id_of("eve").await;
    let refusal = ada.submit(&page, "remove_member", &[room, ("user", &eves), house]).await;
    ada.get(refusal.leads_to()).await.assert_has(protocol::ErrorCode::LastOwner.message());

    assert_eq!(ada.submit(&page, "archive_room", &[room, ("archived", "true"), house]).await.leads_to(), page);
    ada.get(&page).await.assert_has("Bring it back");
    assert_eq!(ada.submit(&page, "archive_room", &[room, ("archived", "false"), house]).await.leads_to(), page);
    let refusal = ada.submit(&page, "delete_room", &[room, ("confirm", "Attic"), house]).await;
    assert!(refusal.leads_to().contains("__err"));
    assert_eq!(ada.submit(&page, "delete_room", &[room, ("confirm", "Cellar"), house]).await.leads_to(), "/admin/rooms");
    assert_eq!(ada.get(&page).await.status, StatusCode::NOT_FOUND);
    ada.get(&format!("/admin/audit?subject=/r/{slug}&action=change%20room%20role")).await.assert_has("owner → member");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_reported_in_the_lobby_is_seen_to_from_the_administration() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    bob.write("lobby", "nightshade").await;
    bob.write("lobby", "hemlock").await;
    for seq in ["3", "4"] {
        bob.submit("/r/lobby", "report_message", &[("room", "lobby"), ("seq", seq), ("reason", "Poison")]).await.leads_to();
    }
    ada.get("/alerts").await.assert_has("href=\"/admin/reports\"");
    bob.get("/alerts").await.assert_has_not("/admin/reports");
    let page = ada.get("/admin/reports").await;
    page.assert_has("nightshade");
    let report = page.tag_with("name=\"report\"").split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let house = ("house", "true");
    let dismiss = [("room", "lobby"), ("report", report.as_str()), house];
    assert!(bob.submit("/", "close_report", &dismiss).await.leads_to().contains("__err"));
    assert_eq!(ada.submit("/admin/reports", "close_report", &dismiss).await.leads_to(), "/admin/reports");
    ada.get("/admin/reports").await.assert_has_not("hemlock");
    let delete = [("room", "lobby"), ("seq", "3"), house];
    assert!(bob.submit("/", "delete_message", &delete).await.leads_to().contains("__err"));
    assert_eq!(ada.submit("/admin/reports", "delete_message", &delete).await.leads_to(), "/admin/reports");
    ada.get("/admin/reports").await.assert_has("Nothing is reported");
    let lobby = bob.get("/r/lobby").await;
    lobby.assert_has_not("nightshade");
    lobby.assert_has("hemlock");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_the_house_is_found_by_its_person_and_ended() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.ada().await, app.bob().await);
    let page = ada.get("/admin/sessions").await;
    page.assert_has("href=\"/admin/people/ada\"");
    let page = ada.get("/admin/sessions?username=bob").await;
    page.assert_has_not("href=\"/admin/people/ada\"");
    page.assert_has("127.0.0.1");
    let id = page.tag_with("name=\"session\"").split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let fields = [("session", id.as_str()), ("username", "bob")];
    assert!(bob.submit("/admin/sessions", "end_session_of", &fields).await.leads_to().contains("__err"));
    let ended = ada.submit("/admin/sessions", "end_session_of", &fields).await;
    assert_eq!(ended.leads_to(), "/admin/sessions?username=bob");
    assert_eq!(bob.get("/settings/security").await.status, StatusCode::SEE_OTHER);
    ada.get("/admin/sessions?username=bob").await.assert_has("Nobody of this user name is signed in.");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_may_be_public_no_form_offers_it() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    ada.create_room("garden", "open").await;
    let pages = ["/rooms/new", "/r/garden/settings"];
    for page in pages {
        ada.get(page).await.assert_has("value=\"public\"");
    }
    settle(&ada, "open", &[]).await;
    for page in pages {
        let shown = ada.get(page).await;
        shown.assert_has_not("value=\"public\"");
        assert!(shown.tag_with("value=\"open\"").contains("checked"), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_icon_of_the_house_stands_beside_its_name_and_can_be_removed() {
    let app = TestApp::start().await;
    let (ada, bob, guest) = (app.ada().await, app.bob().await, app.stranger());
    let red = &large_picture();
    settle(&ada, "open", &[]).await;
    assert_eq!(bob.upload("/admin/icon", red).await.status, StatusCode::NOT_FOUND);
    assert_eq!(guest.upload("/admin/icon", red).await.status, StatusCode::SEE_OTHER);
    guest.get("/login").await.assert_has("href=\"/favicon.svg\"");
    let refused = ada.upload("/admin/icon", b"GIF89a").await;
    assert_eq!(refused.leads_to(), "/admin/settings?refused");
    ada.get("/admin/settings?refused").await.assert_has("This cannot be used.");
    assert_eq!(ada.upload("/admin/icon?welcome", b"GIF89a").await.leads_to(), "/welcome?refused=true");
    ada.get("/welcome?refused=true").await.assert_has("This cannot be used.");
    assert_eq!(ada.upload("/admin/icon?welcome", red).await.leads_to(), "/welcome");
    assert_eq!(ada.upload("/admin/icon", red).await.leads_to(), "/admin/settings?done");

    // Where nothing may be public, it is seen on the way in all the same.
    let icon = ["/icon/", app.chat.settings().icon.as_ref().unwrap()].concat();
    let page = guest.get("/login").await;
    assert!(page.tag_with("brand-icon").contains(&format!("src=\"{icon}\"")), "{}", page.text);
    page.assert_has(&format!("<link rel=\"icon\" href=\"{icon}\""));
    page.assert_has_not("/favicon.svg");
    page.assert_has("The Mill");
    assert!(ada.get("/r/lobby").await.tag_with("brand-icon").contains(&icon));
    let shown = reqwest::get(ada.url(&icon)).await.unwrap();
    let header = |name: &str| shown.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(
        (header("content-type").as_str(), header("cache-control").as_str()),
        ("image/jpeg", "public, max-age=31536000, immutable")
    );
    let manifest = guest.get(&format!("{icon}/manifest.webmanifest")).await.json();
    assert_eq!((&manifest["name"], &manifest["icons"][0]["src"]), (&"The Mill".into(), &icon.as_str().into()));
    assert_eq!(guest.get("/icon/none").await.status, StatusCode::NOT_FOUND);

    assert!(bob.submit("/admin/settings", "remove_icon", &[]).await.leads_to().contains("__err"));
    assert_eq!(ada.submit("/admin/settings", "remove_icon", &[]).await.leads_to(), "/admin/settings?done");
    assert_eq!(guest.get(&icon).await.status, StatusCode::NOT_FOUND);
    guest.get("/login").await.assert_has("href=\"/favicon.svg\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn how_long_messages_are_kept_is_settled_by_the_form() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    let settle = async |days: &str| {
        let fields = [("name", "The Mill"), ("registration", "open"), ("retention_days", days)];
        ada.submit("/admin/settings", "settle", &fields).await.leads_to().to_owned()
    };
    assert_eq!(settle("90").await, "/admin/settings?done");
    assert_eq!(app.chat.settings().retention_days, Some(90));
    assert!(ada.get("/admin/settings").await.tag_with("name=\"retention_days\"").contains("value=\"90\""));
    for wrong in ["0", "-1", "soon", "36501"] {
        assert!(settle(wrong).await.contains("__err"), "{wrong}");
    }
    assert_eq!(app.chat.settings().retention_days, Some(90));
    assert_eq!(settle("").await, "/admin/settings?done");
    assert_eq!(app.chat.settings().retention_days, None);
    ada.get("/admin/audit?action=change%20settings").await.assert_has("retention_days: 90 → for ever");
}
