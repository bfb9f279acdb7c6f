//! Addresses: which ones may be linked to, and where one ends.

use super::hosts::{host, is_domain, is_unspaced, without_words_behind};
use crate::{
    limits::SLUG_MAX,
    visible::{is_ignorable, is_joiner},
};

/// The schemes that a link may have. All others are left as text: `javascript:` and `data:` are script, and a relative address
/// would let a message pass itself off as a part of this site.
const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];

/// How deep brackets may nest in the address of `[text](address)`, so that the search for its end stays short (CommonMark asks
/// for three at least).
const PARENTHESES_MAX: usize = 32;

/// The longest name before the `@` of a mail address, in bytes (RFC 5321, 4.5.3.1.1).
const LOCAL_PART_MAX: usize = 64;

/// The marks that may stand around an address.
pub(super) const MARKS: &str = "*_~|";

/// An address that stands for itself.
#[derive(Clone, Copy)]
pub(super) struct Address<'a> {
    /// What was left out before it.
    pub(super) scheme: &'static str,
    pub(super) text: &'a str,
}

/// What stands before an address.
#[derive(Clone, Copy)]
pub(super) struct Before {
    pub(super) character: Option<char>,
    /// Which of [`MARKS`] were opened and may end in it.
    pub(super) open: [bool; MARKS.len()],
}

impl Before {
    fn is_open(&self, mark: char) -> bool {
        MARKS.find(mark).is_some_and(|at| self.open[at])
    }
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

/// Whether text begins with one of these schemes and something that can be a host or mailbox.
fn has_scheme(text: &str, schemes: &[&str]) -> bool {
    let is_host = |rest: &str| rest.starts_with(|c: char| c == '[' || !c.is_ascii_punctuation());
    schemes.iter().any(|scheme| starts_with(text, scheme) && is_host(&text[scheme.len()..]))
}

/// Whether an address may be linked to. One with hidden characters in it could be shown as another one.
pub(super) fn is_allowed(address: &str) -> bool {
    has_scheme(address, &SCHEMES) && !address.contains(|c: char| c.is_control() || c.is_whitespace() || is_hidden(c))
}

fn is_hidden(c: char) -> bool {
    is_ignorable(c) && !is_joiner(c)
}

/// The `http`, `https` or `www.` address that text begins with.
pub(super) fn bare(text: &str, before: Before) -> Option<Address<'_>> {
    let is_whole = |address: &str| has_scheme(address, &SCHEMES[..2]);
    if is_whole(text) {
        let text = within_sentence(text, before);
        return is_whole(text).then_some(Address { scheme: "", text });
    }
    // Behind one of these it is the middle of something else.
    let is_part = before.character.is_some_and(|c| matches!(c, '.' | '/' | '@' | '-' | '=' | '%' | '&' | '#' | '+' | '\\'));
    if is_part || !starts_with(text, "www.") {
        return None;
    }
    let text = within_sentence(text, before);
    host(text).get(4..).is_some_and(is_domain).then_some(Address { scheme: "https://", text })
}

/// The mail address around an `@`: how many bytes of it stand before and behind.
pub(super) fn mail(before: &str, after: &str) -> Option<(usize, usize)> {
    let is_local = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
    let length = before.chars().rev().take_while(is_local).take(LOCAL_PART_MAX + 1).count();
    let (outside, local) = before.split_at(before.len() - length);
    let local = local.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    // What cannot be taken would be part of the name, unless it is a word of a script without blanks.
    let is_part = |c: char| matches!(c, '/' | '@' | '\\') || (c.is_alphanumeric() && !is_unspaced(c));
    let is_cut = outside.ends_with(is_part) || local.ends_with('.') || local.contains("..");
    if is_cut || !(1..=LOCAL_PART_MAX).contains(&local.len()) {
        return None;
    }
    let is_domain_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.') || (!c.is_ascii() && !ends(c));
    let domain = &after[..after.find(|c| !is_domain_char(c)).unwrap_or(after.len())];
    let domain = without_words_behind(domain).trim_end_matches(|c| c == '-' || is_sentence_mark(c));
    // `git@example.org:notes` and the like are for programs.
    let mut rest = after[domain.len()..].chars();
    let goes_on = match rest.next() {
        Some('@' | '/') => true,
        Some(':') => rest.next().is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '~')),
        _ => false,
    };
    (is_domain(domain) && !goes_on).then_some((local.len(), domain.len()))
}

