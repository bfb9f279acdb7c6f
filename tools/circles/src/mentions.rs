//! What a module names: the paths in its code, also within macros and attributes, and what it imports.

use std::collections::{BTreeSet, HashSet};

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{
    Arm, Attribute, Field, ImplItem, Item, ItemMod, ItemUse, Macro, Meta, PatIdent, Path, Stmt, TraitItem, Variant,
    VisRestricted,
    ext::IdentExt,
    visit::{self, Visit},
};

use crate::{
    tests_only::is_tests_only,
    tokens::{self, Found},
    uses::{self, Import},
};

/// What a module names.
#[derive(Default)]
pub(crate) struct Mentions {
    /// What its `use` items bring, those within functions too.
    pub(crate) imports: Vec<Import>,
    /// Every path in its code, and every single name that is not one of a variable.
    pub(crate) paths: BTreeSet<Vec<String>>,
    /// The variables of the item that is being read.
    variables: HashSet<String>,
}

impl Mentions {
    /// Everything that is named in these items.
    pub(crate) fn of(items: &[Item]) -> Self {
        let mut mentions = Self::default();
        for item in items {
            let mut variables = Variables::default();
            variables.visit_item(item);
            mentions.variables = variables.0;
            mentions.visit_item(item);
        }
        mentions
    }

    fn path(&mut self, path: Vec<String>) {
        let is_variable = matches!(path.as_slice(), [name] if self.variables.contains(name));
        if !is_variable {
            self.paths.insert(path);
        }
    }

    fn tokens(&mut self, tokens: TokenStream, texts: bool) {
        tokens::scan(tokens, texts, &mut |found| match found {
            Found::Path(path) => self.path(path),
            Found::Use(item) => self.visit_item_use(&item),
        });
    }

    fn unless_for_tests<'ast, T: ToTokens>(&mut self, node: &'ast T, visit: fn(&mut Self, &'ast T)) {
        if !is_tests_only(node) {
            visit(self, node);
        }
    }
}

impl<'ast> Visit<'ast> for Mentions {
    fn visit_item(&mut self, item: &'ast Item) {
        self.unless_for_tests(item, visit::visit_item);
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        self.unless_for_tests(item, visit::visit_impl_item);
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        self.unless_for_tests(item, visit::visit_trait_item);
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        self.unless_for_tests(statement, visit::visit_stmt);
    }

    fn visit_arm(&mut self, arm: &'ast Arm) {
        self.unless_for_tests(arm, visit::visit_arm);
    }

    fn visit_field(&mut self, field: &'ast Field) {
        self.unless_for_tests(field, visit::visit_field);
    }

    fn visit_variant(&mut self, variant: &'ast Variant) {
        self.unless_for_tests(variant, visit::visit_variant);
    }

    // Modules are read one by one; what is left here are those within functions, whose names are their own.
    fn visit_item_mod(&mut self, _: &'ast ItemMod) {}

    // Names a module, and no item in it.
    fn visit_vis_restricted(&mut self, _: &'ast VisRestricted) {}

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.imports.extend(uses::imports(item));
    }

    fn visit_path(&mut self, path: &'ast Path) {
        if path.leading_colon.is_none() {
            self.path(tokens::names(path));
        }
        visit::visit_path(self, path);
    }

    fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
        // In a pattern a constant looks like a variable.
        if !is_variable(&pattern.ident) {
            self.path(vec![pattern.ident.unraw().to_string()]);
        }
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.visit_path(&call.path);
        self.tokens(call.tokens.clone(), false);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        match &attribute.meta {
            Meta::List(list) => {
                self.visit_path(&list.path);
                self.tokens(list.tokens.clone(), true);
            }
            meta => visit::visit_meta(self, meta),
        }
    }
}

/// The names that patterns give to variables.
#[derive(Default)]
struct Variables(HashSet<String>);

impl Visit<'_> for Variables {
    fn visit_pat_ident(&mut self, pattern: &PatIdent) {
        if is_variable(&pattern.ident) {
            self.0.insert(pattern.ident.unraw().to_string());
        }
        visit::visit_pat_ident(self, pattern);
    }
}

fn is_variable(name: &Ident) -> bool {
    name.unraw().to_string().starts_with(|first: char| first == '_' || first.is_lowercase())
}
