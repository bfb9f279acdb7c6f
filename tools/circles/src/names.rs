//! Which item a path names: looked up the way the compiler does it, as far as that works without types. Where a name has several
//! meanings (a module and a function, two versions of a thing for two builds), all of them count.

use std::collections::HashMap;

use syn::{Ident, Item, ext::IdentExt};

use crate::{mentions::Mentions, tree::Module, uses::Import};

/// What a path leads to: modules go by their number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A module itself.
    Module(usize),
    /// An item, by the module that defines it.
    Item(usize, String),
}

enum Meaning {
    Is(Target),
    Import { path: Vec<String>, handed_on: bool },
}

#[derive(Default)]
struct Scope {
    names: HashMap<String, Vec<Meaning>>,
    globs: Vec<Glob>,
    macros: Vec<String>,
}

struct Glob {
    path: Vec<String>,
    handed_on: bool,
}

/// The names of a crate.
pub(crate) struct Names<'a> {
    modules: &'a [Module],
    scopes: Vec<Scope>,
}

/// The imports that are being followed, each by its module and path: they may go round.
type Open = Vec<(usize, Vec<String>)>;

impl<'a> Names<'a> {
    /// The names of these modules, with what each imports.
    pub(crate) fn new(modules: &'a [Module], mentions: &[Mentions]) -> Self {
        let mut scopes: Vec<Scope> = modules.iter().map(|_| Scope::default()).collect();
        for (id, (module, mentions)) in modules.iter().zip(mentions).enumerate() {
            for &child in &module.children {
                let name = modules[child].path.last().cloned().unwrap_or_default();
                scopes[id].add(name, Meaning::Is(Target::Module(child)));
            }
            for item in &module.items {
                if let Some(name) = defined(item).map(|name| name.unraw().to_string()) {
                    let target = Target::Item(id, name.clone());
                    if is_exported_macro(item) {
                        scopes[0].add(name.clone(), Meaning::Is(target.clone()));
                    }
                    if matches!(item, Item::Macro(_)) {
                        scopes[id].macros.push(name.clone());
                    }
                    scopes[id].add(name, Meaning::Is(target));
                }
            }
            mentions.imports.iter().for_each(|import| scopes[id].import(import));
        }
        Self { modules, scopes }
    }

    /// The items that a path names, written in a module.
    pub(crate) fn items(&self, from: usize, path: &[String]) -> Vec<Target> {
        let mut found = self.path(from, path, &mut Vec::new());
        if let ([name], true) = (path, found.is_empty()) {
            found = self.macro_around(from, name);
        }
        found.retain(|target| matches!(target, Target::Item(..)));
        found
    }

    /// The items that `path::*` brings to a module: whatever the other module defines or hands on, or the type whose parts these are.
    pub(crate) fn glob_items(&self, from: usize, path: &[String]) -> Vec<Target> {
        let all_of = |target| match target {
            Target::Item(..) => vec![target],
            Target::Module(module) => {
                let is_offered = |meaning: &Meaning| matches!(meaning, Meaning::Is(_) | Meaning::Import { handed_on: true, .. });
                let names = self.scopes[module].names.iter().filter(|(_, meanings)| meanings.iter().any(is_offered));
                names.flat_map(|(name, _)| self.items(module, std::slice::from_ref(name))).collect()
            }
        };
        self.path(from, path, &mut Vec::new()).into_iter().flat_map(all_of).collect()
    }

    fn path(&self, from: usize, path: &[String], open: &mut Open) -> Vec<Target> {
        let Some((first, rest)) = path.split_first() else { return Vec::new() };
        let mut at = match first.as_str() {
            "crate" => vec![Target::Module(0)],
            "self" => vec![Target::Module(from)],
            "super" => self.parent(from),
            name => self.name(from, name, open).unwrap_or_default(),
        };
        for name in rest {
            let modules: Vec<usize> = at.iter().filter_map(Target::module).collect();
            if modules.is_empty() {
                // A part of an item: a variant, a function of a type.
                return at;
            }
            at = modules.into_iter().flat_map(|module| self.name_in(module, name, open)).collect();
        }
        at
    }

