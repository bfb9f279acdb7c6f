//! White space at the start of lines.

pub(super) fn is_blank(line: &str) -> bool {
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
pub(super) fn columns(line: &str) -> usize {
    line.chars().map_while(width).sum()
}

pub(super) fn unindented(line: &str) -> &str {
    line.trim_start_matches([' ', '\t'])
}

/// A line with so many columns of white space less, where it has them.
pub(super) fn outdented(mut line: &str, mut columns: usize) -> &str {
    while columns > 0
        && let Some(blank) = line.chars().next().and_then(width)
    {
        line = &line[1..];
        columns = columns.saturating_sub(blank);
    }
    line
}
