//! Text into HTML.

/// Writes text as HTML, fit for content and for attributes in double quotes. A line end becomes `line_end`.
pub(super) fn escape(text: &str, line_end: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\n' => html.push_str(line_end),
            _ => html.push(c),
        }
    }
}
