//! `/api/v1/users`, `/api/v1/invites` and `/api/v1/register`.

use chat::{Limits, RegistrationMode, Settings, house};
use protocol::{ErrorCode, Field, Problem};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    PASSWORD, TestApp,
    api::Api,
    app::rate,
    limits,
    person::{Answer, Program},
};

const NOBODY: &str = "00000000-0000-7000-8000-000000000000";

fn ok(answer: &Answer) -> Value {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

fn created(answer: &Answer) -> Value {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()
}

async fn settle(app: &TestApp, change: impl FnOnce(Settings) -> Settings) {
    let new = change((*app.chat.settings()).clone());
    house::change(&app.chat, house::By::CommandLine, new).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_by_name_and_by_id() {
    let app = TestApp::start().await;
    app.ada().await;
    app.bob().await;
    let (ada, bob) = (Api::of(app.addr, "ada").await, Api::of(app.addr, "bob").await);
    ada.patch("/api/v1/me", &json!({ "bio": "Counts.", "time_zone": "Asia/Kolkata", "status": { "text": "Out" }, "quiet_until": 253_402_300_799_999_i64 })).await;
    let card = ok(&bob.get("/api/v1/users/ADA").await);
    assert_eq!(
        (&card["username"], &card["bio"], &card["minutes_east"], &card["former"]),
        (&json!("ada"), &json!("Counts."), &json!(330), &json!(false))
    );
    assert_eq!((&card["status"]["text"], &card["rooms"][0]["slug"]), (&json!("Out"), &json!("lobby")));
    // What is nobody else's business.
    assert!(card["quiet_until"].is_null() && card["invisible"].is_null(), "{card}");
    assert_eq!(ok(&bob.get(&format!("/api/v1/users/{}", app.id_of("ada").await)).await), card);
    for unknown in ["eve", NOBODY, "a%00b", "%20"] {
        bob.get(&format!("/api/v1/users/{unknown}")).await.assert_refused(ErrorCode::NotFound);
    }
    let users = ok(&bob.get("/api/v1/users?text=@AD").await);
    assert_eq!((users["users"].as_array().unwrap().len(), &users["users"][0]["username"]), (1, &json!("ada")));
    assert_eq!(ok(&bob.get("/api/v1/users").await)["users"].as_array().unwrap().len(), 2);
    // What is a pattern elsewhere is text here.
    assert_eq!(ok(&bob.get("/api/v1/users?text=%25").await)["users"], json!([]));
    bob.get("/api/v1/users?cursor=x").await.assert_refused(ErrorCode::BadRequest);
    Api::guest(app.addr).get("/api/v1/users").await.assert_refused(ErrorCode::NotAuthenticated);
    Api::guest(app.addr).get("/api/v1/users/ada").await.assert_refused(ErrorCode::NotAuthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_registers_its_person() {
    let app = TestApp::start().await;
    app.ada().await;
    let guest = Api::guest(app.addr);
    let register = async |body: Value| guest.post("/api/v1/register", &body).await;
    let answer = register(json!({ "username": "Bob", "name": "Bob B.", "password": PASSWORD })).await;
    let tokens = created(&answer);
    assert_eq!(
        (answer.header("cache-control"), &tokens["user"]["username"], &tokens["user"]["name"]),
        ("no-store", &json!("bob"), &json!("Bob B."))
    );
    let bob = Api::with(app.addr, tokens["access_token"].as_str().unwrap());
    assert_eq!(ok(&bob.get("/api/v1/me").await)["role"], "member");
    let renewed = Program::at(app.addr).auth("refresh", json!({ "refresh_token": tokens["refresh_token"] })).await;
    assert_eq!(renewed.status, StatusCode::OK);

    let taken = register(json!({ "username": "bob", "password": PASSWORD })).await;
    taken.assert_refused(ErrorCode::Invalid);
    assert_eq!(taken.error().fields[0].problem, Problem::Taken);
    let wrong = register(json!({ "username": "!", "password": "short" })).await;
    let fields: Vec<Field> = wrong.error().fields.into_iter().map(|fault| fault.field).collect();
    assert_eq!(fields, [Field::Username, Field::Password]);
    register(json!({ "username": "eve" })).await.assert_refused(ErrorCode::BadRequest);
    settle(&app, |old| Settings { registration: RegistrationMode::Closed, ..old }).await;
    register(json!({ "username": "eve", "password": PASSWORD })).await.assert_refused(ErrorCode::RegistrationClosed);
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_are_registered_from_an_address_and_no_more() {
    let seldom = rate(1, std::time::Duration::from_secs(3600));
    let app = TestApp::builder().limits(Limits { registrations_per_address: seldom, ..limits() }).start().await;
    let guest = Api::guest(app.addr);
    created(&guest.post("/api/v1/register", &json!({ "username": "ada", "password": PASSWORD })).await);
    let refused = guest.post("/api/v1/register", &json!({ "username": "bob", "password": PASSWORD })).await;
    refused.assert_refused(ErrorCode::Throttled);
    assert_ne!(refused.header("retry-after"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invite_lets_somebody_into_house_and_room() {
    let app = TestApp::start().await;
    let page = app.ada().await;
    let cellar = page.create_private_room("cellar").await;
    app.bob().await;
    settle(&app, |old| Settings { registration: RegistrationMode::ByInvite, ..old }).await;
    let (ada, bob, guest) = (Api::of(app.addr, "ada").await, Api::of(app.addr, "bob").await, Api::guest(app.addr));
    let invite = created(&ada.post("/api/v1/invites", &json!({ "room": cellar, "expires_in": 3600, "uses": 1 })).await);
    assert_eq!((&invite["room"], &invite["uses_max"], &invite["made_by"]), (&json!(cellar), &json!(1), &json!("@ada")));
    assert_eq!(invite["expires_at"].as_i64().unwrap() - invite["made_at"].as_i64().unwrap(), 3_600_000);
    let code = invite["code"].as_str().unwrap();
    let shown = format!("/api/v1/invites/codes/{code}");
    assert_eq!(ok(&guest.get(&shown).await), json!({ "room": "cellar", "registers": true }));
    assert_eq!(ok(&ada.get(&format!("/api/v1/invites?room={cellar}")).await)["invites"][0]["id"], invite["id"]);
    bob.get(&format!("/api/v1/invites?room={cellar}")).await.assert_refused(ErrorCode::NotFound);

    let without = json!({ "username": "eve", "password": PASSWORD });
    guest.post("/api/v1/register", &without).await.assert_refused(ErrorCode::InviteNeeded);
    let with = json!({ "username": "eve", "password": PASSWORD, "invite": code });
    let eve = created(&guest.post("/api/v1/register", &with).await);
    let eve = Api::with(app.addr, eve["access_token"].as_str().unwrap());
    assert_eq!(ok(&eve.get(&format!("/api/v1/me/rooms/{cellar}")).await)["level"], "everything");
    // It is used up.
    guest.get(&shown).await.assert_refused(ErrorCode::NotFound);

    let invite = created(&ada.post("/api/v1/invites", &json!({ "room": cellar })).await);
    let accept = format!("/api/v1/invites/codes/{}/accept", invite["code"].as_str().unwrap());
    guest.post(&accept, &json!({})).await.assert_refused(ErrorCode::NotAuthenticated);
    assert_eq!(ok(&bob.post(&accept, &json!({})).await)["room"]["slug"], cellar.as_str());
    let revoke = format!("/api/v1/invites/{}", invite["id"].as_str().unwrap());
    guest.delete(&revoke).await.assert_refused(ErrorCode::NotAuthenticated);
    assert_eq!(bob.delete(&revoke).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ada.delete(&revoke).await.status, StatusCode::NO_CONTENT);
    bob.post(&accept, &json!({})).await.assert_refused(ErrorCode::NotFound);
    ada.delete(&format!("/api/v1/invites/{NOBODY}")).await.assert_refused(ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_invites_into_the_house_is_for_its_owner_to_say() {
    let app = TestApp::start().await;
    app.ada().await;
    app.bob().await;
    let (ada, bob, guest) = (Api::of(app.addr, "ada").await, Api::of(app.addr, "bob").await, Api::guest(app.addr));
    let path = "/api/v1/invites";
    guest.post(path, &json!({})).await.assert_refused(ErrorCode::NotAuthenticated);
    guest.get(path).await.assert_refused(ErrorCode::NotAuthenticated);
    bob.post(path, &json!({})).await.assert_refused(ErrorCode::NotAllowed);
    bob.get(path).await.assert_refused(ErrorCode::NotAllowed);
    created(&ada.post(path, &json!({})).await);
    settle(&app, |old| Settings { members_invite: true, ..old }).await;
    created(&bob.post(path, &json!({})).await);
    let listed = async |api: &Api| ok(&api.get(path).await)["invites"].as_array().unwrap().len();
    assert_eq!((listed(&ada).await, listed(&bob).await), (2, 1));
    for wrong in [
        json!({ "uses": 0 }),
        json!({ "uses": -1 }),
        json!({ "uses": 4_294_967_296_i64 }),
        json!({ "expires_in": 0 }),
        json!({ "expires_in": 315_360_001 }),
        json!({ "room": 5 }),
    ] {
        ada.post(path, &wrong).await.assert_refused(ErrorCode::BadRequest);
    }
    ada.post(path, &json!({ "room": "nothing" })).await.assert_refused(ErrorCode::NotFound);
}
