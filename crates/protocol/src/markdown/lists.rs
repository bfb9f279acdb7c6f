//! Lists, also of things to do.

use std::iter;

use super::{
    blocks::{Place, write},
    lines::{columns, is_blank, outdented, unindented},
};

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
    kind: u8,
    pub(super) number: Option<u32>,
    /// Columns before the mark.
    indent: usize,
    /// Columns before the item's text.
    offset: usize,
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
    fn holds(&self, line: &str) -> bool {
        is_blank(line) || columns(line) >= self.indent + 2
    }
}

/// Writes the list that lines begin with, and says how many of them it has.
pub(super) fn list(lines: &[&str], first: &Marker<'_>, place: Place, html: &mut String) -> usize {
    html.push_str(if first.number.is_some() { "<ol" } else { "<ul" });
    number("start", first.number.filter(|&number| number != 1), html);
    html.push('>');
    let (mut used, mut next) = (0, first.number);
    while let Some(rest) = lines.get(used..) {
        let blank = rest.iter().take_while(|line| is_blank(line)).count();
        let Some(marker) = rest.get(blank).and_then(|line| Marker::of(line)).filter(|marker| marker.kind == first.kind) else {
            break;
        };
        html.push_str("<li");
        number("value", marker.number.filter(|_| marker.number != next), html);
        used += blank + item(&rest[blank..], &marker, place, html);
        next = marker.number.map(|number| number + 1);
    }
    html.push_str(if first.number.is_some() { "</ol>" } else { "</ul>" });
    used
}

/// Writes this attribute where there is a number to say: the numbers that were typed are shown.
fn number(attribute: &str, number: Option<u32>, html: &mut String) {
    if let Some(number) = number {
        for part in [" ", attribute, "=\"", &number.to_string(), "\""] {
            html.push_str(part);
        }
    }
}

/// Writes an item from within its tag on.
fn item(lines: &[&str], marker: &Marker<'_>, place: Place, html: &mut String) -> usize {
    let more = lines.iter().skip(1).take_while(|line| marker.holds(line));
    // The first line after the mark's own says how far people moved this item in.
    let offset = more.clone().find(|line| !is_blank(line)).map_or(0, |line| columns(line)).min(marker.offset);
    let task = Task::of(marker.text);
    let first = task.as_ref().map_or(marker.text, |task| task.text);
    let mut own: Vec<&str> = iter::once(first).chain(more.map(|line| outdented(line, offset))).collect();
    while own.pop_if(|line| is_blank(line)).is_some() {}
    let tight = !own.iter().any(|line| is_blank(line));
    match task {
        Some(task) => task.write(place.offset(task.mark), html),
        None => html.push('>'),
    }
    write(&own, place.inside(tight), html);
    html.push_str("</li>");
    own.len().max(1)
}

/// Something to do: an item with a box before its text.
struct Task<'a> {
    /// The box and all behind it.
    mark: &'a str,
    done: bool,
    text: &'a str,
}

impl<'a> Task<'a> {
    fn of(item: &'a str) -> Option<Self> {
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
    fn write(&self, at: usize, html: &mut String) {
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
