//! Arrows between files: one from A to B when A names what B defines. Handing something on with `pub use` is none, and it is not
//! the file that hands on which counts, but the one that defines.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use crate::{
    mentions::Mentions,
    names::{Names, Target},
    tree::Module,
};

/// What one file names of others.
type Named = BTreeMap<PathBuf, BTreeSet<String>>;

/// Every file that was read, with what it names of which other file.
#[derive(Default)]
pub(crate) struct Arrows {
    from: BTreeMap<PathBuf, Named>,
}

impl Arrows {
    /// The arrows of one crate.
    pub(crate) fn of(modules: &[Module]) -> Self {
        let mentions: Vec<Mentions> = modules.iter().map(|module| Mentions::of(&module.items)).collect();
        let names = Names::new(modules, &mentions);
        let mut arrows = Self::default();
        for (id, (module, mentions)) in modules.iter().zip(&mentions).enumerate() {
            let named = arrows.from.entry(module.file.clone()).or_default();
            for target in targets(&names, id, mentions) {
                if let Target::Item(of, item) = target
                    && modules[of].file != module.file
                {
                    named.entry(modules[of].file.clone()).or_default().insert(item);
                }
            }
        }
        arrows
    }

    /// Takes those of another crate in.
    pub(crate) fn join(&mut self, other: Self) {
        for (file, named) in other.from {
            let own = self.from.entry(file).or_default();
            for (to, items) in named {
                own.entry(to).or_default().extend(items);
            }
        }
    }

    /// How many files there are.
    pub(crate) fn files(&self) -> usize {
        self.from.len()
    }

    /// How many arrows there are.
    pub(crate) fn count(&self) -> usize {
        self.all().count()
    }

    /// Every arrow, with what it names.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&Path, &Path, &BTreeSet<String>)> {
        self.from.iter().flat_map(|(from, named)| named.iter().map(|(to, items)| (from.as_path(), to.as_path(), items)))
    }

    /// Where a file's arrows lead.
    pub(crate) fn from(&self, file: &Path) -> impl Iterator<Item = &Path> {
        self.from.get(file).into_iter().flat_map(|named| named.keys().map(PathBuf::as_path))
    }
}

