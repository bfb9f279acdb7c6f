//! Lines into blocks. Quotes and list items are taken apart by stripping their marks from their lines and reading what remains
//! as blocks again.

use std::iter;

use super::{escape::escape, inline};
use crate::visible::is_visible;

/// How deep quotes and lists may nest.
pub(super) const MAX_DEPTH: usize = 8;

/// Digits in the number of a list item.
const DIGITS_MAX: usize = 3;

/// Where blocks stand.
#[derive(Clone, Copy)]
pub(super) struct Place {
    depth: usize,
    /// In a list item without blank lines: paragraphs are written without tags of their own.
    tight: bool,
}

impl Place {
    pub(super) const TOP: Self = Self { depth: 0, tight: false };

    fn inside(self, tight: bool) -> Self {
        Self { depth: self.depth + 1, tight }
    }
}

/// What a line begins.
enum Start<'a> {
    Blank,
    Fence(Fence<'a>),
    Heading(&'a str),
    Quote,
    List(Marker<'a>),
    Text,
}

impl<'a> Start<'a> {
    fn of(line: &'a str, place: Place) -> Self {
        let text = line.trim();
        if text.is_empty() {
            return Self::Blank;
        }
        if let Some(fence) = Fence::opening(line) {
            return Self::Fence(fence);
        }
        if let Some(heading) = heading(text) {
            return Self::Heading(heading);
        }
        if place.depth < MAX_DEPTH {
            if unquote(line).is_some_and(|rest| !is_blank(rest)) {
                return Self::Quote;
            }
            if let Some(marker) = Marker::of(line).filter(|marker| !is_blank(marker.text)) {
                return Self::List(marker);
            }
        }
        Self::Text
    }

    /// Whether a paragraph ends before this. A number that happens to stand at the start of a line does not begin a list there.
    fn ends_paragraph(&self) -> bool {
        match self {
            Self::Text => false,
            Self::List(marker) => marker.number.is_none_or(|number| number == 1),
            _ => true,
        }
    }
}

/// Writes blocks as HTML.
pub(super) fn write(mut lines: &[&str], place: Place, html: &mut String) {
    while let Some(line) = lines.first() {
        let used = match Start::of(line, place) {
            Start::Blank => 1,
            Start::Fence(fence) => code(lines, &fence, place, html),
            Start::Heading(text) => {
                html.push_str("<p><strong>");
                inline::write(text, html);
                html.push_str("</strong></p>");
                1
            }
            Start::Quote => quote(lines, place, html),
            Start::List(marker) => list(lines, &marker, place, html),
            Start::Text => paragraph(lines, place, html),
        };
        lines = lines.get(used..).unwrap_or_default();
    }
}

fn paragraph(lines: &[&str], place: Place, html: &mut String) -> usize {
    let more = lines.iter().skip(1).take_while(|line| !Start::of(line, place).ends_paragraph()).count();
    let own: Vec<&str> = lines.iter().take(1 + more).map(|line| line.trim()).collect();
    let text = own.join("\n");
    if place.tight {
        inline::write(&text, html);
    } else {
        html.push_str("<p>");
        inline::write(&text, html);
        html.push_str("</p>");
    }
    own.len()
}

/// The text of a heading (`#` to `######`).
fn heading(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches('#');
    let level = text.len() - rest.len();
    if !(1..=6).contains(&level) || !rest.starts_with([' ', '\t']) {
        return None;
    }
    let text = rest.trim();
    let closed = text.trim_end_matches('#');
    let text = if closed.ends_with([' ', '\t']) { closed.trim_end() } else { text };
    (!text.is_empty()).then_some(text)
}

/// A line of a quote without its mark.
fn unquote(line: &str) -> Option<&str> {
    let rest = unindented(line).strip_prefix('>')?;
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}

fn quote(lines: &[&str], place: Place, html: &mut String) -> usize {
    let own: Vec<&str> = lines.iter().map_while(|line| unquote(line)).collect();
    html.push_str("<blockquote>");
    write(&own, place.inside(false), html);
    html.push_str("</blockquote>");
    own.len()
}

/// The line that opens a block of code.
struct Fence<'a> {
    mark: char,
    length: usize,
    indent: usize,
    info: &'a str,
}

impl<'a> Fence<'a> {
    fn opening(line: &'a str) -> Option<Self> {
        let text = unindented(line);
        let mark = text.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let info = text.trim_start_matches(mark);
        let length = text.len() - info.len();
        // More backticks behind it: that is code within a line.
        let is_fence = length >= 3 && !(mark == '`' && info.contains('`'));
        is_fence.then(|| Self { mark, length, indent: columns(line), info: info.trim() })
    }

    fn is_closed_by(&self, line: &str) -> bool {
        let text = line.trim();
        text.len() >= self.length && text.trim_start_matches(self.mark).is_empty()
    }

    /// The language that is named behind the fence, if it can go into a class name as it is.
    fn language(&self) -> Option<&str> {
        let word = self.info.split_whitespace().next()?;
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'#' | b'_' | b'.');
        (word.len() <= 32 && word.bytes().all(is_plain)).then_some(word)
    }
}