    fn name_in(&self, module: usize, name: &str, open: &mut Open) -> Vec<Target> {
        match name {
            "self" => vec![Target::Module(module)],
            "super" => self.parent(module),
            // The module has it, so a macro has made it there.
            _ => self.name(module, name, open).unwrap_or_else(|| vec![Target::Item(module, name.to_owned())]),
        }
    }

    /// What a name means in a module; empty if that is in another crate, none if nothing tells where it comes from.
    fn name(&self, module: usize, name: &str, open: &mut Open) -> Option<Vec<Target>> {
        let scope = &self.scopes[module];
        match scope.names.get(name) {
            Some(meanings) => Some(meanings.iter().flat_map(|meaning| self.meaning(module, meaning, open)).collect()),
            None => scope.globs.iter().find_map(|glob| self.through_glob(module, glob, name, open)),
        }
    }

    fn meaning(&self, module: usize, meaning: &Meaning, open: &mut Open) -> Vec<Target> {
        match meaning {
            Meaning::Is(target) => vec![target.clone()],
            Meaning::Import { path, .. } => once(open, (module, path.clone()), |open| self.path(module, path, open)),
        }
    }

    fn through_glob(&self, module: usize, glob: &Glob, name: &str, open: &mut Open) -> Option<Vec<Target>> {
        let key = (module, [&glob.path[..], &[name.to_owned()]].concat());
        once(open, key, |open| {
            let targets = self.path(module, &glob.path, open);
            let mut modules = targets.iter().filter_map(Target::module);
            let found = modules.find_map(|module| self.name(module, name, open));
            // Handed on from another crate, for all that can be told.
            found.or_else(|| (glob.handed_on && targets.is_empty()).then(Vec::new))
        })
    }

    /// Macros need no import within the module that defines them, in those inside it, and where `#[macro_use]` takes them.
    fn macro_around(&self, from: usize, name: &str) -> Vec<Target> {
        let defines = |module: usize| self.scopes[module].macros.iter().any(|defined| defined == name).then_some(module);
        let mut at = Some(from);
        while let Some(module) = at {
            let lenders = self.modules[module].children.iter().copied().filter(|&child| self.modules[child].macro_use);
            if let Some(module) = defines(module).or_else(|| lenders.clone().find_map(defines)) {
                return vec![Target::Item(module, name.to_owned())];
            }
            at = self.modules[module].parent;
        }
        Vec::new()
    }

    fn parent(&self, module: usize) -> Vec<Target> {
        self.modules[module].parent.map(Target::Module).into_iter().collect()
    }
}

/// Follows an import, unless that is being done already.
fn once<T: Default>(open: &mut Open, import: (usize, Vec<String>), follow: impl FnOnce(&mut Open) -> T) -> T {
    if open.contains(&import) {
        return T::default();
    }
    open.push(import);
    let found = follow(open);
    open.pop();
    found
}

impl Target {
    fn module(&self) -> Option<usize> {
        match self {
            Self::Module(module) => Some(*module),
            Self::Item(..) => None,
        }
    }
}

impl Scope {
    fn add(&mut self, name: String, meaning: Meaning) {
        self.names.entry(name).or_default().push(meaning);
    }

    fn import(&mut self, import: &Import) {
        let Import { path, name, handed_on } = import;
        let (path, handed_on) = (path.clone(), *handed_on);
        match name {
            Some(name) => self.add(name.clone(), Meaning::Import { path, handed_on }),
            None => self.globs.push(Glob { path, handed_on }),
        }
    }
}

fn defined(item: &Item) -> Option<&Ident> {
    match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Macro(item) => item.ident.as_ref(),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::TraitAlias(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        Item::Union(item) => Some(&item.ident),
        _ => None,
    }
}

fn is_exported_macro(item: &Item) -> bool {
    matches!(item, Item::Macro(item) if item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export")))
}
