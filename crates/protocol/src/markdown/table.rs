//! Tables in the syntax of GitHub: a line of headings, a line that tells the columns apart, and rows.

use std::borrow::Cow;

use super::{inline, lists::Marker};

/// Where the text of a column stands: nothing, or the class that says so.
pub(super) type Alignment = &'static str;

/// The columns of the table that a line begins, if the line below it tells them apart.
pub(super) fn columns(header: &str, below: &str) -> Option<Vec<Alignment>> {
    let can_be = |line: &str| line.bytes().all(|b| matches!(b, b'|' | b'-' | b':' | b' ' | b'\t')) && line.contains('|');
    if !header.contains('|') || !can_be(below) || Marker::of(below).is_some() {
        return None;
    }
    let columns: Vec<_> = cells(below, usize::MAX).into_iter().map(alignment).collect::<Option<_>>()?;
    (cells(header, usize::MAX).len() == columns.len()).then_some(columns)
}

/// What a cell below a heading says of its column.
fn alignment(cell: &str) -> Option<Alignment> {
    let (start, rest) = cell.strip_prefix(':').map_or((false, cell), |rest| (true, rest));
    let (end, dashes) = rest.strip_suffix(':').map_or((false, rest), |dashes| (true, dashes));
    let is_line = !dashes.is_empty() && dashes.bytes().all(|b| b == b'-');
    is_line.then_some(match (start, end) {
        (false, false) => "",
        (true, false) => "left",
        (true, true) => "center",
        (false, true) => "right",
    })
}

/// Writes a table: its headings, the line below them, and its rows.
pub(super) fn write(lines: &[&str], columns: &[Alignment], html: &mut String) {
    // In reach of the keyboard, since a wide one scrolls (WCAG 2.1.1).
    html.push_str("<div class=\"table\" tabindex=\"0\"><table><thead>");
    for (n, line) in lines.iter().enumerate() {
        match n {
            0 => row(line, columns, "th", html),
            1 => html.push_str(if lines.len() > 2 { "</thead><tbody>" } else { "</thead>" }),
            _ => row(line, columns, "td", html),
        }
    }
    html.push_str(if lines.len() > 2 { "</tbody></table></div>" } else { "</table></div>" });
}

/// A row has the cells that were typed: filled up, few characters would become a table of any size. What is too much for its columns stays
/// in the last one.
fn row(line: &str, columns: &[Alignment], tag: &str, html: &mut String) {
    html.push_str("<tr>");
    for (cell, alignment) in cells(line, columns.len()).into_iter().zip(columns) {
        html.push('<');
        html.push_str(tag);
        if !alignment.is_empty() {
            for part in [" class=\"", alignment, "\""] {
                html.push_str(part);
            }
        }
        html.push('>');
        inline::write(&unescaped(cell), html);
        for part in ["</", tag, ">"] {
            html.push_str(part);
        }
    }
    html.push_str("</tr>");
}

/// The cells of a line, so many at most. The bars around them may be left out.
fn cells(line: &str, most: usize) -> Vec<&str> {
    let text = line.trim();
    let text = text.strip_prefix('|').unwrap_or(text);
    let mut cells = Vec::new();
    let (mut from, mut escaped) = (0, false);
    for (at, byte) in text.bytes().enumerate() {
        if byte == b'|' && !escaped && (cells.len() + 1 < most || at + 1 == text.len()) {
            cells.push(text[from..at].trim());
            from = at + 1;
        }
        escaped = byte == b'\\' && !escaped;
    }
    if from < text.len() || text.is_empty() {
        cells.push(text[from..].trim());
    }
    cells
}

/// A bar that belongs to the text of a cell is marked, also within code.
fn unescaped(cell: &str) -> Cow<'_, str> {
    if cell.contains("\\|") { Cow::Owned(cell.replace("\\|", "|")) } else { Cow::Borrowed(cell) }
}
