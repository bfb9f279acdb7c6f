//! The description of the API.

use std::{fs, path::Path};

/// `docs/openapi.json` is what the handlers say: a change of the API is seen in review. `SNUG_WRITE_DOCS=1` writes it anew.
#[test]
fn the_description_that_is_kept_is_the_one_of_the_handlers() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let now = server::rest::description();
    if std::env::var_os("SNUG_WRITE_DOCS").is_some() {
        fs::write(&kept, &now).unwrap();
    }
    assert!(
        fs::read_to_string(&kept).unwrap() == now,
        "docs/openapi.json is old: SNUG_WRITE_DOCS=1 cargo test --package server openapi"
    );
}
