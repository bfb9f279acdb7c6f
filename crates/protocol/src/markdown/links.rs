//! Addresses: which ones may be linked to, and where one ends.

/// The schemes that a link may have. All others are left as text: `javascript:` and `data:` are script, and a relative address
/// would let a message pass itself off as a part of this site.
const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];

/// How deep brackets may nest in the address of `[text](address)`, so that the search for its end stays short (CommonMark asks
/// for three at least).
const PARENTHESES_MAX: usize = 32;

/// Whether text begins with one of these schemes and something that can be a host or mailbox.
fn has_scheme(text: &str, schemes: &[&str]) -> bool {
    schemes.iter().any(|scheme| {
        let (start, rest) = text.split_at_checked(scheme.len()).unwrap_or_default();
        start.eq_ignore_ascii_case(scheme) && rest.starts_with(|c: char| c == '[' || !c.is_ascii_punctuation())
    })
}

/// Whether an address may be linked to.
pub(super) fn is_allowed(address: &str) -> bool {
    has_scheme(address, &SCHEMES) && !address.contains(|c: char| c.is_control() || c.is_whitespace())
}

/// The address that text begins with. In square brackets it ends with them.
pub(super) fn bare(text: &str, in_brackets: bool) -> Option<&str> {
    if !has_scheme(text, &SCHEMES[..2]) {
        return None;
    }
    let ends = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '`') || (in_brackets && c == ']');
    let whole = &text[..text.find(ends).unwrap_or(text.len())];
    Some(without_punctuation(whole)).filter(|address| has_scheme(address, &SCHEMES[..2]))
}

/// An address without what belongs to the sentence around it.
fn without_punctuation(mut address: &str) -> &str {
    let count = |bracket: u8| address.bytes().filter(|&b| b == bracket).count();
    let mut surplus = count(b')').saturating_sub(count(b'('));
    while let Some(last) = address.chars().next_back() {
        match last {
            ')' if surplus > 0 => surplus -= 1,
            '.' | ',' | ':' | ';' | '!' | '?' | '\'' | '*' | '_' | '~' | '’' | '”' | '»' | '…' => {}
            _ => break,
        }
        address = &address[..address.len() - last.len_utf8()];
    }
    address
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
