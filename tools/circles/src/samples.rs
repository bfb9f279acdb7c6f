//! Crates that consist of a few lines, for the tests.

#![allow(clippy::unwrap_used)]

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
};

use crate::{
    arrows::Arrows,
    tree::{self, Module},
};

/// Reads a crate from texts; the first file is its root.
pub(crate) fn modules(files: &[(&str, &str)]) -> Result<Vec<Module>, String> {
    let texts: BTreeMap<PathBuf, &str> = files.iter().map(|(file, text)| (PathBuf::from(file), *text)).collect();
    let source = |path: &Path| texts.get(path).map(|text| (*text).to_owned()).ok_or(io::ErrorKind::NotFound.into());
    tree::read(Path::new(files[0].0), &source)
}

/// The arrows of such a crate.
pub(crate) fn arrows(files: &[(&str, &str)]) -> Arrows {
    Arrows::of(&modules(files).unwrap())
}

/// The arrows of such a crate in short, as in `a.rs -> b.rs: Name`.
pub(crate) fn drawn(files: &[(&str, &str)]) -> Vec<String> {
    let arrows = arrows(files);
    let draw = |(from, to, items): (&Path, &Path, &BTreeSet<String>)| {
        let items: Vec<&str> = items.iter().map(String::as_str).collect();
        format!("{} -> {}: {}", from.display(), to.display(), items.join(", "))
    };
    arrows.all().map(draw).collect()
}