/// The slug of a room behind a `#`. A number is none here, nor what is the middle of something else.
pub(super) fn room<'a>(before: &str, after: &'a str) -> Option<&'a str> {
    let is_letter = |c: char| c.is_alphanumeric() && !is_unspaced(c);
    let is_part = |c: char| is_letter(c) || matches!(c, '#' | '&' | '/' | '\\' | '.' | '@' | '=' | '-' | '+' | '%' | '?' | '<');
    let length = after.bytes().take_while(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-').count();
    let slug = after[..length].trim_end_matches('-');
    let is_slug = slug.len() <= SLUG_MAX
        && !slug.starts_with('-')
        && !slug.contains("--")
        && slug.contains(|c: char| c.is_ascii_lowercase());
    let mut rest = after[length..].chars();
    let goes_on = match rest.next() {
        Some('.') => rest.next().is_some_and(is_letter),
        Some(c) => is_letter(c) || matches!(c, '_' | '/' | '#' | '@' | '='),
        None => false,
    };
    (is_slug && !goes_on && !before.ends_with(is_part) && !before.ends_with("](")).then_some(slug)
}

/// The address that text begins with, without the sentence around it.
fn within_sentence(text: &str, before: Before) -> &str {
    let whole = without_words_behind(&text[..end(text, before)]);
    whole.trim_end_matches(|c| is_sentence_mark(c) || before.is_open(c))
}

/// Where an address ends at the latest: at a blank, a quote, the end of a bracket or of emphasis that began before it.
fn end(text: &str, before: Before) -> usize {
    let quote = match before.character {
        Some('\'') => Some('\''),
        Some('‘') => Some('’'),
        _ => None,
    };
    let (mut round, mut square) = (0, 0);
    let mut last = None;
    for (at, c) in text.char_indices() {
        match c {
            '(' => round += 1,
            ')' => round -= 1,
            '[' => square += 1,
            ']' => square -= 1,
            _ => {}
        }
        let ends = match c {
            '*' => before.is_open(c),
            '~' | '|' => before.is_open(c) && text[at + 1..].starts_with(c),
            // Between letters of its own script it is part of a name.
            '・' => last.is_none_or(|last: char| last.is_ascii()) || has_scheme(&text[at + c.len_utf8()..], &SCHEMES),
            _ => ends(c) || Some(c) == quote,
        };
        if ends || round < 0 || square < 0 {
            return at;
        }
        last = Some(c);
    }
    text.len()
}

/// Whether no bare address goes on with this: blanks, quotes, what is hidden, and the punctuation of scripts that put no blank between
/// an address and what follows it.
#[rustfmt::skip]
pub(super) fn ends(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_hidden(c) || matches!(c,
        '<' | '>' | '"' | '`' | '«' | '»' | '‹' | '›' | '“' | '”' | '„' | '‟' | '—' | '―' | '‥' | '…'
        | '\u{3001}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{3030}' | '\u{303d}' | '\u{30a0}'
        | '\u{fe10}'..='\u{fe1f}' | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}')
}

/// Whether this belongs to the sentence when an address ends with it.
#[rustfmt::skip]
fn is_sentence_mark(c: char) -> bool {
    matches!(c, '.' | ',' | ':' | ';' | '!' | '?' | '\'' | '‘' | '’' | '–' | '·' | '・'
        | '\u{589}' | '\u{60c}' | '\u{61b}' | '\u{61f}' | '\u{6d4}' | '\u{964}' | '\u{965}' | '\u{104a}' | '\u{104b}'
        | '\u{1362}'..='\u{1368}' | '\u{17d4}'..='\u{17d6}')
}

/// The address in `<…>` that text begins with.
pub(super) fn in_angles(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('<')?;
    if !has_scheme(inner, &SCHEMES) {
        return None;
    }
    let end = inner.find(|c: char| matches!(c, '<' | '>') || c.is_whitespace())?;
    let address = &inner[..end];
    (inner[end..].starts_with('>') && is_allowed(address)).then_some(address)
}

/// Reads `(address "title")`, which follows the text of a link. Gives the address as it stands there, and what comes after it all.
pub(super) fn destination(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('(')?.trim_start();
    let (address, rest) = inner.split_at(address_end(inner)?);
    let rest = without_title(rest.trim_start())?;
    let rest = rest.trim_start().strip_prefix(')')?;
    (!address.is_empty()).then_some((address, rest))
}

fn address_end(text: &str) -> Option<usize> {
    let mut open = 0;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if c.is_whitespace() || c.is_control() => return Some(at),
            _ if escaped => {}
            '<' => return None,
            '(' if open == PARENTHESES_MAX => return None,
            '(' => open += 1,
            ')' if open == 0 => return Some(at),
            ')' => open -= 1,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    None
}

/// What follows a title, which is not shown.
fn without_title(text: &str) -> Option<&str> {
    for quote in ['"', '\''] {
        if let Some(title) = text.strip_prefix(quote) {
            return title.split_once(quote).map(|(_, rest)| rest);
        }
    }
    Some(text)
}
