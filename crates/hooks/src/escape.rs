//! Text into markdown that shows it as it is.

/// Text in which nothing is markup. Names behind an `@` stay names.
pub(crate) fn text(text: &str) -> String {
    write(text, false)
}

/// Text of another place: the names in it are nobody's here.
pub(crate) fn foreign(text: &str) -> String {
    write(text, true)
}

fn write(text: &str, foreign: bool) -> String {
    let mut markdown = String::with_capacity(text.len() + 8);
    let mut before = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c == '@' && foreign {
            markdown.push('\\');
        }
        push(before, c, rest.peek().copied(), &mut markdown);
        before = Some(c);
    }
    markdown
}

/// Writes a character that stands between these two. What is not before it begins a line.
pub(crate) fn push(before: Option<char>, c: char, after: Option<char>, markdown: &mut String) {
    let starts_line = before.is_none_or(|c| c == '\n');
    let is_inner = before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric);
    let is_mark = match c {
        '\\' | '*' | '`' | '[' | ']' | '<' | '|' => true,
        '_' => !is_inner,
        '~' => before == Some('~') || after == Some('~'),
        '>' => starts_line,
        // A heading, or a room.
        '#' => starts_line || after.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit()),
        _ => false,
    };
    if is_mark {
        markdown.push('\\');
    }
    markdown.push(c);
}

/// An address within `(…)`, if it is one that a link may lead to.
pub(crate) fn address(url: &str) -> Option<String> {
    let url = url.trim();
    let has_scheme = ["http://", "https://", "mailto:"].iter().any(|scheme| {
        url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)) && url.len() > scheme.len()
    });
    if !has_scheme {
        return None;
    }
    let mut address = String::with_capacity(url.len());
    for c in url.chars() {
        match c {
            '(' | ')' | '<' | '>' | '\\' | '"' | '`' | '|' => address.push_str(&format!("%{:02X}", u32::from(c))),
            c if c.is_whitespace() => address.push_str("%20"),
            c if c.is_control() => {}
            c => address.push(c),
        }
    }
    Some(address)
}

/// A link with a text that is markdown already; the text alone where there is no address.
pub(crate) fn link(text: &str, url: &str) -> String {
    match address(url) {
        Some(address) if text.trim().is_empty() => ["<", &address, ">"].concat(),
        Some(address) => ["[", text, "](", &address, ")"].concat(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use protocol::markdown::render;

    use super::*;

    #[test]
    fn what_is_no_mark_stays_as_it_is() {
        assert_eq!(text("snake_case and 2 > 1, #1 ~ 5 - x"), "snake_case and 2 > 1, \\#1 ~ 5 - x");
        assert_eq!(text("# a\n> b *c* _d_"), "\\# a\n\\> b \\*c\\* \\_d\\_");
        assert_eq!(foreign("by @ada"), "by \\@ada");
    }

    #[test]
    fn links_lead_where_links_may() {
        assert_eq!(link("a", "https://x.test/a(b) c"), "[a](https://x.test/a%28b%29%20c)");
        assert_eq!(link("a", "javascript:alert(1)"), "a");
        assert_eq!(link("", "https://x.test"), "<https://x.test>");
    }

    proptest! {
        #[test]
        fn text_is_shown_as_it_was(typed in "[ -~]{0,60}") {
            // Addresses and names of rooms become links by themselves.
            prop_assume!(!typed.contains("http") && !typed.contains("www") && !typed.contains('@'));
            let typed = ["x", &typed, "x"].concat();
            let shown = ["<p>", &typed.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"), "</p>"].concat();
            prop_assert_eq!(render(&text(&typed)), shown);
        }
    }
}
