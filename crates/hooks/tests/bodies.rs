//! Bodies as other programs post them, each with the message that it makes. `tests/bodies` has them, made after each product's documents.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::{fs, path::PathBuf};

use hooks::{Event, github, gitlab, slack};
use serde_json::Value;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/bodies")
}

fn translated(name: &str, body: &Value) -> String {
    let event = match name.split_once('-') {
        Some(("github", kind)) => github(kind, body),
        Some(("gitlab", _)) => gitlab(body),
        _ => return slack(body, "Robot").unwrap(),
    };
    match event {
        Event::Message(text) => text,
        Event::Ignored => panic!("{name} is ignored"),
    }
}

#[test]
fn each_body_makes_its_message() {
    let mut names: Vec<_> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    assert!(names.len() >= 9, "{names:?}");
    for path in names {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let body = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let expected = fs::read_to_string(path.with_extension("md")).unwrap_or_default();
        assert_eq!(translated(name, &body), expected.trim_end(), "{name}");
    }
}
