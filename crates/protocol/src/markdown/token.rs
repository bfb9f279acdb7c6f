//! What a paragraph is cut into.

use super::{hosts::is_unspaced, links::Address};

/// A piece of a paragraph.
pub(super) enum Token<'a> {
    Text(&'a str),
    Code(&'a str),
    /// An address that stands for itself.
    Address(Address<'a>),
    /// The start of a link to this address. Within a link, others are only text.
    LinkStart(String),
    LinkEnd,
    /// A room, by its slug.
    Room(&'a str),
    /// A name behind an `@`.
    Mention(&'a str),
    Run(Run),
}

/// What `||` stands for.
pub(super) const SPOILER: &str = "spoiler";

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
        if length > 3 || (matches!(mark, b'~' | b'|') && length != 2) {
            return None;
        }
        let (before, after) = (Side::of(before), Side::of(after));
        let faces_right = after != Side::Blank && (after != Side::Punctuation || before != Side::Letter);
        let faces_left = before != Side::Blank && (before != Side::Punctuation || after != Side::Letter);
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

    /// Writes the tags, and the characters that found no counterpart. What is hidden hides all within it, so `hidden` counts how often.
    pub(super) fn write(&self, hidden: &mut usize, html: &mut String) {
        for &name in &self.closing {
            if name == SPOILER {
                *hidden -= 1;
                html.push_str(if *hidden == 0 { "</span></label>" } else { "" });
            } else {
                push_tag("</", name, html);
            }
        }
        self.write_left(html);
        for &name in self.opening.iter().rev() {
            if name == SPOILER {
                // A box that nobody sees opens it: by a press, by keys, without a script.
                let open = "<label class=\"spoiler\"><input type=\"checkbox\" aria-label=\"Spoiler\"><span>";
                html.push_str(if *hidden == 0 { open } else { "" });
                *hidden += 1;
            } else {
                push_tag("<", name, html);
            }
        }
    }

    /// Writes the characters that found no counterpart.
    pub(super) fn write_left(&self, text: &mut String) {
        for _ in 0..self.left {
            text.push(char::from(self.mark));
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
    /// That of Latin script. With the full list, `**重要。**次` would not be bold.
    Punctuation,
    Letter,
    /// Letters of scripts that put no blanks around a word, or none before its ending, and pictures: `**굵게.**다음` is bold, though a
    /// dot stands within the mark and a letter behind it. As in CommonMark, pictures do not hold up a mark either.
    Unspaced,
}

impl Side {
    fn of(c: Option<char>) -> Self {
        match c {
            None => Self::Blank,
            Some(c) if c.is_whitespace() => Self::Blank,
            Some('¡' | '«' | '»' | '¿' | '\u{2010}'..='\u{205e}') => Self::Punctuation,
            Some(c) if c.is_ascii_punctuation() => Self::Punctuation,
            Some(c) if is_unspaced(c) => Self::Unspaced,
            Some(_) => Self::Letter,
        }
    }
}
