//! The crates of a workspace, as cargo finds them.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// The root file of a library or program.
pub(crate) struct Root {
    /// The package that it belongs to.
    pub(crate) package: String,
    /// Where it is, from the current folder if it is in there.
    pub(crate) file: PathBuf,
    /// Whether it is the package's library.
    pub(crate) is_library: bool,
}

/// What `cargo metadata` knows under a manifest, without tests, benches and examples.
pub(crate) fn roots(manifest: &Path) -> Result<Vec<Root>, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path"])
        .arg(manifest)
        .output()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata on {}: {}", manifest.display(), String::from_utf8_lossy(&output.stderr).trim()));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).map_err(|error| format!("cargo metadata: {error}"))?;
    let here = env::current_dir().map_err(|error| format!("the current folder: {error}"))?;
    Ok(list(&metadata["packages"]).flat_map(|package| roots_of(package, &here)).collect())
}

fn roots_of(package: &Value, here: &Path) -> Vec<Root> {
    let targets = list(&package["targets"]).filter(|target| !is_kind(target, &["test", "bench", "example"]));
    let root = |target| {
        let file = Path::new(text(target, "src_path"));
        Root {
            package: text(package, "name").to_owned(),
            file: file.strip_prefix(here).unwrap_or(file).to_owned(),
            is_library: !is_kind(target, &["bin", "custom-build"]),
        }
    };
    targets.map(root).collect()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn is_kind(target: &Value, kinds: &[&str]) -> bool {
    list(&target["kind"]).filter_map(Value::as_str).any(|kind| kinds.contains(&kind))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn libraries_and_programs_are_found_and_tests_are_not() {
        let roots = roots(Path::new("../../Cargo.toml")).unwrap();
        let is_there = |package: &str, file: &str, is_library: bool| {
            let is_it = |root: &Root| root.package == package && root.file.ends_with(file) && root.is_library == is_library;
            roots.iter().any(is_it)
        };
        assert!(is_there("circles", "src/main.rs", false));
        assert!(is_there("server", "server/src/lib.rs", true));
        assert!(is_there("server", "server/src/main.rs", false));
        assert!(is_there("bench", "bench/src/bin/bare.rs", false));
        assert!(!roots.iter().any(|root| root.file.ends_with("tests/all/main.rs")));
    }

    #[test]
    fn what_cargo_says_against_a_manifest_is_told() {
        assert!(roots(Path::new("no/Cargo.toml")).err().unwrap().starts_with("cargo metadata on no/Cargo.toml: "));
    }
}
