//! What stands before the items of lists: marks, numbers, and boxes of things to do.

use super::lines::{columns, is_blank, outdented, unindented};

/// Digits in the number of a list item.
const DIGITS_MAX: usize = 3;

/// A box that is not ticked, and one that is.
const UNDONE: &str = "[ ]";
const DONE: &str = "[x]";
const BOX: usize = UNDONE.len();

/// Where a box stands in the source, as an attribute.
const AT: &str = " data-at=\"";

/// The mark before a list item.
pub(super) struct Marker<'a> {
    /// `-`, `*` or `+`, or what stands behind the number. Another one begins another list.
    pub(super) kind: u8,
    pub(super) number: Option<u32>,
    /// Columns before the mark.
    indent: usize,
    /// Columns before the item's text.
    pub(super) offset: usize,
    /// The rest of the line.
    pub(super) text: &'a str,
}

impl<'a> Marker<'a> {
    pub(super) fn of(line: &'a str) -> Option<Self> {
        let marked = unindented(line);
        let digits = marked.bytes().take_while(u8::is_ascii_digit).count();
        let kind = *marked.as_bytes().get(digits)?;
        let number = match (digits, kind) {
            (0, b'-' | b'*' | b'+') => None,
            // A year at the start of a line is none, and neither is 007.
            (1..=DIGITS_MAX, b'.' | b')') if digits == 1 || !marked.starts_with('0') => Some(marked[..digits].parse().ok()?),
            _ => return None,
        };
        let rest = &marked[digits + 1..];
        let gap = match columns(rest) {
            0 if !rest.is_empty() => return None,
            gap @ 1..=4 => gap,
            _ => 1,
        };
        let indent = columns(line);
        Some(Self { kind, number, indent, offset: indent + digits + 1 + gap, text: outdented(rest, gap) })
    }

    /// Whether a line belongs to the item behind this mark. Two columns are enough, as people do not count them.
    pub(super) fn holds(&self, line: &str) -> bool {
        is_blank(line) || columns(line) >= self.indent + 2
    }
}

/// Writes this attribute where there is a number to say: the numbers that were typed are shown.
pub(super) fn number(attribute: &str, number: Option<u32>, html: &mut String) {
    if let Some(number) = number {
        for part in [" ", attribute, "=\"", &number.to_string(), "\""] {
            html.push_str(part);
        }
    }
}

/// Something to do: an item with a box before its text.
pub(super) struct Task<'a> {
    /// The box and all behind it.
    pub(super) mark: &'a str,
    done: bool,
    pub(super) text: &'a str,
}

impl<'a> Task<'a> {
    pub(super) fn of(item: &'a str) -> Option<Self> {
        let mark = unindented(item);
        let done = match mark.get(..BOX)? {
            UNDONE => false,
            DONE | "[X]" => true,
            _ => return None,
        };
        let text = &mark[BOX..];
        (text.starts_with([' ', '\t']) && !is_blank(text)).then_some(Self { mark, done, text: unindented(text) })
    }

    /// Ends the tag of the item and writes the box. Who may tick it finds its place in the source there.
    pub(super) fn write(&self, at: usize, html: &mut String) {
        html.push_str(" class=\"task\"><input type=\"checkbox\" disabled aria-label=\"Done\"");
        for part in [AT, &at.to_string(), "\""] {
            html.push_str(part);
        }
        html.push_str(if self.done { " checked>" } else { ">" });
    }
}

/// The source with the box at this place ticked, or not any more. None where it has no box there.
pub(super) fn ticked(source: &str, html: &str, at: usize) -> Option<String> {
    let is_task = html.contains(&[AT, &at.to_string(), "\""].concat());
    let turned = match source.get(at..at + BOX).filter(|_| is_task)? {
        UNDONE => DONE,
        _ => UNDONE,
    };
    Some([&source[..at], turned, &source[at + BOX..]].concat())
}
