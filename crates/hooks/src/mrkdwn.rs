//! Slack's markup, `mrkdwn`, into markdown.

use crate::{emoji, escape, length};

/// How far the end of an emphasis is looked for, in bytes.
const SPAN_MAX: usize = 2_000;
/// How deep emphasis nests.
const DEPTH_MAX: usize = 4;
const FENCE: &str = "```";

/// Text with markup, of any number of lines.
pub(crate) fn block(text: &str) -> String {
    let text = length::shortened(text, protocol::limits::BODY_MAX);
    let mut markdown = String::with_capacity(text.len() + text.len() / 8);
    let mut rest = text.as_str();
    while let Some((before, code, after)) = fenced(rest) {
        lines(before, &mut markdown);
        if !markdown.is_empty() && !markdown.ends_with('\n') {
            markdown.push('\n');
        }
        markdown.push_str(FENCE);
        markdown.push('\n');
        markdown.push_str(&entities(code.trim_matches('\n')));
        markdown.push('\n');
        markdown.push_str(FENCE);
        rest = after.strip_prefix('\n').unwrap_or(after);
        if !rest.is_empty() {
            markdown.push('\n');
        }
    }
    lines(rest, &mut markdown);
    markdown
}

/// The same, as one line.
pub(crate) fn line(text: &str) -> String {
    let text = length::shortened(text, protocol::limits::BODY_MAX);
    inline(&text.split_whitespace().collect::<Vec<_>>().join(" "), 0)
}

/// Text without markup: only entities and emoji are read.
pub(crate) fn plain(text: &str) -> String {
    let text = entities(&length::shortened(text, protocol::limits::BODY_MAX));
    translated(&text, |before, rest, markdown| if rest.starts_with(':') { shortcode(before, rest, markdown) } else { None })
}

/// What stands before the first code block, the code, and what comes after it.
fn fenced(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once(FENCE)?;
    let (code, after) = rest.split_once(FENCE)?;
    Some((before, code, after))
}

fn lines(text: &str, markdown: &mut String) {
    let mut all_quoted = false;
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            markdown.push('\n');
        }
        let (quoted, line) = quote(line);
        all_quoted |= quoted == 3;
        if quoted > 0 || all_quoted {
            markdown.push_str("> ");
        }
        markdown.push_str(&inline(line, 0));
    }
}

/// Whether a line is quoted, by how many marks, and the rest of it. With three of them the rest of the text is.
fn quote(line: &str) -> (usize, &str) {
    let strip = |line: &str| line.strip_prefix("&gt;").or(line.strip_prefix('>')).map(str::len);
    let mut rest = line;
    let mut marks = 0;
    while marks < 3
        && let Some(length) = strip(rest)
    {
        rest = &rest[rest.len() - length..];
        marks += 1;
    }
    (marks, if marks > 0 { rest.trim_start() } else { rest })
}

/// The three characters that Slack has entities for.
fn entities(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn inline(text: &str, depth: usize) -> String {
    translated(text, |before, rest, markdown| match rest.chars().next()? {
        '`' => code(rest, markdown),
        '<' => angle(rest, markdown),
        '&' => entity(before, rest, markdown),
        mark @ ('*' | '_' | '~') if depth < DEPTH_MAX => emphasis(before, mark, rest, depth, markdown),
        ':' => shortcode(before, rest, markdown),
        'h' | 'H' if before.is_none_or(|c| !char::is_alphanumeric(c)) => bare(rest, markdown),
        _ => None,
    })
}

/// Text with what `markup` takes of it, which says of how many bytes it has written something else; all else stays as it is.
fn translated(text: &str, markup: impl Fn(Option<char>, &str, &mut String) -> Option<usize>) -> String {
    let mut markdown = String::with_capacity(text.len() + 8);
    let (mut at, mut before) = (0, None);
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = markup(before, rest, &mut markdown).unwrap_or_else(|| {
            escape::push(before, c, rest[c.len_utf8()..].chars().next(), &mut markdown);
            c.len_utf8()
        });
        before = text[at..at + length].chars().next_back();
        at += length;
    }
    markdown
}

/// `` `code` ``: nothing in it is markup.
fn code(rest: &str, markdown: &mut String) -> Option<usize> {
    let end = rest[1..].find('`').filter(|end| *end > 0)?;
    markdown.push('`');
    markdown.push_str(&entities(&rest[1..=end]));
    markdown.push('`');
    Some(end + 2)
}

/// `<address|text>`, `<@U1>`, `<#C1|name>`, `<!here>`.
fn angle(rest: &str, markdown: &mut String) -> Option<usize> {
    let end = rest.find('>')?;
    let inner = &rest[1..end];
    let (target, label) = inner.split_once('|').map_or((inner, ""), |(target, label)| (target, label));
    let label_or = |other: &str| escape::foreign(&entities(if label.is_empty() { other } else { label }));
    match target.chars().next()? {
        // People and rooms of another place.
        '@' => markdown.push_str(&escape::foreign(
            &["@", entities(if label.is_empty() { &target[1..] } else { label }).trim_start_matches('@')].concat(),
        )),
        '#' => markdown.push_str(&escape::foreign(
            &["#", entities(if label.is_empty() { &target[1..] } else { label }).trim_start_matches('#')].concat(),
        )),
        '!' => match &target[1..] {
            // Whether a hook may call anybody is not decided here.
            "here" => markdown.push_str("@here"),
            "channel" | "everyone" => markdown.push_str("@room"),
            // Dates and groups come with a text for those who do not know them.
            other => markdown.push_str(&label_or(other)),
        },
        _ => {
            let url = entities(target);
            let text = if label.is_empty() { String::new() } else { inline(label, DEPTH_MAX) };
            escape::address(&url)?;
            markdown.push_str(&escape::link(&text, &url));
        }
    }
    Some(end + 1)
}

