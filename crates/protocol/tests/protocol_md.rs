//! `docs/PROTOCOL.md` says what the types say: its examples are parsed with them, and nothing is missing from it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{collections::HashSet, fmt::Debug};

use protocol::{
    Advice, BEARER_PREFIX, ClientFrame, CloseCode, Error, ErrorCode, Retry, SUBPROTOCOL, ServerFrame, TokenGrant, User, limits,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

const DOCUMENT: &str = include_str!("../../../docs/PROTOCOL.md");

/// The fenced blocks with their info strings.
fn blocks() -> Vec<(&'static str, String)> {
    let mut blocks = Vec::new();
    let mut lines = DOCUMENT.lines();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push((info, text.join("\n")));
        }
    }
    blocks
}

fn examples(kind: &str) -> Vec<String> {
    let found: Vec<_> = blocks().into_iter().filter(|(info, _)| *info == kind).map(|(_, text)| text).collect();
    assert!(!found.is_empty(), "no block with ```{kind}");
    found
}

/// Parses an example, and checks that the type knows all that stands in it.
#[track_caller]
fn parse<T: DeserializeOwned + Serialize + Debug>(example: &str) -> T {
    let parsed: T = serde_json::from_str(example).unwrap_or_else(|error| panic!("{error} in {example}"));
    let value: Value = serde_json::from_str(example).unwrap();
    assert_eq!(serde_json::to_value(&parsed).unwrap(), value);
    parsed
}

/// The values that the tag of an enum can have. Serde says them all when one does not fit.
fn names<T: DeserializeOwned + Debug>(wrong: &str) -> HashSet<String> {
    let refusal = serde_json::from_str::<T>(wrong).unwrap_err().to_string();
    let (_, expected) = refusal.split_once("expected").expect("a list of names");
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn tags(values: &[Value], pointer: &str) -> HashSet<String> {
    values.iter().filter_map(|value| Some(value.pointer(pointer)?.as_str()?.to_owned())).collect()
}

fn values(kind: &str) -> Vec<Value> {
    examples(kind).iter().map(|example| serde_json::from_str(example).unwrap()).collect()
}

#[test]
fn frames_are_what_the_types_say() {
    for example in examples("json client") {
        parse::<ClientFrame>(&example);
    }
    for example in examples("json server") {
        parse::<ServerFrame>(&example);
    }
}

#[test]
fn every_frame_has_an_example_and_a_heading() {
    let client = names::<ClientFrame>(r#"{"type":"?"}"#);
    let server = names::<ServerFrame>(r#"{"type":"?"}"#);
    assert_eq!(tags(&values("json client"), "/type"), client);
    assert_eq!(tags(&values("json server"), "/type"), server);
    for name in client.union(&server) {
        assert!(DOCUMENT.contains(&format!("\n### `{name}`\n")), "no heading for {name}");
    }
    let changes = names::<protocol::Change>(r#"{"kind":"?"}"#);
    assert_eq!(tags(&values("json server"), "/change/kind"), changes);
}

#[test]
fn answers_over_http_are_what_the_types_say() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Tokens {
        #[serde(flatten)]
        grant: TokenGrant,
        refresh_token: String,
    }
    #[derive(Debug, Serialize, Deserialize)]
    struct Verified {
        user: User,
        expires_in: u64,
    }
    #[derive(Debug, Serialize, Deserialize)]
    struct Failure {
        error: Error,
    }
    examples("json tokens").iter().for_each(|example| drop(parse::<Tokens>(example)));
    examples("json verified").iter().for_each(|example| drop(parse::<Verified>(example)));
    examples("json failure").iter().for_each(|example| drop(parse::<Failure>(example)));
}

#[test]
fn every_block_is_of_a_known_kind() {
    for (info, text) in blocks() {
        match info {
            "json client" | "json server" | "json tokens" | "json verified" | "json failure" | "sh" | "python" => {}
            "json request" => drop(serde_json::from_str::<serde_json::Map<String, Value>>(&text).unwrap()),
            _ => panic!("```{info}"),
        }
    }
}

#[test]
fn every_error_code_has_its_row() {
    for code in ErrorCode::ALL {
        let name = serde_json::to_value(code).unwrap();
        let retry = if code.retry() == Retry::Later { "yes" } else { "no" };
        let row = format!("\n| `{}` | {} | {retry} | ", name.as_str().unwrap(), code.status());
        assert!(DOCUMENT.contains(&row), "{row}");
    }
    for problem in names::<protocol::FieldError>(r#"{"code":"?"}"#) {
        assert!(DOCUMENT.contains(&format!("\n| `{problem}` | ")), "{problem}");
    }
}

#[test]
fn every_close_code_has_its_row() {
    for code in CloseCode::ALL {
        let advice = match code.advice() {
            Advice::ComeBack => "come back",
            Advice::ComeBackLater => "come back later",
            Advice::SignIn => "sign in",
            Advice::StayAway => "stay away",
        };
        let row = format!("\n| {} | `{}` | {advice} | ", code.number(), code.reason());
        assert!(DOCUMENT.contains(&row), "{row}");
    }
}

#[test]
fn limits_are_the_real_ones() {
    for row in [
        format!("| a frame from a client | {} bytes |", limits::FRAME_MAX_BYTES),
        format!("| a message body | {} characters", limits::BODY_MAX),
        format!("| what is kept with a message (`extra`) | {} bytes |", limits::EXTRA_MAX_BYTES),
        format!("| rooms per socket | {} |", limits::SUBSCRIPTIONS_MAX),
        format!("| sends of one socket without an answer | {} |", limits::IN_FLIGHT_MAX),
        format!("| events that a resume replays | {}, ", limits::REPLAY_MAX),
        format!("| silence before the server closes | {} s |", limits::IDLE_SECONDS),
        format!("| time between two pings | {} s |", limits::PING_SECONDS),
        format!("| time to wait for a pong | {} s |", limits::PONG_SECONDS),
        format!("| silence of the server before it pings | {} s |", limits::SERVER_PING_SECONDS),
        format!("| time between two `typing` of yours | {} s |", limits::TYPING_EVERY_SECONDS),
        format!("| time in which one `typing` of a socket is passed on per room | {} s |", limits::TYPING_REST_SECONDS),
        format!("| time to show that somebody is typing | {} s |", limits::TYPING_SHOWN_SECONDS),
    ] {
        assert!(DOCUMENT.contains(&row), "{row}");
    }
    assert!(DOCUMENT.contains(&format!("Sec-WebSocket-Protocol: {SUBPROTOCOL}, {BEARER_PREFIX}<access token>")));
}
