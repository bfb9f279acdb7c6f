//! How long texts may get.

use protocol::limits::BODY_MAX;

/// The text, or its beginning with an ellipsis.
pub(crate) fn shortened(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        None => text.to_owned(),
        Some(_) => {
            let end = text.char_indices().nth(max.saturating_sub(1)).map_or(0, |(at, _)| at);
            [text[..end].trim_end(), "…"].concat()
        }
    }
}

/// A message, cut where it is longer than one may be. Code that is cut is closed.
pub(crate) fn cut(markdown: &str) -> String {
    const FENCE: &str = "\n```";
    if markdown.chars().count() <= BODY_MAX {
        return markdown.to_owned();
    }
    // Room for the fence, also within a quote.
    let short = shortened(markdown, BODY_MAX - FENCE.len() - 2);
    let line = |line: &&str| line.trim_start_matches("> ").starts_with("```");
    match short.lines().filter(line).enumerate().last() {
        Some((number, open)) if number % 2 == 0 => {
            let quote = if open.starts_with("> ") { "\n> ```" } else { FENCE };
            [&short, quote].concat()
        }
        _ => short,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_ends_with_an_ellipsis() {
        assert_eq!(shortened("abc", 3), "abc");
        assert_eq!(shortened("abcd", 3), "ab…");
        assert_eq!(shortened("äöüß", 3), "äö…");
        let long = cut(&"x".repeat(BODY_MAX + 1));
        assert!(long.ends_with("x…") && long.chars().count() <= BODY_MAX);
        assert_eq!(cut(&"x".repeat(BODY_MAX)).chars().count(), BODY_MAX);
    }

    #[test]
    fn code_that_is_cut_is_closed() {
        let long = cut(&["```\n", &"x\n".repeat(BODY_MAX), "```"].concat());
        assert!(long.ends_with("…\n```") && long.chars().count() <= BODY_MAX, "{}", &long[long.len() - 20..]);
        let quoted = cut(&["> ```\n", &"> x\n".repeat(BODY_MAX)].concat());
        assert!(quoted.ends_with("\n> ```") && quoted.chars().count() <= BODY_MAX);
        let closed = cut(&["```\ncode\n```\n", &"y".repeat(BODY_MAX)].concat());
        assert!(closed.ends_with("y…"));
    }
}
