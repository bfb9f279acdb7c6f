//! Circles: files each of which leads to all the others.

use std::{collections::BTreeSet, fmt::Write, path::Path};

use crate::arrows::Arrows;

/// The circles among the files, each with all its files.
pub(crate) fn find(arrows: &Arrows) -> Vec<BTreeSet<&Path>> {
    let mut circles = Vec::new();
    let mut done: BTreeSet<&Path> = BTreeSet::new();
    for (from, _, _) in arrows.all() {
        if done.contains(from) {
            continue;
        }
        let ahead = reach(arrows, from);
        let circle: BTreeSet<&Path> = ahead.into_iter().filter(|file| reach(arrows, file).contains(from)).collect();
        done.extend(&circle);
        if circle.len() > 1 {
            circles.push(circle);
        }
    }
    circles
}

/// Every file that the arrows lead to from here.
fn reach<'a>(arrows: &'a Arrows, from: &Path) -> BTreeSet<&'a Path> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&Path> = arrows.from(from).collect();
    while let Some(file) = open.pop() {
        if reached.insert(file) {
            open.extend(arrows.from(file));
        }
    }
    reached
}

/// The circle for people: its arrows, and what each is made of.
pub(crate) fn describe(circle: &BTreeSet<&Path>, arrows: &Arrows) -> String {
    let mut text = format!("An import circle of {} files:", circle.len());
    for (from, to, items) in arrows.all().filter(|(from, to, _)| circle.contains(from) && circle.contains(to)) {
        let items: Vec<&str> = items.iter().map(String::as_str).collect();
        // Writing to a string cannot fail.
        let _ = write!(text, "\n  {} -> {}: {}", from.display(), to.display(), items.join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::samples::arrows;

    /// The circles of a crate, each as the names of its files.
    fn circles(files: &[(&str, &str)]) -> Vec<String> {
        let name = |circle: BTreeSet<&Path>| circle.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(" ");
        find(&arrows(files)).into_iter().map(name).collect()
    }

    #[test]
    fn a_clean_tree_has_none() {
        let none: [String; 0] = [];
        assert_eq!(
            circles(&[
                ("lib.rs", "mod a; mod b; mod c; pub use a::A; fn f(_: b::B) {}"),
                ("a.rs", "pub struct A(crate::b::B, crate::c::C);"),
                ("b.rs", "pub struct B(crate::c::C);"),
                ("c.rs", "pub struct C;"),
            ]),
            none
        );
    }

    #[test]
    fn two_files_that_name_each_other_are_one() {
        let files =
            [("lib.rs", "mod a; mod b;"), ("a.rs", "use crate::b::B; pub struct A;"), ("b.rs", "use crate::a::A; pub struct B;")];
        assert_eq!(circles(&files), ["a.rs b.rs"]);
    }

    #[test]
    fn the_long_way_round_is_one_and_what_hangs_on_it_is_not_part_of_it() {
        let files = [
            ("lib.rs", "mod a; mod b; mod c; mod d; mod e; fn f() { a::f(); }"),
            ("a.rs", "pub fn f() { crate::b::f(); }"),
            ("b.rs", "pub fn f() { crate::c::f(); crate::d::f(); }"),
            ("c.rs", "pub fn f() { crate::a::f(); }"),
            ("d.rs", "pub fn f() {}"),
        ];
        let files = [&files[..], &[("e.rs", "fn g() { crate::a::f(); }")]].concat();
        assert_eq!(circles(&files), ["a.rs b.rs c.rs"]);
    }

    #[test]
    fn a_parent_and_its_child_are_one() {
        let files = [
            ("lib.rs", "mod a;"),
            ("a/mod.rs", "mod child; pub struct Shared; fn f() { child::work(&Shared); }"),
            ("a/child.rs", "pub(super) fn work(_: &super::Shared) {}"),
        ];
        assert_eq!(circles(&files), ["a/child.rs a/mod.rs"]);
    }

    #[test]
    fn a_re_export_does_not_hide_one() {
        let files = [
            ("lib.rs", "mod a; mod b; pub use a::A;"),
            ("a/mod.rs", "mod inner; pub use inner::*;"),
            ("a/inner.rs", "pub struct A(crate::b::B);"),
            ("b.rs", "pub struct B; fn f(_: &crate::A) {}"),
        ];
        assert_eq!(circles(&files), ["a/inner.rs b.rs"]);
    }

    #[test]
    fn one_that_goes_through_a_macro_is_seen() {
        let files = [
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "pub fn A() { view! { <div>{move || crate::b::text()}</div> } }"),
            ("b.rs", "use crate::a; pub fn text() { view! { <p><a::A/></p> } }"),
        ];
        assert_eq!(circles(&files), ["a.rs b.rs"]);
    }

    #[test]
    fn it_is_described_by_its_arrows() {
        let files = [
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "pub struct A; pub struct B; fn f() { crate::b::f(); crate::c::f(); }"),
            ("b.rs", "use crate::a::{A, B}; pub fn f() {}"),
            ("c.rs", "pub fn f() {}"),
        ];
        let arrows = arrows(&files);
        let text = describe(&find(&arrows)[0], &arrows);
        assert_eq!(text, "An import circle of 2 files:\n  a.rs -> b.rs: f\n  b.rs -> a.rs: A, B");
    }
}
