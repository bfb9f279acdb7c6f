//! What a paragraph is cut into.

/// A piece of a paragraph.
pub(super) enum Token<'a> {
    Text(&'a str),
    Code(&'a str),
    /// An address that stands for itself.
    Address(&'a str),
    /// The start of a link to this address. Within a link, others are only text.
    LinkStart(String),
    LinkEnd,
    Run(Run),
}

/// Characters in a row that may open or close emphasis.
pub(super) struct Run {
    pub(super) mark: u8,
    length: usize,
    /// How many of them still stand for themselves.
    pub(super) left: usize,
    pub(super) opens: bool,
    pub(super) closes: bool,
    pub(super) closing: Vec<&'static str>,
    pub(super) opening: Vec<&'static str>,
}

impl Run {
    /// A run between two characters. None when it can only be text. More than three in a row mean nothing in a chat, and would
    /// nest without bound.
    pub(super) fn new(mark: u8, length: usize, before: Option<char>, after: Option<char>) -> Option<Self> {
        if length > 3 || (mark == b'~' && length != 2) {
            return None;
        }
        let (before, after) = (Side::of(before), Side::of(after));
        let faces_right = after != Side::Blank && (after == Side::Letter || before != Side::Letter);
        let faces_left = before != Side::Blank && (before == Side::Letter || after != Side::Letter);
        // An underscore within a word is part of the word.
        let is_word = mark == b'_' && faces_left && faces_right;
        let opens = faces_right && (!is_word || before == Side::Punctuation);
        let closes = faces_left && (!is_word || after == Side::Punctuation);
        let run = Self { mark, length, left: length, opens, closes, closing: Vec::new(), opening: Vec::new() };
        (opens || closes).then_some(run)
    }

    /// Whether this run can be closed by that one. The sum that must not be a multiple of three keeps `*a**b**c*` together.
    pub(super) fn fits(&self, closer: &Self) -> bool {
        let both_ways = (self.opens && self.closes) || (closer.opens && closer.closes);
        let is_odd = both_ways && (self.length + closer.length).is_multiple_of(3) && !self.length.is_multiple_of(3);
        self.mark == closer.mark && !is_odd
    }

    /// Writes the tags, and the characters that found no counterpart.
    pub(super) fn write(&self, html: &mut String) {
        for name in &self.closing {
            push_tag("</", name, html);
        }
        for _ in 0..self.left {
            html.push(char::from(self.mark));
        }
        for name in self.opening.iter().rev() {
            push_tag("<", name, html);
        }
    }
}

fn push_tag(open: &str, name: &str, html: &mut String) {
    html.push_str(open);
    html.push_str(name);
    html.push('>');
}

/// What stands beside a run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Blank,
    Punctuation,
    Letter,
}

impl Side {
    /// Only the punctuation of Latin script counts: with the full list, `**重要。**次` would not be bold, since those scripts have
    /// no blanks between words.
    fn of(c: Option<char>) -> Self {
        match c {
            None => Self::Blank,
            Some(c) if c.is_whitespace() => Self::Blank,
            Some('¡' | '«' | '»' | '¿' | '\u{2010}'..='\u{205e}') => Self::Punctuation,
            Some(c) if c.is_ascii_punctuation() => Self::Punctuation,
            Some(_) => Self::Letter,
        }
    }
}