/// What a module names of its crate: what it imports for itself, and the paths in its code.
fn targets(names: &Names<'_>, module: usize, mentions: &Mentions) -> Vec<Target> {
    let own = mentions.imports.iter().filter(|import| !import.handed_on);
    let imported = own.flat_map(|import| match import.name {
        Some(_) => names.items(module, &import.path),
        None => names.glob_items(module, &import.path),
    });
    imported.chain(mentions.paths.iter().flat_map(|path| names.items(module, path))).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::samples::drawn;

    /// What `a.rs` draws to in a crate with a file `b.rs` that has a bit of everything.
    fn from_a(text: &str) -> Vec<String> {
        let b = "pub struct B; pub enum Kind { One } pub trait Doing {} pub fn f() {} pub mod inner { pub struct Deep; }";
        drawn(&[("lib.rs", "mod a; mod b;"), ("a.rs", text), ("b.rs", b)])
    }

    #[test]
    fn imports_and_paths_are_arrows() {
        for text in [
            "use crate::b::B;",
            "use crate::{b::{B as Other}};",
            "use super::b::{self, B};",
            "struct A(crate::b::B);",
            "struct A<T = Vec<super::b::B>>(T);",
            "fn f() { let _ = self::super::b::B; }",
            "fn f() { use crate::b; g::<b::B>(); }",
            "use crate::b; impl From<b::B> for u8 {}",
            "use super::b as bee; static S: bee::B = bee::B;",
            "#[serde(with = \"crate::b::B\")] struct A;",
            "#[over(crate::b::B)] fn f() {}",
            "fn f() { println!(\"{}\", 1 + crate::b::B); }",
            "use crate::b; fn f() { vec![{ b::B }] }",
            "fn f() { select! { _ = x => { use crate::{b::B}; } } }",
            "macro_rules! m { () => { $crate::b::B } }",
        ] {
            assert_eq!(from_a(text), ["a.rs -> b.rs: B"], "{text}");
        }
    }

    #[test]
    fn what_is_in_an_item_or_in_a_module_within_the_file_leads_to_the_file() {
        assert_eq!(from_a("fn f(_: crate::b::Kind) { crate::b::Kind::One; }"), ["a.rs -> b.rs: Kind"]);
        assert_eq!(from_a("use crate::b::Kind::*;"), ["a.rs -> b.rs: Kind"]);
        assert_eq!(from_a("use crate::b::inner::Deep;"), ["a.rs -> b.rs: Deep"]);
        assert_eq!(from_a("mod own { use super::super::b::f; }"), ["a.rs -> b.rs: f"]);
        assert_eq!(from_a("use crate::b::*;"), ["a.rs -> b.rs: B, Doing, Kind, f"]);
    }

    #[test]
    fn what_names_nothing_of_another_file_is_no_arrow() {
        let none: [String; 0] = [];
        for text in [
            "pub use crate::b::B;",
            "pub(crate) use super::b::*;",
            "use crate::b;",
            "pub(in crate::b) struct A;",
            "use std::b::B; use ::b::B as C;",
            "struct B; fn f() { x.b::<B>(); y.b; self::B; }",
            "/// See [`crate::b::B`].\nfn f() {}",
            "fn f() { other::b::B; <u8 as Other>::b::B; m!(other::b::B, ::b::B); }",
        ] {
            assert_eq!(from_a(text), none, "{text}");
        }
    }

    #[test]
    fn what_is_for_tests_only_is_left_out() {
        let none: [String; 0] = [];
        for text in [
            "#[cfg(test)] mod tests { use crate::b::B; }",
            "#[cfg(test)] mod there_is_no_such_file;",
            "#[cfg(all(test, unix))] use crate::b::B;",
            "#![cfg(test)] use crate::b::B;",
            "#[test] fn t() { crate::b::f(); }",
            "struct A; impl A { #[cfg(test)] fn t() { crate::b::f(); } }",
            "fn f() { #[cfg(test)] crate::b::f(); }",
            "struct A { #[cfg(test)] b: crate::b::B }",
            "enum A { #[cfg(test)] B(crate::b::B) }",
            "fn f() { match x { #[cfg(test)] 1 => crate::b::f(), _ => {} } }",
        ] {
            assert_eq!(from_a(text), none, "{text}");
        }
        assert_eq!(from_a("#[cfg(not(test))] use crate::b::B;"), ["a.rs -> b.rs: B"]);
    }

    #[test]
    fn the_file_that_defines_counts_not_those_that_hand_on() {
        let files = [
            ("lib.rs", "mod a; mod shelf; pub use shelf::Thing as Renamed;"),
            ("a.rs", "use crate::{Renamed, shelf::Other};"),
            ("shelf/mod.rs", "mod thing; mod other; pub use self::thing::Thing; pub use other::*;"),
            ("shelf/thing.rs", "pub struct Thing;"),
            ("shelf/other.rs", "pub struct Other;"),
        ];
        assert_eq!(drawn(&files), ["a.rs -> shelf/other.rs: Other", "a.rs -> shelf/thing.rs: Thing"]);
    }

    #[test]
    fn what_is_handed_on_and_used_is_used() {
        let thing = ("thing.rs", "pub struct Thing; pub fn thing() {}");
        let used = |text| drawn(&[("lib.rs", text), thing]);
        assert_eq!(used("mod thing; pub use thing::Thing; pub struct Two(Thing, Thing);"), ["lib.rs -> thing.rs: Thing"]);
        assert_eq!(used("mod thing; pub use thing::Thing; fn f() { view! { <Thing/> } }"), ["lib.rs -> thing.rs: Thing"]);
        assert_eq!(used("mod thing; pub use thing::thing; fn f() { thing(); }"), ["lib.rs -> thing.rs: thing"]);
        let none: [String; 0] = [];
        assert_eq!(used("mod thing; pub use thing::thing; fn f() { let thing = 1; g(thing); h!(thing) }"), none);
        assert_eq!(used("mod thing; pub use thing::thing; fn f() { h!(x.thing, thing = 1, thing: 2) }"), none);
    }

    #[test]
    fn what_a_macro_has_made_is_where_the_macro_was_called() {
        let files = [("lib.rs", "mod a; mod ids;"), ("a.rs", "use crate::ids::RoomId;"), ("ids.rs", "ids! { RoomId }")];
        assert_eq!(drawn(&files), ["a.rs -> ids.rs: RoomId"]);
    }

    #[test]
    fn macros_are_items_too() {
        let called = |root, a| drawn(&[("lib.rs", root), ("m.rs", "macro_rules! m { () => {} } pub(crate) use m;"), ("a.rs", a)]);
        assert_eq!(called("mod m; mod a;", "use crate::m::m; fn f() { m!(); }"), ["a.rs -> m.rs: m"]);
        assert_eq!(called("#[macro_use] mod m; mod a;", "fn f() { m!(); }"), ["a.rs -> m.rs: m"]);
        assert_eq!(called("macro_rules! n { () => {} } mod a;", "fn f() { n!(); }"), ["a.rs -> lib.rs: n"]);
        let exported = [
            ("lib.rs", "mod a; mod m;"),
            ("a.rs", "fn f() { crate::m!(); }"),
            ("m.rs", "#[macro_export] macro_rules! m { () => {} }"),
        ];
        assert_eq!(drawn(&exported), ["a.rs -> m.rs: m"]);
    }

    #[test]
    fn imports_that_go_round_end() {
        let none: [String; 0] = [];
        let files = [
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "pub use crate::b::*; pub use crate::b::X;"),
            ("b.rs", "pub use crate::a::{X, Y};"),
        ];
        assert_eq!(drawn(&files), none);
    }
}
