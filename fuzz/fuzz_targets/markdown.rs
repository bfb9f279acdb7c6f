#![no_main]

#[path = "../../crates/protocol/tests/properties/markdown.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| assert_eq!(property::holds(&String::from_utf8_lossy(bytes)), Ok(())));
