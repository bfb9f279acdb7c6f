//! What no form is made for: too long, empty, invisible, without an alphabet. It is refused by a sentence, or taken as it is, and nothing
//! breaks. Every form of rooms, people and the house is in the list.

use reqwest::{
    Method,
    header::{CONTENT_TYPE, REFERER},
};

use crate::support::{
    TestApp,
    person::{Answer, Person},
};

type Fields = &'static [(&'static str, &'static str)];

/// The page, the server function, and what would be right.
const FORMS: &[(&str, &str, Fields)] = &[
    ("/rooms/new", "create_room", &[("name", "Attic"), ("topic", ""), ("visibility", "public")]),
    ("/r/garden/settings", "edit_room", &[("room", "garden"), ("name", "Garden"), ("topic", "")]),
    ("/r/garden/settings", "set_address", &[("room", "garden"), ("address", "garden")]),
    ("/r/garden/settings", "set_visibility", &[("room", "garden"), ("visibility", "public")]),
    ("/r/garden/settings", "slow_down", &[("room", "garden"), ("seconds", "0")]),
    ("/r/garden/settings", "archive_room", &[("room", "garden"), ("archived", "false")]),
    ("/r/garden/settings", "delete_room", &[("room", "garden"), ("confirm", "")]),
    ("/r/garden/members", "add_member", &[("room", "garden"), ("username", "bob"), ("role", "member")]),
    ("/r/garden/members", "mute_member", &[("room", "garden"), ("user", SOMEBODY), ("time", "day")]),
    ("/r/garden/members", "set_role", &[("room", "garden"), ("user", SOMEBODY), ("role", "member")]),
    ("/r/garden/members", "ban_named", &[("room", "garden"), ("username", "bob"), ("reason", ""), ("time", "day")]),
    ("/r/garden/m/2/report", "report_message", &[("room", "garden"), ("seq", "2"), ("reason", "Mine")]),
    ("/r/garden/invites", "make_invite", &[("room", "garden"), ("days", "1"), ("uses", "1")]),
    ("/r/garden/invites", "revoke_invite", &[("room", "garden"), ("id", SOMEBODY)]),
    ("/i/x", "accept_invite", &[("code", "x")]),
    ("/messages/new", "converse", &[("people", "bob")]),
    ("/settings/profile", "edit_profile", &[("display_name", "Ada"), ("bio", ""), ("pronouns", ""), ("time_zone", "UTC")]),
    ("/settings/security", "rename_account", &[("username", "ada")]),
    (
        "/admin/settings",
        "settle",
        &[("name", "Snug"), ("registration", "open"), ("default_rooms", "lobby"), ("retention_days", "")],
    ),
    ("/admin/settings", "set_limits", &[("messages", ""), ("rooms", "")]),
    ("/admin/announce", "announce", &[("text", "Tea")]),
    ("/admin/people/bob", "suspend", &[("username", "bob"), ("days", "1"), ("reason", "")]),
    ("/admin/people/bob", "lift", &[("username", "bob")]),
    ("/admin/people/bob", "set_house_role", &[("username", "bob"), ("role", "member")]),
    ("/admin/people/bob", "sign_out_everywhere", &[("username", "bob")]),
    ("/admin/people/bob", "delete_account_of", &[("username", "bob"), ("confirm", "")]),
    ("/welcome", "welcome_name", &[("name", "Snug")]),
    ("/welcome?step=2", "welcome_doors", &[("registration", "open")]),
    ("/welcome?step=3", "welcome_rooms", &[("names", "Garden")]),
];

/// No account has this id.
const SOMEBODY: &str = "01900000-0000-7000-8000-000000000003";

/// As a form sends it: nothing, a NUL, what nobody sees, a change of direction, half of a surrogate pair, half of a letter, too much.
fn bad() -> Vec<String> {
    let odd = ["", "+", "%00", "a%00b", "%E2%80%8B", "%E2%80%AEabc", "%E2%80%A8", "%ED%A0%80", "%C3", "%", "%EF%BF%BF"];
    let long = ["x".repeat(5_000), "%F0%9F%99%82".repeat(1_000), "9".repeat(40)];
    odd.into_iter().map(str::to_owned).chain(long).collect()
}

async fn post(person: &Person, page: &str, function: &str, body: String) -> Answer {
    let request = person.request(Method::POST, &format!("/api/fn/{function}")).header(REFERER, person.url(page));
    Answer::to(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body)).await
}

fn assert_holds(answer: &Answer, what: &str) {
    assert!(answer.status.as_u16() < 500, "{what}: {} {}", answer.status, answer.text);
    for broken in ["The server cannot do this right now", "Something went wrong on the server"] {
        assert!(!answer.text.contains(broken), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_form_breaks_by_what_is_put_into_it() {
    let app = TestApp::start().await;
    let (ada, _bob) = (app.ada().await, app.bob().await);
    ada.create_room("garden", "public").await;
    ada.write("garden", "hello").await;
    for (page, function, fields) in FORMS {
        for (bad_name, _) in *fields {
            for bad in bad() {
                let pairs = fields.iter().map(|(name, value)| {
                    let value = if name == bad_name { bad.clone() } else { value.replace(' ', "+") };
                    format!("{name}={value}")
                });
                let what = format!("{function}, {bad_name}: {}", bad.chars().take(20).collect::<String>());
                let answer = post(&ada, page, function, pairs.collect::<Vec<_>>().join("&")).await;
                assert_holds(&answer, &what);
                let place = answer.header("location").to_owned();
                if !place.is_empty() {
                    assert_holds(&ada.get(&place).await, &[&what, " → ", &place].concat());
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_breaks_by_what_its_address_asks_for() {
    let app = TestApp::start().await;
    let (ada, _bob) = (app.ada().await, app.bob().await);
    ada.create_room("garden", "public").await;
    let pages = [
        "/?q=",
        "/?after=",
        "/r/garden/members?q=",
        "/r/garden/members?page=",
        "/r/garden/people?text=",
        "/messages/people?text=",
        "/messages/new?to=",
        "/admin/people?q=",
        "/admin/people?after=",
        "/admin/rooms?after=",
        "/admin/rooms/garden?q=",
        "/admin/sessions?username=",
        "/admin/sessions?after=",
        "/admin/audit?actor=",
        "/admin/audit?subject=",
        "/admin/audit?action=",
        "/admin/reports?after=",
        "/admin/invites?show=",
        "/r/",
        "/u/",
        "/i/",
        "/reset/",
        "/suspended/",
        "/admin/people/",
        "/admin/rooms/",
        "/icon/",
        "/r/garden?before=",
        "/r/garden/m/",
    ];
    for page in pages {
        for bad in bad() {
            let page = [page, &bad].concat();
            assert_holds(&ada.get(&page).await, page.get(..60).unwrap_or(&page));
        }
    }
}
