//! Names behind an `@`. The renderer marks them in a way that no text can; who they are is known to whoever asks for the HTML. A name that is
//! nobody's stays text.

use super::{escape::escape, hosts::is_unspaced};
use crate::{Mention, UserId, limits};

/// What stands around a name until it is known whose it is. A `<` that somebody types never comes out as one.
const START: &str = "<m>";
const END: &str = "</m>";
/// The names by which all are called: those who are members, and those of them who are here.
const ALL: [&str; 2] = ["room", "here"];

/// The name that text begins with which stands behind an `@`, with the punctuation at its end that names may have. Within an underscore's
/// emphasis, underscores end the emphasis.
pub(super) fn word(before: Option<char>, text: &str, emphasized: bool) -> Option<&str> {
    // Behind one of these it is the middle of something else: half a mail address, a path.
    let is_part = |c: char| c.is_alphanumeric() && !is_unspaced(c) || "@/.-+%=&#\\".contains(c);
    if before.is_some_and(is_part) || !text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "_-.".contains(c))).unwrap_or(text.len());
    let word = if emphasized { text[..end].trim_end_matches('_') } else { &text[..end] };
    // A letter of another alphabet goes on with it: then it is no name.
    let goes_on = text[word.len()..].starts_with(|c: char| c == '@' || c.is_alphanumeric() && !is_unspaced(c));
    (!goes_on && bare(word).len() <= limits::USERNAME_MAX).then_some(word)
}

/// A name without the punctuation at its end.
fn bare(word: &str) -> &str {
    word.trim_end_matches(['_', '-', '.'])
}

/// Writes a name that is to be looked up.
pub(super) fn mark(word: &str, html: &mut String) {
    for part in [START, word, END] {
        html.push_str(part);
    }
}

/// The marked names in the HTML of a message, as they are looked up, each once: with the punctuation at its end, and without it.
pub(super) fn marked(html: &str) -> Vec<String> {
    let mut words = Vec::new();
    for piece in html.split(START).skip(1) {
        let word = piece.split_once(END).map_or("", |(word, _)| word).to_ascii_lowercase();
        for word in [word.as_str(), bare(&word)] {
            if words.len() < 2 * limits::MENTIONS_MAX && !words.iter().any(|known| known == word) {
                words.push(word.to_owned());
            }
        }
    }
    words
}

/// Whether this is a name by which all are called.
#[must_use]
pub fn calls_all(word: &str) -> bool {
    ALL.iter().any(|all| all.eq_ignore_ascii_case(word))
}

/// Puts links into the place of marked names, to the cards of those whom they call; those that call the reader look other.
pub(super) fn resolve(html: String, mentions: &[Mention], reader: Option<UserId>) -> String {
    if !html.contains(START) {
        return html;
    }
    let mut pieces = html.split(START);
    let mut resolved = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (word, rest) = piece.split_once(END).unwrap_or((piece, ""));
        let name = [word, bare(word)].into_iter().find_map(|name| {
            let mention = mentions.iter().find(|mention| mention.word.eq_ignore_ascii_case(name));
            mention.map(|mention| (name, mention.user))
        });
        match name {
            Some((name, user)) => link(name, user, reader, &mut resolved),
            None => resolved.push('@'),
        }
        resolved.push_str(&word[name.map_or(0, |(name, _)| name.len())..]);
        resolved.push_str(rest);
    }
    resolved
}

fn link(name: &str, user: Option<UserId>, reader: Option<UserId>, html: &mut String) {
    let class = if user.is_none() || user == reader { "mention mention--own" } else { "mention" };
    html.push_str(if user.is_some() { "<a class=\"" } else { "<span class=\"" });
    html.push_str(class);
    if let Some(user) = user {
        html.push_str("\" href=\"/u/");
        html.push_str(&user.to_string());
    }
    html.push_str("\">@");
    escape(name, "", html);
    html.push_str(if user.is_some() { "</a>" } else { "</span>" });
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::markdown::{called, line, render, render_with};

    fn mention(word: &str, user: Option<UserId>) -> Mention {
        Mention { word: word.to_owned(), user }
    }

    #[test]
    fn names_are_found_where_people_are_called_and_nowhere_else() {
        for (text, names) in [
            ("@ada", &["ada"][..]),
            ("Hi @ada, (@bob): **@eve** _@kim_ ~~@lea~~!", &["ada", "bob", "eve", "kim", "lea"]),
            ("@Ada @ada", &["ada"]),
            ("@ada. @bob...", &["ada.", "ada", "bob...", "bob"]),
            ("@dash-ed @under_score @dot.ted", &["dash-ed", "under_score", "dot.ted"]),
            ("> @ada\n\n- @bob", &["ada", "bob"]),
            ("你好@ada 안녕@bob님", &["ada", "bob"]),
            ("ada@example.org, ada@home, @@ada, x/@ada, @ada@example.org", &[]),
            ("`@ada` ```@ada``` \\@ada @ @-ada @éa @adaé", &[]),
            ("```\n@ada\n```", &[]),
            ("[@ada](https://example.org) https://example.org/@ada", &[]),
            ("@abcdefghijklmnopqrstuvwxyzabcde", &[]),
        ] {
            assert_eq!(called(text), names, "{text}");
        }
        let many: String = (0..500).map(|n| format!("@n{n} ")).collect();
        assert!(called(&many).len() <= 2 * limits::MENTIONS_MAX);
    }

    #[test]
    fn who_is_called_is_linked_to_and_who_reads_it_sees_that_it_is_them() {
        let (ada, bob) = (UserId::generate(), UserId::generate());
        let known = [mention("ada", Some(ada)), mention("bob", Some(bob)), mention("room", None)];
        let source = "@Ada. @nobody @room";
        assert_eq!(render(source), "<p>@Ada. @nobody @room</p>");
        assert_eq!(
            render_with(source, &known, Some(bob)),
            format!(
                "<p><a class=\"mention\" href=\"/u/{ada}\">@Ada</a>. @nobody <span class=\"mention mention--own\">@room</span></p>"
            )
        );
        assert!(render_with(source, &known, Some(ada)).contains(&format!("\"mention mention--own\" href=\"/u/{ada}\"")));
        // A name that ends with a dot is another one than the name before a full stop.
        assert!(render_with("@ada.", &[mention("ada.", Some(bob))], None).contains(">@ada.</a>"));
        assert_eq!(render_with("`@ada` <m>ada</m>", &known, None), "<p><code>@ada</code> &lt;m&gt;ada&lt;/m&gt;</p>");
        assert_eq!(line("Hi @ada!"), "Hi @ada!");
        assert!(calls_all("Room") && !calls_all("ada"));
    }
}
