//! No message makes script: any output of the renderer is held against the list of what it may contain.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "properties/markdown.rs"]
mod property;

use property::{check, holds};
use proptest::prelude::*;
use protocol::markdown::excerpt;

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
    "|",
    "||",
    "|||",
    "|a|b|\n|-|:-:|\n",
    "\n|-|\n",
    "\n|-|-|\n",
    "\\|",
    "--:|",
    "- [ ] ",
    "1. [x] ",
    "[X] ",
    "#a",
    "#a-b.",
    "/",
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
        prop_assert_eq!(holds(&source), Ok(()));
    }

    #[test]
    fn any_text_makes_no_script(source in any::<String>()) {
        prop_assert_eq!(holds(&source), Ok(()));
    }

    #[test]
    fn repeated_text_stays_in_bounds(source in repeated()) {
        prop_assert_eq!(holds(&source), Ok(()));
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
fn tables_of_any_shape_stay_in_bounds() {
    let wide = |cell: &str, count: usize| cell.repeat(count);
    for source in [
        format!("{}\n{}\n{}", wide("|", 1_000), wide(":-:|", 999), wide("\n|", 3_000)),
        format!("{}\n{}\n{}", wide("|", 1_600), wide(":-:|", 1_599), wide("|", 1_600)),
        "|a|\n|-|\n".repeat(800),
        "> |a|\n> |-|\n\n".repeat(600),
        format!("|a|\n|:-:|\n{}", "|\n".repeat(3_000)),
    ] {
        assert_eq!(holds(&source), Ok(()));
    }
}

#[test]
fn quotes_as_deep_as_they_go_stay_in_bounds() {
    assert_eq!(holds(&">>>>>>>>a\n\n".repeat(800)), Ok(()));
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
        "<p><a href=\"/u/x\">a</a></p>",
        "<p><a href=\"/r/../x\">a</a></p>",
        "<p><input type=\"checkbox\" aria-label=\"Spoiler\"></p>",
        "<ul><li class=\"task\"><input type=\"checkbox\" aria-label=\"Done\" data-at=\"2\">a</li></ul>",
        "<p><label class=\"spoiler\" for=\"x\">a</label></p>",
        "<p><label class=\"spoiler\"><label class=\"spoiler\">a</label></label></p>",
        "<div class=\"table\" tabindex=\"0\"><em>a</em></div>",
        "<div class=\"table\" tabindex=\"0\"><table><thead><tr><em>a</em></tr></thead></table></div>",
        "<div class=\"table\" tabindex=\"0\"><table><thead><tr><th class=\"x\">a</th></tr></thead></table></div>",
    ] {
        assert!(check(html).is_err(), "{html}");
    }
}
