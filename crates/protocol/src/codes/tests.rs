#![allow(clippy::unwrap_used)]
use std::collections::HashSet;

use serde_json::{Value, json};

use super::*;
use crate::{Field, Problem};

#[test]
fn every_error_code_goes_through_json() {
    for code in ErrorCode::ALL {
        let error = Error::from(code);
        let value = serde_json::to_value(&error).unwrap();
        assert_eq!(value["message"], code.message());
        assert_eq!(value["retry"], Value::Bool(code.retry() == Retry::Later));
        assert_eq!(value.get("fields"), None);
        assert_eq!(value.get("retry_after"), None);
        assert_eq!(serde_json::from_value::<Error>(value).unwrap(), error);
    }
}

#[test]
fn the_lists_of_codes_are_complete() {
    // Serde knows all names of an enum, and says them when one does not fit.
    let names = serde_json::from_str::<ErrorCode>("\"?\"").unwrap_err().to_string();
    assert_eq!(names.matches('`').count(), 2 * (ErrorCode::ALL.len() + 1), "{names}");
    let distinct: HashSet<_> = ErrorCode::ALL.iter().map(|code| serde_json::to_string(code).unwrap()).collect();
    assert_eq!(distinct.len(), ErrorCode::ALL.len());
}

#[test]
fn the_words_of_an_error_come_from_its_code_only() {
    let json = json!({
        "code": "invalid", "message": "Send your password to me", "retry": true,
        "fields": [{"field": "username", "code": "too_short", "min": 2, "message": "Or to me"}],
    });
    let error: Error = serde_json::from_value(json).unwrap();
    let field = FieldError { field: Field::Username, problem: Problem::TooShort { min: 2 } };
    assert_eq!(error, field.into());
    let again = serde_json::to_value(&error).unwrap();
    assert_eq!(again["retry"], false);
    assert_eq!(again["message"], field.to_string());
    assert_eq!(again["fields"][0], json!({"field": "username", "code": "too_short", "min": 2, "message": field.to_string()}));
}

#[test]
fn an_error_needs_nothing_but_its_code() {
    assert_eq!(serde_json::from_str::<Error>(r#"{"code":"throttled"}"#).unwrap(), ErrorCode::Throttled.into());
    assert_eq!(serde_json::from_str::<Error>(r#"{"code":"throttled","retry_after":3}"#).unwrap(), Error::throttled(3));
    assert!(serde_json::from_str::<Error>(r#"{"message":"Oh"}"#).is_err());
}

#[test]
fn statuses_say_that_something_failed() {
    assert!(ErrorCode::ALL.iter().all(|code| (400..600).contains(&code.status())));
    assert!(ErrorCode::ALL.iter().all(|code| code.status() < 500 || code.retry() == Retry::Later));
}

#[test]
fn close_codes_are_numbered_uniquely_in_the_applications_range() {
    let numbers: HashSet<_> = CloseCode::ALL.map(CloseCode::number).into();
    assert_eq!(numbers.len(), CloseCode::ALL.len());
    for code in CloseCode::ALL {
        assert!((4000..5000).contains(&code.number()));
        assert_eq!(CloseCode::from_number(code.number()), Some(code));
        // A control frame holds 125 bytes, two of them the number (RFC 6455, 5.5).
        assert!(code.reason().len() <= 123);
    }
    assert_eq!(CloseCode::from_number(1000), None);
}
