//! The host that an address leads to, and how it is shown: a name that mixes scripts can pass for another one, letter by letter.

use std::ops::Range;

use super::{escape::escape, punycode};

/// The host in an address, with or without a scheme. `user@` before it and the port behind it are no part of it. Browsers take `\` for
/// `/`.
fn range(address: &str) -> Range<usize> {
    let scheme = address.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let from = if address[scheme..].starts_with("://") { scheme + 3 } else { 0 };
    let end = address[from..].find(['/', '?', '#', '\\']).map_or(address.len(), |at| from + at);
    let start = address[from..end].rfind('@').map_or(from, |at| from + at + 1);
    let host = &address[start..end];
    let length = if host.starts_with('[') { host.len() } else { host.find(':').unwrap_or(host.len()) };
    start..start + length
}

/// The host that an address leads to.
pub(super) fn host(address: &str) -> &str {
    &address[range(address)]
}

/// Whether `user@` stands before the host of a page.
pub(super) fn has_user(address: &str) -> bool {
    address[..range(address).start].ends_with('@')
}

/// Whether this can be the name of a host in the net: words with dots between them, the last one without digits.
pub(super) fn is_domain(name: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && !word.starts_with('-') && !word.ends_with('-');
    let is_last = |word: &str| {
        let is_letter = |c: char| !c.is_ascii() || c.is_ascii_alphabetic();
        (word.chars().nth(1).is_some() && word.chars().all(is_letter)) || word.get(..4).is_some_and(|start| start == "xn--")
    };
    name.rsplit_once('.').is_some_and(|(rest, last)| is_last(last) && rest.split('.').all(is_word))
}

/// An address without the words behind its host, where no blanks stand between words (`https://example.org에서`): the last part of a
/// host's name does not go on with their letters when it began with one of ASCII.
pub(super) fn without_words_behind(address: &str) -> &str {
    let Range { start, .. } = range(address);
    let authority = &address[start..address[start..].find(['/', '?', '#', '\\']).map_or(address.len(), |at| start + at)];
    let last = authority.rfind('.').map_or(0, |dot| dot + 1);
    let words = authority[last..].starts_with(|c: char| c.is_ascii_alphanumeric()).then(|| authority[last..].find(is_unspaced));
    words.flatten().map_or(address, |at| &address[..start + last + at])
}

/// Letters and signs of scripts that put no blanks between words (of East and South-East Asia), and pictures.
pub(super) fn is_unspaced(c: char) -> bool {
    c >= '\u{e00}' && !matches!(c, '\u{1e00}'..='\u{205e}')
}

/// Writes an address as it is shown: a host that mixes scripts as Punycode.
pub(super) fn show(address: &str, html: &mut String) {
    let Range { start, end } = range(address);
    escape(&address[..start], "", html);
    let host = &address[start..end];
    if is_mixed(host) {
        for (n, label) in host.split(is_dot).enumerate() {
            if n > 0 {
                html.push('.');
            }
            escape(&punycode::label(label), "", html);
        }
    } else {
        escape(host, "", html);
    }
    escape(&address[end..], "", html);
}

/// What browsers take for a dot in a host (UTS 46, 2.3).
fn is_dot(c: char) -> bool {
    matches!(c, '.' | '。' | '．' | '｡')
}

/// Whether a host mixes scripts as no language does: two in one word of it, or Latin beside one whose letters look like Latin ones.
/// What is no letter counts, too.
pub(super) fn is_mixed(host: &str) -> bool {
    if host.is_ascii() {
        return false;
    }
    let mut seen = [false; 2];
    for word in host.split('.') {
        let mut scripts = word.chars().map(Script::of).filter(|&script| script != Script::Any);
        let Some(first) = scripts.next() else { continue };
        if first == Script::None || scripts.any(|script| script != first) {
            return true;
        }
        seen[0] |= first == Script::Latin;
        seen[1] |= first.looks_latin();
    }
    seen == [true; 2]
}

/// The script of a character, as far as hosts need it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    /// Digits and hyphens of ASCII.
    Any,
    /// No letter at all.
    None,
    Latin,
    /// Chinese characters, kana, bopomofo and Hangul, which languages mix.
    EastAsian,
    /// Arabic and what is written with its letters.
    Arabic,
    /// Others, by their block of 128.
    Other(u32),
}

impl Script {
    fn of(c: char) -> Self {
        match c {
            '0'..='9' | '-' => Self::Any,
            'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Self::Latin,
            '\u{1100}'..='\u{11ff}' | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{3098}' | '\u{309d}'..='\u{318e}' => {
                Self::EastAsian
            }
            '\u{31a0}'..='\u{31ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' => {
                Self::EastAsian
            }
            '\u{20000}'..='\u{3ffff}' => Self::EastAsian,
            '\u{600}'..='\u{8ff}' => Self::Arabic,
            // Greek has two blocks, Cyrillic three.
            '\u{1f00}'..='\u{1fff}' => Self::Other(7),
            '\u{400}'..='\u{52f}' => Self::Other(8),
            // Signs of vowels are no letters in all of these scripts.
            '\u{900}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => Self::Other(u32::from(c) >> 7),
            _ if c.is_alphanumeric() => Self::Other(u32::from(c) >> 7),
            _ => Self::None,
        }
    }

    /// Whether letters of it can be taken for Latin ones: Greek, Cyrillic, Armenian and whatever is not of the south or east of Asia.
    fn looks_latin(self) -> bool {
        matches!(self, Self::Other(block) if !(0xb..=0x21).contains(&block) && block != 0x2f)
    }
}
