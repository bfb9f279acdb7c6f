//! Bold, italic and strike-through: which runs of `*`, `_` and `~` belong together. The rules are those of CommonMark 0.31, 6.2.

use super::inline::Token;

/// How many runs may wait for their counterpart. When one more comes, the oldest is given up. It bounds the depth of the output,
/// and the time that a run looks back.
pub(super) const MAX_OPEN: usize = 16;

/// Characters in a row that may open or close emphasis.
pub(super) struct Run {
    mark: u8,
    length: usize,
    /// How many of them still stand for themselves.
    left: usize,
    opens: bool,
    closes: bool,
    closing: Vec<&'static str>,
    opening: Vec<&'static str>,
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
    fn fits(&self, closer: &Self) -> bool {
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

/// Finds the runs that belong together. Emphasis never crosses the edge of a link.
pub(super) fn pair(tokens: &mut [Token<'_>]) {
    // Runs that wait; None is the start of a link.
    let mut open: Vec<Option<usize>> = Vec::new();
    for at in 0..tokens.len() {
        let waits = match &tokens[at] {
            Token::LinkStart(_) => Some(None),
            Token::LinkEnd => {
                while open.pop().flatten().is_some() {}
                None
            }
            Token::Run(_) => close(tokens, at, &mut open).then_some(Some(at)),
            _ => None,
        };
        if let Some(waiting) = waits {
            if open.len() == MAX_OPEN {
                open.remove(0);
            }
            open.push(waiting);
        }
    }
}

/// Lets a run close those before it. True when something of it is left that may open.
fn close(tokens: &mut [Token<'_>], at: usize, open: &mut Vec<Option<usize>>) -> bool {
    let (before, rest) = tokens.split_at_mut(at);
    let Some(Token::Run(closer)) = rest.first_mut() else { return false };
    while closer.closes && closer.left > 0 {
        let mut waiting = open.iter().rev().map_while(|&place| place);
        let Some(above) = waiting.position(|place| matches!(&before[place], Token::Run(opener) if opener.fits(closer))) else {
            break;
        };
        open.truncate(open.len() - above);
        let Some(Some(Token::Run(opener))) = open.last().copied().flatten().map(|place| before.get_mut(place)) else { break };
        let (used, name) = match (closer.mark, opener.left.min(closer.left)) {
            (b'~', both) => (both, "del"),
            (_, 1) => (1, "em"),
            _ => (2, "strong"),
        };
        opener.left -= used;
        opener.opening.push(name);
        closer.left -= used;
        closer.closing.push(name);
        if opener.left == 0 {
            open.pop();
        }
    }
    closer.opens && closer.left > 0
}