/// Code goes up to its closing fence, or to the end when there is none. Without any it is shown as it was typed.
fn code(lines: &[&str], fence: &Fence<'_>, place: Place, html: &mut String) -> usize {
    let inner = lines.iter().skip(1).take_while(|line| !fence.is_closed_by(line)).count();
    let (code, used) = (&lines[1..=inner], lines.len().min(inner + 2));
    if !code.iter().any(|line| is_visible(line)) {
        typed(&lines[..used], place, html);
        return used;
    }
    // In reach of the keyboard, since a long line scrolls (WCAG 2.1.1).
    html.push_str("<pre tabindex=\"0\"><code");
    if let Some(language) = fence.language() {
        html.push_str(" class=\"language-");
        html.push_str(language);
        html.push('"');
    }
    html.push('>');
    for (n, line) in code.iter().enumerate() {
        if n > 0 {
            html.push('\n');
        }
        escape(outdented(line, fence.indent), "", html);
    }
    html.push_str("</code></pre>");
    used
}

/// Lines as they were typed.
pub(super) fn typed(lines: &[&str], place: Place, html: &mut String) {
    let text = lines.join("\n");
    if place.tight {
        escape(&text, "<br>", html);
    } else {
        html.push_str("<p>");
        escape(&text, "<br>", html);
        html.push_str("</p>");
    }
}

/// The mark before a list item.
struct Marker<'a> {
    /// `-`, `*` or `+`, or what stands behind the number. Another one begins another list.
    kind: u8,
    number: Option<u32>,
    /// Columns before the mark.
    indent: usize,
    /// Columns before the item's text.
    offset: usize,
    /// The rest of the line.
    text: &'a str,
}

impl<'a> Marker<'a> {
    fn of(line: &'a str) -> Option<Self> {
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

fn list(lines: &[&str], first: &Marker<'_>, place: Place, html: &mut String) -> usize {
    html.push_str(if first.number.is_some() { "<ol" } else { "<ul" });
    number("start", first.number.filter(|&number| number != 1), html);
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

/// Ends a tag, with this attribute where there is a number to say: the numbers that were typed are shown.
fn number(attribute: &str, number: Option<u32>, html: &mut String) {
    if let Some(number) = number {
        for part in [" ", attribute, "=\"", &number.to_string(), "\""] {
            html.push_str(part);
        }
    }
    html.push('>');
}

fn item(lines: &[&str], marker: &Marker<'_>, place: Place, html: &mut String) -> usize {
    let more = lines.iter().skip(1).take_while(|line| marker.holds(line));
    // The first line after the mark's own says how far people moved this item in.
    let offset = more.clone().find(|line| !is_blank(line)).map_or(0, |line| columns(line)).min(marker.offset);
    let mut own: Vec<&str> = iter::once(marker.text).chain(more.map(|line| outdented(line, offset))).collect();
    while own.pop_if(|line| is_blank(line)).is_some() {}
    let tight = !own.iter().any(|line| is_blank(line));
    write(&own, place.inside(tight), html);
    html.push_str("</li>");
    own.len().max(1)
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

/// How wide a blank is.
fn width(c: char) -> Option<usize> {
    match c {
        ' ' => Some(1),
        '\t' => Some(4),
        _ => None,
    }
}

/// The columns of white space that a line begins with.
fn columns(line: &str) -> usize {
    line.chars().map_while(width).sum()
}

fn unindented(line: &str) -> &str {
    line.trim_start_matches([' ', '\t'])
}

/// A line with so many columns of white space less, where it has them.
fn outdented(mut line: &str, mut columns: usize) -> &str {
    while columns > 0
        && let Some(blank) = line.chars().next().and_then(width)
    {
        line = &line[1..];
        columns = columns.saturating_sub(blank);
    }
    line
}
