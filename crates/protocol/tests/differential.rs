//! What this renderer and pulldown-cmark both know looks the same from both.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write;

use proptest::prelude::*;
use protocol::markdown::render;
use pulldown_cmark::{Alignment, CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// The HTML of pulldown-cmark, in the form that ours has: a line end is a line break, a heading a bold line.
#[derive(Default)]
struct Theirs {
    html: String,
    columns: Vec<Alignment>,
    cell: usize,
    in_head: bool,
    in_body: bool,
}

impl Theirs {
    fn of(source: &str) -> String {
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
        let mut theirs = Self::default();
        for (event, range) in Parser::new_ext(source, options).into_offset_iter() {
            theirs.write(event, range.start);
        }
        theirs.html
    }

    fn write(&mut self, event: Event<'_>, at: usize) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(end) => self.end(end),
            Event::Text(text) => self.html.push_str(&escaped(&text)),
            Event::Code(text) => self.html.push_str(&["<code>", &escaped(&text), "</code>"].concat()),
            Event::SoftBreak | Event::HardBreak => self.html.push_str("<br>"),
            Event::TaskListMarker(done) => {
                self.html.truncate(self.html.len() - ">".len());
                let (input, done) = ("<input type=\"checkbox\" disabled aria-label=\"Done\"", if done { " checked" } else { "" });
                let _ = write!(self.html, " class=\"task\">{input} data-at=\"{at}\"{done}>");
            }
            other => panic!("{other:?} is not in what both know"),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let html = match tag {
            Tag::Paragraph => "<p>".to_owned(),
            Tag::Heading { .. } => "<p><strong>".to_owned(),
            Tag::BlockQuote(_) => "<blockquote>".to_owned(),
            Tag::CodeBlock(CodeBlockKind::Fenced(language)) => {
                let class = if language.is_empty() { String::new() } else { format!(" class=\"language-{language}\"") };
                format!("<pre tabindex=\"0\"><code{class}>")
            }
            Tag::List(None) => "<ul>".to_owned(),
            Tag::List(Some(1)) => "<ol>".to_owned(),
            Tag::List(Some(number)) => format!("<ol start=\"{number}\">"),
            Tag::Item => "<li>".to_owned(),
            Tag::Emphasis => "<em>".to_owned(),
            Tag::Strong => "<strong>".to_owned(),
            Tag::Strikethrough => "<del>".to_owned(),
            Tag::Link { dest_url, .. } => format!("<a href=\"{}\" rel=\"nofollow noopener\">", escaped(&dest_url)),
            Tag::Table(columns) => {
                self.columns = columns;
                self.in_body = false;
                "<div class=\"table\" tabindex=\"0\"><table>".to_owned()
            }
            Tag::TableHead => {
                (self.in_head, self.cell) = (true, 0);
                "<thead><tr>".to_owned()
            }
            Tag::TableRow => {
                self.cell = 0;
                if std::mem::replace(&mut self.in_body, true) { "<tr>".to_owned() } else { "<tbody><tr>".to_owned() }
            }
            Tag::TableCell => {
                let class = match self.columns[self.cell] {
                    Alignment::None => "",
                    Alignment::Left => " class=\"left\"",
                    Alignment::Center => " class=\"center\"",
                    Alignment::Right => " class=\"right\"",
                };
                self.cell += 1;
                format!("<{}{class}>", self.cell_tag())
            }
            other => panic!("{other:?} is not in what both know"),
        };
        self.html.push_str(&html);
    }

    fn end(&mut self, end: TagEnd) {
        let html = match end {
            TagEnd::Paragraph => "</p>",
            TagEnd::Heading(_) => "</strong></p>",
            TagEnd::BlockQuote(_) => "</blockquote>",
            TagEnd::CodeBlock => {
                self.html.truncate(self.html.trim_end_matches('\n').len());
                "</code></pre>"
            }
            TagEnd::List(true) => "</ol>",
            TagEnd::List(false) => "</ul>",
            TagEnd::Item => "</li>",
            TagEnd::Emphasis => "</em>",
            TagEnd::Strong => "</strong>",
            TagEnd::Strikethrough => "</del>",
            TagEnd::Link => "</a>",
            TagEnd::Table if self.in_body => "</tbody></table></div>",
            TagEnd::Table => "</table></div>",
            TagEnd::TableHead => {
                self.in_head = false;
                "</tr></thead>"
            }
            TagEnd::TableRow => "</tr>",
            TagEnd::TableCell => {
                let close = format!("</{}>", self.cell_tag());
                self.html.push_str(&close);
                ""
            }
            other => panic!("{other:?} is not in what both know"),
        };
        self.html.push_str(html);
    }

    fn cell_tag(&self) -> &'static str {
        if self.in_head { "th" } else { "td" }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Words with marks around some of them.
fn line() -> impl Strategy<Value = String> {
    let words = proptest::collection::vec("[a-zß]{1,6}", 1..4).prop_map(|words| words.join(" "));
    let piece = (words, 0..9_usize).prop_map(|(words, kind)| match kind {
        0 => format!("*{words}*"),
        1 => format!("**{words}**"),
        2 => format!("~~{words}~~"),
        3 => format!("`<{words}>`"),
        4 => format!("[{words}](https://x.y/?a&b)"),
        5 => format!("**{words} *{words}* ~~{words}~~**"),
        6 => format!("\\*{words} \"&"),
        _ => words,
    });
    proptest::collection::vec(piece, 1..4).prop_map(|pieces| pieces.join(" "))
}

fn lines(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(line(), count)
}

/// A list, of things to do where there are states, with a list in its first item where there is more.
fn list() -> impl Strategy<Value = String> {
    (lines(1..4), lines(0..3), prop::option::of(1..99_usize), proptest::collection::vec(0..4_usize, 4)).prop_map(
        |(items, inner, number, states)| {
            let mut list = String::new();
            for (n, (item, state)) in items.iter().zip(states).enumerate() {
                let mark = number.map_or_else(|| "-".to_owned(), |first| format!("{}.", first + n));
                let task = ["", "", "[ ] ", "[x] "][state];
                let _ = writeln!(list, "{mark} {task}{item}");
                for inner in inner.iter().filter(|_| n == 0) {
                    let _ = writeln!(list, "{}* {inner}", " ".repeat(mark.len() + 1));
                }
            }
            // Without it the next list would be more of this one.
            format!("{list}\nend")
        },
    )
}

fn table() -> impl Strategy<Value = String> {
    (1..4_usize).prop_flat_map(|columns| {
        let rows = proptest::collection::vec(lines(columns..columns + 1), 1..4);
        let sides = proptest::collection::vec(prop::sample::select(vec!["-", ":--", ":-:", "--:"]), columns);
        (rows, sides).prop_map(|(rows, sides)| {
            let mut text: Vec<_> = rows.iter().map(|cells| format!("| {} |", cells.join(" | "))).collect();
            text.insert(1, format!("|{}|", sides.join("|")));
            text.join("\n")
        })
    })
}

fn block() -> impl Strategy<Value = String> {
    let code = (prop::sample::select(vec!["", "rust"]), proptest::collection::vec("[a-z<&*|` ]{0,8}x", 1..4))
        .prop_map(|(language, lines)| format!("```{language}\n{}\n```", lines.join("\n")));
    let heading = line().prop_map(|line| format!("## {line}"));
    prop_oneof![lines(1..4).prop_map(|lines| lines.join("\n")), heading, code, list(), table()]
}

/// A block, or a quote of some.
fn quoted() -> impl Strategy<Value = String> {
    let quote = proptest::collection::vec(block(), 1..3).prop_map(|blocks| {
        let text = blocks.join("\n\n");
        text.lines().map(|line| ["> ", line].concat()).collect::<Vec<_>>().join("\n")
    });
    prop_oneof![3 => block(), 1 => quote]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_both_know_looks_the_same(blocks in proptest::collection::vec(quoted(), 1..5)) {
        let source = blocks.join("\n\n");
        prop_assert_eq!(render(&source), Theirs::of(&source), "{}", source);
    }
}
