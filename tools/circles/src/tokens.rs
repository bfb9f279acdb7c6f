//! Paths in tokens that are no syntax tree: what stands in a macro's brackets or in an attribute.

use proc_macro2::{Ident, Spacing, TokenStream, TokenTree};
use syn::{ItemUse, LitStr, ext::IdentExt};

/// What is found in tokens.
pub(crate) enum Found {
    /// A path, or a single name.
    Path(Vec<String>),
    /// A `use` among statements.
    Use(ItemUse),
}

/// Everything in the tokens that may be a path. In attributes (`texts`) it may also stand in quotes: `#[serde(with = "a::b")]`.
pub(crate) fn scan(tokens: TokenStream, texts: bool, found: &mut impl FnMut(Found)) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let mut next = at + 1;
        match token {
            TokenTree::Group(group) => scan(group.stream(), texts, &mut *found),
            TokenTree::Literal(literal) if texts => {
                let text = syn::parse_str::<LitStr>(&literal.to_string());
                let path = text.and_then(|text| text.parse_with(syn::Path::parse_mod_style));
                if let Some(path) = path.ok().map(|path| names(&path)).filter(|path| path.len() > 1) {
                    found(Found::Path(path));
                }
            }
            TokenTree::Ident(first) => match use_at(&tokens, at) {
                Some((item, after)) => {
                    found(Found::Use(item));
                    next = after;
                }
                None => {
                    let path = path_at(&tokens, at, first);
                    next += 3 * (path.len() - 1);
                    let before = &tokens[..at];
                    // The rest of a path that has begun already: `<T as Trait>::Item`, `::other_crate::f`.
                    if !ends_with(before, "::") && (path.len() > 1 || is_name_of_an_item(before, &tokens[next..])) {
                        found(Found::Path(path));
                    }
                }
            },
            TokenTree::Literal(_) | TokenTree::Punct(_) => {}
        }
        at = next;
    }
}

/// The names of a path, without what is between them.
pub(crate) fn names(path: &syn::Path) -> Vec<String> {
    path.segments.iter().map(|segment| segment.ident.unraw().to_string()).collect()
}

/// A `use` that begins here, and where it has ended.
fn use_at(tokens: &[TokenTree], at: usize) -> Option<(ItemUse, usize)> {
    matches!(&tokens[at], TokenTree::Ident(word) if word == "use").then_some(())?;
    let end = at + tokens[at..].iter().position(|token| punct(token) == Some(';'))? + 1;
    let item = syn::parse2(tokens[at..end].iter().cloned().collect()).ok()?;
    Some((item, end))
}

/// The names that follow each other with `::` between them.
fn path_at(tokens: &[TokenTree], at: usize, first: &Ident) -> Vec<String> {
    let mut path = vec![first.unraw().to_string()];
    let mut rest = &tokens[at + 1..];
    while let [colon, second, TokenTree::Ident(name), after @ ..] = rest
        && ends_with(&[colon.clone(), second.clone()], "::")
    {
        path.push(name.unraw().to_string());
        rest = after;
    }
    path
}

/// Whether a single name may be that of an item: it is no field, method or lifetime, and no key of an attribute.
fn is_name_of_an_item(before: &[TokenTree], after: &[TokenTree]) -> bool {
    let is_member = ends_with(before, ".") && !ends_with(before, "..");
    let alone = |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.spacing() == Spacing::Alone);
    let is_key = after.first().is_some_and(|token| matches!(punct(token), Some('=' | ':')) && alone(token));
    !is_member && !ends_with(before, "'") && !is_key
}

fn ends_with(tokens: &[TokenTree], marks: &str) -> bool {
    let length = marks.chars().count();
    tokens.len() >= length
        && tokens[tokens.len() - length..].iter().zip(marks.chars()).all(|(token, mark)| punct(token) == Some(mark))
}

fn punct(token: &TokenTree) -> Option<char> {
    match token {
        TokenTree::Punct(mark) => Some(mark.as_char()),
        _ => None,
    }
}
