//! The text of a link, and whether it calls itself by another address than the one that it leads to.

use super::{
    hosts::{has_user, host, is_domain, is_mixed},
    links::ends,
    token::Token,
};
use crate::visible::is_ignorable;

/// What is read in the text of a link.
pub(super) fn label(tokens: &[Token<'_>]) -> String {
    let mut label = String::new();
    for token in tokens {
        match token {
            Token::Text(text) | Token::Code(text) => label.push_str(text),
            Token::Address(address) => label.push_str(address.text),
            Token::Room(slug) => {
                label.push('#');
                label.push_str(slug);
            }
            Token::Mention(word) => {
                label.push('@');
                label.push_str(word);
            }
            Token::Run(run) => run.write_left(&mut label),
            Token::LinkStart(_) | Token::LinkEnd => {}
        }
    }
    label
}

/// Whether one has to be told where a link leads: its text names another address, or its address has a `user@` before the host, which
/// can pass for the host itself.
pub(super) fn misleads(label: &str, target: &str) -> bool {
    let is_edge = |c: char| ends(c) || matches!(c, '(' | ')' | '[' | ']' | '{' | '}' | '\'' | ',' | ';' | '|' | '*');
    let label: String = label.chars().filter(|&c| !is_ignorable(c)).map(folded).collect();
    let mail = target.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:")).map(|scheme| &target[scheme.len()..]);
    (mail.is_none() && has_user(target)) || label.split(is_edge).any(|word| names_another(word, target, mail))
}

/// The character that another one is read as: full-width letters and a dot.
fn folded(c: char) -> char {
    match c {
        '․' => '.',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Whether a word is an address, and not the one of the target: the same host, or the one that the target's host belongs to, and a path
/// that the target's begins with.
fn names_another(word: &str, target: &str, mail: Option<&str>) -> bool {
    let word = word.trim_end_matches(['.', ':', '!', '?', '/', '\\']);
    let (named, own) = (host(word), host(target));
    if !word.contains("://") && !is_domain(named) {
        return false;
    }
    if let Some(mail) = mail
        && word.contains('@')
    {
        return !word.rsplit(':').next().is_some_and(|word| word.eq_ignore_ascii_case(mail)) || is_mixed(own);
    }
    let below = own.len().checked_sub(named.len()).and_then(|at| own.split_at_checked(at));
    let is_own = below.is_some_and(|(below, end)| end.eq_ignore_ascii_case(named) && (below.is_empty() || below.ends_with('.')))
        || named.get(4..).is_some_and(|rest| named[..4].eq_ignore_ascii_case("www.") && rest.eq_ignore_ascii_case(own));
    !is_own || is_mixed(own) || !behind(target, own).starts_with(behind(word, named))
}

/// What follows the host in an address.
fn behind<'a>(address: &'a str, host: &str) -> &'a str {
    address.split_once(host).map_or("", |(_, rest)| rest)
}
