//! What the process takes of the system's memory.

use std::fs;

use futures::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{
    PASSWORD, Person,
    binary::Binary,
    eventually,
    person::{Answer, Program},
};

const ACCOUNTS: usize = 20;
/// As many as an account may try at once.
const SIGN_INS_EACH: usize = 10;
/// What may be left of all that: less than the memory of one hash, which is 19 MiB.
const GROWTH_MAX: u64 = 16 << 20;

/// Resident size, in bytes.
fn resident(server: &Binary) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// Name and address of somebody: tries are counted by address.
fn account(number: usize) -> (String, String) {
    (format!("ada{number}"), format!("198.51.100.{number}"))
}

async fn register(server: &Binary, number: usize) {
    let (name, from) = account(number);
    let fields = [("username", name.as_str()), ("display_name", ""), ("password", PASSWORD)];
    let person = Person::at(server.addr);
    let registration = person.request(Method::POST, "/api/fn/register").header("x-forwarded-for", &from).form(&fields);
    person.entered(&Answer::to(registration).await).await;
}

async fn sign_in(server: &Binary, number: usize) {
    let (name, from) = account(number);
    for _ in 0..SIGN_INS_EACH {
        let body = json!({ "username": name, "password": PASSWORD });
        // On a busy machine more want to sign in than it has time for: they are asked to come again.
        let signed_in = async || {
            let request = Program::at(server.addr).post("/api/v1/auth/token").header("x-forwarded-for", &from).json(&body);
            let status = Answer::to(request).await.status;
            (status != StatusCode::SERVICE_UNAVAILABLE).then_some(status)
        };
        assert_eq!(eventually("there is time for a sign-in", signed_in).await, StatusCode::OK);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_memory_of_sign_ins_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let server = Binary::start(folder.path(), &[]);
    server.stranger().get("/login").await;
    let before = resident(&server);
    // One after the other: a server that has no time refuses them.
    for number in 0..ACCOUNTS {
        register(&server, number).await;
    }
    join_all((0..ACCOUNTS).map(|number| sign_in(&server, number))).await;
    eventually("the memory comes back", async || (resident(&server) < before + GROWTH_MAX).then_some(())).await;
}
