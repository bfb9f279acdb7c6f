//! Finds what must not be: files that import each other in a circle, and modules that import from a floor above theirs. Run by
//! `make lint`. It reads the sources only; what it cannot see is what stands in no path, such as a method of a type.
//!
//! `circles [MANIFEST…]`: the manifests of the workspaces to look at, `Cargo.toml` if there is none.

mod arrows;
mod circle;
mod floors;
mod mentions;
mod names;
mod packages;
#[cfg(test)]
mod samples;
mod tests_only;
mod tokens;
mod tree;
mod uses;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use arrows::Arrows;
use floors::Floors;

const FLOORS: &str = include_str!("../floors.toml");

fn main() -> ExitCode {
    let mut manifests: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    if manifests.is_empty() {
        manifests.push(PathBuf::from("Cargo.toml"));
    }
    match check(&manifests) {
        Ok((summary, faults)) if faults.is_empty() => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Ok((_, faults)) => {
            eprintln!("{}", faults.join("\n\n"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("circles: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What was read, in a line, and what is wrong.
fn check(manifests: &[PathBuf]) -> Result<(String, Vec<String>), String> {
    let mut all = Arrows::default();
    let mut faults = Vec::new();
    let mut floors = Floors::parse(FLOORS)?;
    for manifest in manifests {
        for root in packages::roots(manifest)? {
            let modules = tree::read(&root.file, &|path: &Path| fs::read_to_string(path))?;
            let arrows = Arrows::of(&modules);
            if root.is_library {
                faults.extend(floors.check(&root.package, &modules, &arrows));
            }
            all.join(arrows);
        }
    }
    faults.extend(floors.left_over());
    if all.count() == 0 {
        return Err("no file here imports anything from another one: this check looks at the wrong thing".to_owned());
    }
    faults.extend(circle::find(&all).iter().map(|circle| circle::describe(circle, &all)));
    Ok((format!("No import circle: {} files, {} arrows between them.", all.files(), all.count()), faults))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_sees_no_arrow_fails() {
        assert!(check(&[]).is_err_and(|error| error.contains("looks at the wrong thing")));
    }
}
