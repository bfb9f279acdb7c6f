//! Lines into blocks. Quotes and list items are taken apart by stripping their marks from their lines and reading what remains
//! as blocks again.

use std::iter;

use super::{
    escape::escape,
    inline,
    lines::{columns, is_blank, outdented, unindented},
    lists::{Marker, Task, number},
    table::{self, Alignment},
};
use crate::visible::is_visible;

/// How deep quotes and lists may nest.
pub(super) const MAX_DEPTH: usize = 8;

/// Where blocks stand.
#[derive(Clone, Copy)]
pub(super) struct Place {
    depth: usize,
    /// In a list item without blank lines: paragraphs are written without tags of their own.
    tight: bool,
    /// The address of the source's first byte in memory. All lines are parts of it, so this tells where they stand there.
    source: usize,
}

impl Place {
    pub(super) fn top(source: &str) -> Self {
        Self { depth: 0, tight: false, source: source.as_ptr().addr() }
    }

    pub(super) fn inside(self, tight: bool) -> Self {
        Self { depth: self.depth + 1, tight, ..self }
    }

    /// Where a part of the source stands in it.
    pub(super) fn offset(self, part: &str) -> usize {
        part.as_ptr().addr() - self.source
    }
}

/// What a line begins.
enum Start<'a> {
    Blank,
    Fence(Fence<'a>),
    Heading(&'a str),
    Quote,
    List(Marker<'a>),
    Table(Vec<Alignment>),
    Text,
}

impl<'a> Start<'a> {
    /// What the first of these lines begins. A table is told by its second line.
    fn of(lines: &[&'a str], place: Place) -> Self {
        let start = lines.first().map_or(Self::Blank, |line| Self::of_line(line, place));
        match (start, lines) {
            (Self::Text, [header, below, ..]) => table::columns(header, below).map_or(Self::Text, Self::Table),
            (start, _) => start,
        }
    }

    fn of_line(line: &'a str, place: Place) -> Self {
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
    while !lines.is_empty() {
        let used = match Start::of(lines, place) {
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
            Start::Table(columns) => table(lines, &columns, place, html),
            Start::Text => paragraph(lines, place, html),
        };
        lines = lines.get(used..).unwrap_or_default();
    }
}

/// A table goes on as long as there are bars in its lines.
fn table(lines: &[&str], columns: &[Alignment], place: Place, html: &mut String) -> usize {
    let is_row = |line: &&&str| line.contains('|') && matches!(Start::of_line(line, place), Start::Text);
    let used = 2 + lines.iter().skip(2).take_while(is_row).count();
    table::write(&lines[..used], columns, html);
    used
}

fn paragraph(lines: &[&str], place: Place, html: &mut String) -> usize {
    let more = (1..lines.len()).take_while(|&at| !Start::of(&lines[at..], place).ends_paragraph()).count();
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

fn list(lines: &[&str], first: &Marker<'_>, place: Place, html: &mut String) -> usize {
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
