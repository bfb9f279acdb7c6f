//! No message makes script: any output of the renderer is held against the list of what it may contain.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use protocol::markdown::{excerpt, render};

/// Checks HTML against what a message may become: known tags, closed in order, with known attributes; and between the tags no
/// character that could begin markup.
fn check(html: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        check_text(text)?;
        let (tag, after) = after.split_once('>').ok_or("a tag that does not end")?;
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            let last = open.pop();
            if last != Some(name) {
                return Err(format!("</{name}> closes {last:?}"));
            }
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        check_tag(name, attributes, &open)?;
        if name != "br" {
            open.push(name);
        }
    }
    check_text(rest)?;
    if open.is_empty() { Ok(()) } else { Err(format!("not closed: {open:?}")) }
}

fn check_tag(name: &str, attributes: &str, open: &[&str]) -> Result<(), String> {
    let attributes_fit = match name {
        "a" => is_link(attributes) && !open.contains(&"a"),
        "code" => attributes.is_empty() || is_language(attributes),
        "ol" => attributes.is_empty() || quoted(attributes, "start").is_some_and(|n| n.parse::<u32>().is_ok()),
        "pre" => attributes == "tabindex=\"0\"",
        "p" | "br" | "em" | "strong" | "del" | "blockquote" | "ul" | "li" => attributes.is_empty(),
        _ => false,
    };
    let parent_fits = match name {
        "li" => matches!(open.last(), Some(&"ul" | &"ol")),
        "p" | "pre" | "blockquote" | "ul" | "ol" => matches!(open.last(), None | Some(&"li" | &"blockquote")),
        _ => !matches!(open.last(), Some(&"ul" | &"ol" | &"blockquote") | None),
    };
    if attributes_fit && parent_fits && open.len() < 64 { Ok(()) } else { Err(format!("<{name} {attributes}> in {open:?}")) }
}

fn check_text(text: &str) -> Result<(), String> {
    let references = ["lt;", "gt;", "amp;", "quot;"];
    let stray =
        text.contains(['>', '"']) || text.split('&').skip(1).any(|after| !references.iter().any(|r| after.starts_with(r)));
    if stray { Err(format!("not escaped: {text:?}")) } else { Ok(()) }
}

fn quoted<'a>(attribute: &'a str, name: &str) -> Option<&'a str> {
    attribute.strip_prefix(name)?.strip_prefix("=\"")?.strip_suffix('"').filter(|value| !value.contains('"'))
}

fn is_link(attributes: &str) -> bool {
    let href = attributes.strip_suffix(" rel=\"nofollow noopener\"").and_then(|href| quoted(href, "href"));
    href.is_some_and(|href| {
        let lower = href.to_ascii_lowercase();
        let scheme = ["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme));
        scheme && check_text(href).is_ok() && !href.contains(|c: char| c.is_whitespace() || c.is_control())
    })
}

fn is_language(attributes: &str) -> bool {
    let language = quoted(attributes, "class").and_then(|class| class.strip_prefix("language-"));
    language.is_some_and(|l| !l.is_empty() && l.chars().all(|c| c.is_ascii_alphanumeric() || "+-#_.".contains(c)))
}

const PIECES: &[&str] = &[
    "*",
    "**",
    "_",
    "__",
    "~~",
    "`",
    "``",
    "```",
    "~~~",
    "[",
    "]",
    "](",
    "(",
    ")",
    "![",
    "!",
    "<",
    ">",
    "\"",
    "'",
    "&",
    "\\",
    "#",
    "# ",
    "> ",
    "- ",
    "  - ",
    "+ ",
    "1. ",
    "2) ",
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    "    ",
    " ",
    "a",
    "b c",
    "Ü",
    "。",
    "👍",
    "\u{0}",
    "\u{202e}",
    "http://",
    "https://x.y/z",
    "HTTPS://X",
    "mailto:",
    "javascript:",
    "data:text/html,",
    "//",
    "[a](http://b)",
    "[a](javascript:b)",
    "<script>",
    "</script>",
    "<img src=x onerror=y>",
    "<a href=\"",
    "\" onmouseover=\"",
    "<!--",
    "-->",
    "&lt;",
    "&#x6a;",
    "```rust\n",
    "```\" onclick=\"",
    "<http://x>",
    "](http://",
    " \"title\")",
];

/// Text in which marks of markdown and HTML are as frequent as letters.
fn marked_up() -> impl Strategy<Value = String> {
    proptest::collection::vec(prop::sample::select(PIECES), 0..60).prop_map(|pieces| pieces.concat())
}

/// A piece of text, many times over, as somebody sends it who wants to find the worst case.
fn repeated() -> impl Strategy<Value = String> {
    (proptest::collection::vec(marked_up(), 1..3), 1..200_usize).prop_map(|(pieces, times)| {
        pieces.iter().map(|piece| piece.repeat(times)).collect::<String>().chars().take(8_000).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn marked_up_text_makes_no_script(source in marked_up()) {
        let html = render(&source);
        prop_assert_eq!(check(&html), Ok(()), "{}", html);
    }

    #[test]
    fn any_text_makes_no_script(source in any::<String>()) {
        let html = render(&source);
        prop_assert_eq!(check(&html), Ok(()), "{}", html);
    }

    #[test]
    fn repeated_text_stays_in_bounds(source in repeated()) {
        let html = render(&source);
        prop_assert_eq!(check(&html), Ok(()), "{}", html);
        prop_assert!(html.len() <= 16 * source.len() + 64, "{} bytes from {}", html.len(), source.len());
    }

    #[test]
    fn words_are_never_lost(words in proptest::collection::vec("[a-z]{1,9}", 0..20), marks in marked_up()) {
        let plain = words.join(" ");
        prop_assert_eq!(excerpt(&plain, 1_000), plain.clone());
        // What stands in a paragraph of its own is shown, whatever comes before it.
        let message = format!("{}\n\n{plain}", marks.replace(['`', '~'], ""));
        prop_assert!(excerpt(&message, 10_000).ends_with(&plain), "{message}");
    }

    #[test]
    fn excerpts_are_short_lines(source in marked_up(), max in 1..50_usize) {
        let line = excerpt(&source, max);
        prop_assert!(line.chars().count() <= max, "{line}");
        prop_assert!(!line.contains(['\n', '\t']), "{line}");
    }
}

#[test]
fn the_check_itself_refuses_what_is_not_allowed() {
    for html in [
        "<script>x</script>",
        "<p onclick=\"x\">a</p>",
        "<p>a",
        "<p><em>a</p></em>",
        "<p>a > b</p>",
        "<p>&nbsp;</p>",
        "<p><a href=\"javascript:x\" rel=\"nofollow noopener\">a</a></p>",
        "<p><a href=\"http://x\">a</a></p>",
        "<p><a href=\"http://x\" rel=\"nofollow noopener\" id=\"y\">a</a></p>",
        "<pre tabindex=\"0\"><code class=\"language-a b\">x</code></pre>",
        "<pre>x</pre>",
        "<ul>a<p>b</p></ul>",
        "em outside <em>a</em>",
    ] {
        assert!(check(html).is_err(), "{html}");
    }
}
