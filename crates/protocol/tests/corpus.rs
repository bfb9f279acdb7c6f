//! What the fuzzer found worth keeping (`make fuzz`), through the same functions that it calls.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "properties/frames.rs"]
mod frames;
#[path = "properties/markdown.rs"]
mod markdown;

use std::{fs, path::Path};

/// Every file of a corpus. An empty one would prove nothing.
fn replay(target: &str, holds: impl Fn(&[u8]) -> Result<(), String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(!files.is_empty(), "nothing in {}", folder.display());
    for file in files {
        assert_eq!(holds(&fs::read(&file).unwrap()), Ok(()), "{}", file.display());
    }
}

#[test]
fn frames_of_the_corpus_are_refused_or_survive_a_round_trip() {
    replay("frames", frames::holds);
}

#[test]
fn texts_of_the_corpus_make_no_script_and_stay_in_bounds() {
    replay("markdown", |bytes| markdown::holds(&String::from_utf8_lossy(bytes)));
}
