//! The floors of a crate: a module may use what is on its own floor and below, never what is above.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use toml::{Table, Value};

use crate::{arrows::Arrows, tree::Module};

/// The floors of each crate that has some, as `floors.toml` tells.
pub(crate) struct Floors {
    crates: BTreeMap<String, Vec<Vec<String>>>,
}

impl Floors {
    /// Reads the table: for each crate `floors`, from the top down, each a list of modules.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let table: Table = text.parse().map_err(|error| format!("floors.toml: {error}"))?;
        let crates = table.into_iter().map(|(name, floors)| {
            let floors = floors
                .get("floors")
                .and_then(lists)
                .ok_or_else(|| format!("floors.toml: `{name}` has no list of lists `floors`"));
            floors.map(|floors| (name, floors))
        });
        Ok(Self { crates: crates.collect::<Result<_, String>>()? })
    }

    /// What is wrong with a library, if it has floors: a way up, a module without a floor, a floor's module that does not exist.
    pub(crate) fn check(&mut self, package: &str, modules: &[Module], arrows: &Arrows) -> Vec<String> {
        let Some(floors) = self.crates.remove(package) else { return Vec::new() };
        let mut faults = unknown(package, &floors, modules);
        let mut of_file: BTreeMap<&Path, (usize, String)> = BTreeMap::new();
        for module in modules {
            // Modules within a file are on the floor of the file.
            if of_file.contains_key(module.file.as_path()) {
                continue;
            }
            match floor_of(&floors, module) {
                Some(floor) => _ = of_file.insert(&module.file, (floor, module.name())),
                None if module.path.is_empty() && !takes_part(&module.file, arrows) => {}
                None => faults.push(format!("floors.toml: `{package}` has a module without a floor: {}", module.name())),
            }
        }
        for (from, to, items) in arrows.all() {
            if let (Some((floor, lower)), Some((above, upper))) = (of_file.get(from), of_file.get(to))
                && above < floor
            {
                let items: Vec<&str> = items.iter().map(String::as_str).collect();
                faults.push(format!(
                    "A way up in {package}: {lower} (floor {} from the top) uses {} of {upper} (floor {})",
                    floor + 1,
                    items.join(", "),
                    above + 1
                ));
            }
        }
        faults
    }

    /// What is wrong when all crates have been looked at: floors for one that does not exist.
    pub(crate) fn left_over(&self) -> Vec<String> {
        self.crates.keys().map(|name| format!("floors.toml: there is no library `{name}`")).collect()
    }
}

fn lists(floors: &Value) -> Option<Vec<Vec<String>>> {
    let list = |floor: &Value| floor.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect();
    floors.as_array()?.iter().map(list).collect()
}

/// The number of a module's floor, from the top: that of the longest name that is the module's own or of one around it.
fn floor_of(floors: &[Vec<String>], module: &Module) -> Option<usize> {
    let own = module.name();
    let covers = |name: &&String| own.strip_prefix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
    let named =
        floors.iter().enumerate().flat_map(|(floor, names)| names.iter().filter(covers).map(move |name| (name.len(), floor)));
    named.max().map(|(_, floor)| floor)
}

fn unknown(package: &str, floors: &[Vec<String>], modules: &[Module]) -> Vec<String> {
    let there: BTreeSet<String> = modules.iter().map(Module::name).collect();
    let missing = floors.iter().flatten().filter(|name| !there.contains(*name));
    missing.map(|name| format!("floors.toml: `{package}` has no module `{name}`")).collect()
}

fn takes_part(file: &Path, arrows: &Arrows) -> bool {
    arrows.all().any(|(from, to, _)| from == file || to == file)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::samples;

    const FILES: [(&str, &str); 5] = [
        ("lib.rs", "mod door; mod ground; mod ways; pub use door::open;"),
        ("door.rs", "pub fn open() { crate::ways::up::go(); crate::ground::stand(); }"),
        ("ground.rs", "pub fn stand() {}"),
        ("ways/mod.rs", "pub mod up;"),
        ("ways/up.rs", "pub fn go() { crate::ground::stand(); }"),
    ];

    fn faults(floors: &str, files: &[(&str, &str)]) -> Vec<String> {
        let mut floors = Floors::parse(&format!("[house]\nfloors = {floors}")).unwrap();
        let faults = floors.check("house", &samples::modules(files).unwrap(), &samples::arrows(files));
        assert!(floors.left_over().is_empty());
        faults
    }

    #[test]
    fn the_way_down_and_along_is_free() {
        let none: [String; 0] = [];
        assert_eq!(faults("[['door'], ['ways'], ['ground']]", &FILES), none);
        assert_eq!(faults("[['door', 'ways', 'ground']]", &FILES), none);
    }

    #[test]
    fn a_way_up_is_a_fault() {
        let fault = "A way up in house: ways::up (floor 2 from the top) uses stand of ground (floor 1)";
        assert_eq!(faults("[['door', 'ground'], ['ways']]", &FILES), [fault]);
    }

    #[test]
    fn the_more_exact_name_counts() {
        let fault = "A way up in house: door (floor 2 from the top) uses go of ways::up (floor 1)";
        assert_eq!(faults("[['ways::up'], ['door'], ['ways', 'ground']]", &FILES), [fault]);
    }

    #[test]
    fn every_module_has_a_floor_and_every_name_is_a_module() {
        let fault = "floors.toml: `house` has a module without a floor: ground";
        assert_eq!(faults("[['door'], ['ways']]", &FILES), [fault]);
        let fault = "floors.toml: `house` has no module `cellar`";
        assert_eq!(faults("[['door'], ['ways'], ['ground', 'cellar']]", &FILES), [fault]);
        let mut nowhere = Floors::parse("[nowhere]\nfloors = [['a']]").unwrap();
        let faults = nowhere.check("house", &samples::modules(&FILES).unwrap(), &samples::arrows(&FILES));
        assert_eq!((faults.len(), nowhere.left_over()), (0, vec!["floors.toml: there is no library `nowhere`".to_owned()]));
    }

    #[test]
    fn the_root_needs_a_floor_once_it_does_something() {
        let files = [("lib.rs", "mod a; fn f() { a::f(); }"), ("a.rs", "pub fn f() {}")];
        assert_eq!(faults("[['a']]", &files), ["floors.toml: `house` has a module without a floor: crate"]);
        assert_eq!(faults("[['a'], ['crate']]", &files).len(), 1);
        assert_eq!(faults("[['crate'], ['a']]", &files).len(), 0);
    }

    #[test]
    fn a_table_of_another_form_is_refused() {
        for text in ["[chat]", "[chat]\nfloors = ['a']", "chat = 1", "["] {
            assert!(Floors::parse(text).is_err(), "{text}");
        }
    }
}