fn entity(before: Option<char>, rest: &str, markdown: &mut String) -> Option<usize> {
    let (entity, c) = [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&')].into_iter().find(|(entity, _)| rest.starts_with(entity))?;
    escape::push(before, c, rest[entity.len()..].chars().next(), markdown);
    Some(entity.len())
}

/// `*bold*`, `_italic_`, `~struck~`: from a mark at the start of a word to one at the end of a word. Programs write `**bold**` too.
fn emphasis(before: Option<char>, mark: char, rest: &str, depth: usize, markdown: &mut String) -> Option<usize> {
    if before.is_some_and(|c| c.is_alphanumeric() || c == mark) {
        return None;
    }
    let double = mark != '_' && rest[1..].starts_with(mark);
    let marks = if double { 2 } else { 1 };
    let inner = &rest[marks..];
    let close = if double { [mark, mark].iter().collect() } else { mark.to_string() };
    if inner.starts_with(|c: char| c.is_whitespace() || c == mark) {
        return None;
    }
    let bytes = inner.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= SPAN_MAX).last().unwrap_or(0);
    let near = &inner[..bytes];
    let near = near.split('\n').next().unwrap_or(near);
    let end = near.match_indices(close.as_str()).map(|(at, _)| at).find(|at| {
        let ends_word = !near[..*at].ends_with(char::is_whitespace) && *at > 0;
        let after = inner[at + marks..].chars().next();
        ends_word && !after.is_some_and(|c| c.is_alphanumeric() || c == mark)
    })?;
    let own = match mark {
        '*' => "**",
        '~' => "~~",
        _ => "_",
    };
    markdown.push_str(own);
    markdown.push_str(&inline(&near[..end], depth + 1));
    markdown.push_str(own);
    Some(end + 2 * marks)
}

/// `:rocket:`, where the name is known. `main.rs:100:` is a place in a file.
fn shortcode(before: Option<char>, rest: &str, markdown: &mut String) -> Option<usize> {
    if before.is_some_and(char::is_alphanumeric) {
        return None;
    }
    let end = rest[1..].bytes().take(40).position(|b| b == b':')?;
    let emoji = emoji::named(&rest[1..=end])?;
    markdown.push_str(emoji);
    Some(end + 2)
}

/// An address without marks around it, as it stands.
fn bare(rest: &str, markdown: &mut String) -> Option<usize> {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| rest.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))?;
    let is_part = |c: char| c.is_alphanumeric() || "-._~:/?#@!$&'()+,;=%".contains(c);
    let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    // What ends a sentence is no part of it; the renderer decides which that is.
    if length == scheme.len() {
        return None;
    }
    markdown.push_str(&entities(&rest[..length]));
    Some(length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markup_is_translated() {
        for (slack, markdown) in [
            ("*bold* _slanted_ ~gone~ `a*b`", "**bold** _slanted_ ~~gone~~ `a*b`"),
            ("*_both_*", "**_both_**"),
            ("**Firing**", "**Firing**"),
            ("2 * 3 * 4 and a*b*c", "2 \\* 3 \\* 4 and a\\*b\\*c"),
            ("snake_case_name", "snake_case_name"),
            ("a & b &amp; c &lt;d&gt;", "a & b & c \\<d>"),
            ("<https://x.test/a?b=1&amp;c=2|the *page*>", "[the \\*page\\*](https://x.test/a?b=1&c=2)"),
            ("<https://x.test/a_b_c>", "<https://x.test/a_b_c>"),
            ("see https://x.test/a_b_c.", "see https://x.test/a_b_c."),
            ("<mailto:ada@x.test|ada>", "[ada](mailto:ada@x.test)"),
            ("<javascript:alert(1)|x>", "\\<javascript:alert(1)\\|x>"),
            ("<@U024BE7LH> <@U1|bob>", "\\@U024BE7LH \\@bob"),
            ("<#C1|general>", "\\#general"),
            ("<!here> <!channel> <!everyone>", "@here @room @room"),
            ("<!subteam^S1|@ops>", "\\@ops"),
            ("<!date^1392734382^{date}|Feb 18>", "Feb 18"),
            ("&gt; quoted\nnot", "> quoted\nnot"),
            ("&gt;&gt;&gt; all\nof it", "> all\n> of it"),
            ("# no heading", "\\# no heading"),
            (":fire::book: 10:30:45 main.rs:100:5 :unknown:", "🔥📖 10:30:45 main.rs:100:5 :unknown:"),
            ("<https://x.test|:book: Docs>", "[📖 Docs](https://x.test)"),
            ("before ```let a = 1 &lt; 2;``` after", "before \n```\nlet a = 1 < 2;\n```\n after"),
            ("[<https://x.test|o/r>] pushed", "\\[[o/r](https://x.test)\\] pushed"),
            ("an open *mark and ``` fence", "an open \\*mark and \\`\\`\\` fence"),
        ] {
            assert_eq!(block(slack), markdown, "{slack}");
        }
    }

    #[test]
    fn plain_text_has_emoji_and_nothing_else() {
        assert_eq!(plain(":book: *Docs* &amp; <x>"), "📖 \\*Docs\\* & \\<x>");
    }

    proptest! {
        /// Whatever comes is translated, in time that grows with it.
        #[test]
        fn nothing_is_too_odd(text in "\\PC{0,200}|[*_~`<>|@!& :#a\n]{0,200}") {
            let markdown = block(&text);
            prop_assert!(markdown.len() <= 6 * text.len() + 16);
            line(&text);
            plain(&text);
        }
    }
}
