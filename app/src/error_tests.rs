#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use leptos::server_fn::error::ServerFnUrlError;
use protocol::{FieldError, Problem};

use super::*;

fn taken() -> AppError {
    let fault = FieldError { field: Field::Username, problem: Problem::Taken };
    AppError::from(fault).keeping(Typed { username: "ada".into(), display_name: "Ada".into(), ..Typed::default() })
}

#[test]
fn survives_the_wire() {
    let error = taken();
    assert_eq!(AppError::de(error.ser()), error);
    let throttled = AppError::from(Error::throttled(30));
    assert_eq!(AppError::de(throttled.ser()), throttled);
}

#[test]
fn survives_an_address() {
    let error = taken();
    let url = ServerFnUrlError::new("/api/fn/register", error.clone()).to_url("http://localhost/register").unwrap();
    let (_, encoded) = url.query_pairs().find(|(key, _)| key == "__err").unwrap();
    assert_eq!(ServerFnUrlError::<AppError>::decode_err(&encoded), error);
}

#[test]
fn reads_the_error_of_every_other_door() {
    let plain = serde_json::to_vec(&Error::from(ErrorCode::ForeignOrigin)).unwrap();
    assert_eq!(AppError::de(plain.into()), ErrorCode::ForeignOrigin.into());
}

#[test]
fn what_is_not_an_error_of_ours_says_to_try_again() {
    let answer = AppError::de("<html>502 Bad Gateway</html>".into());
    assert_eq!(answer, ErrorCode::Unavailable.into());
}

#[test]
fn says_what_is_wrong_where_it_is_wrong() {
    let error = taken();
    assert_eq!(error.about(Field::Username).as_deref(), Some("This one is taken. Please choose another."));
    assert_eq!(error.about(Field::Password), None);
    assert_eq!(error.general(), None);
    assert!(AppError::from(Error::throttled(30)).general().unwrap().contains("30 seconds,"));
    assert!(AppError::from(Error::throttled(1)).general().unwrap().contains("1 second,"));
}

#[test]
fn keeps_no_text_that_would_burst_an_address() {
    let kept = taken().keeping(Typed { topic: "ü".repeat(10_000), ..Typed::default() });
    assert_eq!(kept.typed.topic, "ü".repeat(KEPT_MAX));
}
