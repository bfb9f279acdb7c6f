#![no_main]

#[path = "../../crates/protocol/tests/properties/frames.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| assert_eq!(property::holds(bytes), Ok(())));
