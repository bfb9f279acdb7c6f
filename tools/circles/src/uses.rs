//! `use` trees, taken apart.

use syn::{ItemUse, UseTree, Visibility, ext::IdentExt};

/// One name that a `use` brings.
pub(crate) struct Import {
    /// The path that is named, from the module where the `use` stands.
    pub(crate) path: Vec<String>,
    /// The name that it gets there; none is a glob.
    pub(crate) name: Option<String>,
    /// Whether it is handed on to others (`pub use`), which is no use of one's own.
    pub(crate) handed_on: bool,
}

/// Everything that a `use` brings from this crate, as far as its looks tell: a path that begins with `::` is another's.
pub(crate) fn imports(item: &ItemUse) -> Vec<Import> {
    let mut found = Vec::new();
    if item.leading_colon.is_none() {
        let handed_on = !matches!(item.vis, Visibility::Inherited);
        leaves(&item.tree, &[], &mut |path, name| found.push(Import { path, name, handed_on }));
    }
    found
}

fn leaves(tree: &UseTree, before: &[String], found: &mut impl FnMut(Vec<String>, Option<String>)) {
    // `a::{self}` is `a`.
    let full = |last: String| if last == "self" && !before.is_empty() { before.to_vec() } else { [before, &[last]].concat() };
    match tree {
        UseTree::Path(path) => leaves(&path.tree, &full(path.ident.unraw().to_string()), found),
        UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, before, found)),
        UseTree::Glob(_) => found(before.to_vec(), None),
        UseTree::Name(name) => {
            let path = full(name.ident.unraw().to_string());
            let name = path.last().cloned();
            found(path, name);
        }
        UseTree::Rename(rename) => found(full(rename.ident.unraw().to_string()), Some(rename.rename.unraw().to_string())),
    }
}
