//! The modules of a crate, read from its files the way the compiler finds them, without what is for tests only.

use std::{
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use syn::{Expr, Item, ItemMod, Lit, Meta, ext::IdentExt};

use crate::tests_only::{is_tests_only, says_tests_only};

/// How the text of a file is got.
pub(crate) type Source<'a> = &'a dyn Fn(&Path) -> io::Result<String>;

/// A module of a crate; the first one of the list is the root.
pub(crate) struct Module {
    /// Its names from the root on, which has none.
    pub(crate) path: Vec<String>,
    /// The file that it stands in.
    pub(crate) file: PathBuf,
    /// The number of the module around it.
    pub(crate) parent: Option<usize>,
    /// The numbers of the modules in it.
    pub(crate) children: Vec<usize>,
    /// Whether its macros go to the module around it.
    pub(crate) macro_use: bool,
    /// What is in it, modules aside.
    pub(crate) items: Vec<Item>,
}

impl Module {
    /// The path as one writes it.
    pub(crate) fn name(&self) -> String {
        if self.path.is_empty() { "crate".to_owned() } else { self.path.join("::") }
    }
}

/// Reads a crate from its root file on.
pub(crate) fn read(root: &Path, source: Source<'_>) -> Result<Vec<Module>, String> {
    let mut reader = Reader { source, modules: Vec::new() };
    let text = source(root).map_err(|error| format!("{}: {error}", root.display()))?;
    let folder = root.parent().unwrap_or(Path::new("")).to_owned();
    let place = Place { file: root.to_owned(), folder, is_file: true };
    reader.module(Vec::new(), None, false, place.parse(&text)?, &place)?;
    Ok(reader.modules)
}

/// Where a module stands.
struct Place {
    file: PathBuf,
    /// Where the files of its children are.
    folder: PathBuf,
    /// A file of its own, not within another module's.
    is_file: bool,
}

impl Place {
    fn parse(&self, text: &str) -> Result<Vec<Item>, String> {
        let file = syn::parse_file(text).map_err(|error| format!("{}: {error}", self.file.display()))?;
        Ok(if says_tests_only(&file.attrs) { Vec::new() } else { file.items })
    }
}

struct Reader<'a> {
    source: Source<'a>,
    modules: Vec<Module>,
}

impl Reader<'_> {
    fn module(
        &mut self,
        path: Vec<String>,
        parent: Option<usize>,
        macro_use: bool,
        items: Vec<Item>,
        place: &Place,
    ) -> Result<usize, String> {
        let id = self.modules.len();
        let is_module = |item: &Item| matches!(item, Item::Mod(_));
        let (inner, items) = items.into_iter().filter(|item| !is_tests_only(item)).partition(is_module);
        let inner: Vec<Item> = inner;
        let file = place.file.clone();
        self.modules.push(Module { path: path.clone(), file, parent, children: Vec::new(), macro_use, items });
        for item in inner {
            let Item::Mod(item) = item else { continue };
            let child = self.child(item, &path, id, place)?;
            self.modules[id].children.push(child);
        }
        Ok(id)
    }

    fn child(&mut self, item: ItemMod, path: &[String], parent: usize, place: &Place) -> Result<usize, String> {
        let macro_use = item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_use"));
        let name = item.ident.unraw().to_string();
        let written = path_attribute(&item);
        let path = [path, std::slice::from_ref(&name)].concat();
        let Some((_, items)) = item.content else {
            let (place, text) = self.file_of(&name, written.as_deref(), place)?;
            let items = place.parse(&text)?;
            return self.module(path, Some(parent), macro_use, items, &place);
        };
        let folder = place.folder.join(written.unwrap_or(name));
        let place = Place { file: place.file.clone(), folder, is_file: false };
        self.module(path, Some(parent), macro_use, items, &place)
    }

    /// The file of a module: the one that `#[path]` says, else `x.rs` or `x/mod.rs`.
    fn file_of(&self, name: &str, written: Option<&str>, place: &Place) -> Result<(Place, String), String> {
        let own_folder = place.file.parent().unwrap_or(Path::new(""));
        let candidates = match written {
            Some(written) => {
                let file = if place.is_file { own_folder } else { &place.folder }.join(written);
                // Whatever it is called, its children are looked for beside it.
                vec![(file.clone(), file.parent().unwrap_or(Path::new("")).to_owned())]
            }
            None => {
                let folder = place.folder.join(name);
                vec![(folder.with_extension("rs"), folder.clone()), (folder.join("mod.rs"), folder)]
            }
        };
        for (file, folder) in candidates {
            match (self.source)(&file) {
                Ok(text) => return Ok((Place { file, folder, is_file: true }, text)),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(format!("{}: {error}", file.display())),
            }
        }
        Err(format!("{}: there is no file for `mod {name}`", place.file.display()))
    }
}

/// What `#[path = "…"]` says.
fn path_attribute(item: &ItemMod) -> Option<String> {
    item.attrs.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::samples::modules;

    /// The modules of a crate, each with its file.
    fn listed(files: &[(&str, &str)]) -> Vec<String> {
        let modules = modules(files).unwrap();
        modules.iter().map(|module| format!("{} {}", module.name(), module.file.display())).collect()
    }

    #[test]
    fn modules_are_where_the_compiler_looks_for_them() {
        let files = [
            ("src/lib.rs", "mod a; mod b; mod c { mod d; } #[path = \"elsewhere.rs\"] mod e;"),
            ("src/a.rs", "mod deep; #[path = \"x.rs\"] mod beside; mod within { mod deeper; }"),
            ("src/a/deep.rs", ""),
            ("src/x.rs", ""),
            ("src/a/within/deeper.rs", ""),
            ("src/b/mod.rs", "mod deep;"),
            ("src/b/deep.rs", ""),
            ("src/c/d.rs", ""),
            ("src/elsewhere.rs", "mod r#type;"),
            ("src/type.rs", ""),
        ];
        assert_eq!(
            listed(&files),
            [
                "crate src/lib.rs",
                "a src/a.rs",
                "a::deep src/a/deep.rs",
                "a::beside src/x.rs",
                "a::within src/a.rs",
                "a::within::deeper src/a/within/deeper.rs",
                "b src/b/mod.rs",
                "b::deep src/b/deep.rs",
                "c src/lib.rs",
                "c::d src/c/d.rs",
                "e src/elsewhere.rs",
                "e::type src/type.rs",
            ]
        );
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        assert_eq!(modules(&[("lib.rs", "mod gone;")]).err().unwrap(), "lib.rs: there is no file for `mod gone`");
        assert!(modules(&[("lib.rs", "fn f( {}")]).err().unwrap().starts_with("lib.rs: "));
    }
}
