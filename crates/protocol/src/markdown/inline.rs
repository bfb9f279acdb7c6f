//! The text of a paragraph: code, links and emphasis. It is cut into tokens from left to right, then the runs of `*`, `_`, `~` and
//! `|` are paired, then all is written. Code and links bind tighter than emphasis, as in CommonMark.

use super::{
    emphasis,
    escape::escape,
    hosts,
    label::{label, misleads},
    links::{self, Address, Before},
    mentions,
    token::{Run, Token},
};
use crate::visible::is_visible;

/// Writes the text of a paragraph as HTML.
pub(super) fn write(text: &str, html: &mut String) {
    let mut tokens = Lexer::new(text).tokens();
    emphasis::pair(&mut tokens);
    // The links that are open, and where the outermost began: it is the only one that is written.
    let (mut links, mut start) = (0, 0);
    let mut hidden = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Text(text) => escape(text, "<br>", html),
            Token::Code(code) => {
                html.push_str("<code>");
                escape(code, " ", html);
                html.push_str("</code>");
            }
            Token::Address(address) if links > 0 => hosts::show(address.text, html),
            Token::Address(Address { scheme, text }) => {
                open_link(scheme, text, html);
                hosts::show(text, html);
                html.push_str("</a>");
            }
            Token::LinkStart(address) => {
                if links == 0 {
                    open_link("", address, html);
                    start = at;
                }
                links += 1;
            }
            Token::LinkEnd => {
                links -= 1;
                if links == 0 {
                    close_link(&tokens[start..at], html);
                }
            }
            Token::Room(slug) if links > 0 => {
                html.push('#');
                html.push_str(slug);
            }
            Token::Room(slug) => {
                for part in ["<a href=\"/r/", slug, "\">#", slug, "</a>"] {
                    html.push_str(part);
                }
            }
            Token::Mention(word) if links > 0 => {
                html.push('@');
                html.push_str(word);
            }
            Token::Mention(word) => mentions::mark(word, html),
            Token::Run(run) => run.write(&mut hidden, html),
        }
    }
}

fn open_link(scheme: &str, address: &str, html: &mut String) {
    html.push_str("<a href=\"");
    html.push_str(scheme);
    escape(address, "", html);
    html.push_str("\" rel=\"nofollow noopener\">");
}

/// Ends a link. Where its text is no help in telling where it leads, that is shown.
fn close_link(tokens: &[Token<'_>], html: &mut String) {
    if let Some(Token::LinkStart(target)) = tokens.first() {
        let label = label(tokens);
        if !is_visible(&label) {
            hosts::show(target, html);
        } else if misleads(&label, target) {
            html.push_str(" (");
            hosts::show(target, html);
            html.push(')');
        }
    }
    html.push_str("</a>");
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// From here to `at`, nothing but text was found.
    plain: usize,
    tokens: Vec<Token<'a>>,
    /// The tokens of `[` and `![` that may begin a link.
    brackets: Vec<usize>,
    /// Whether the last run of each of [`MARKS`](links::MARKS) opened something.
    open: [bool; links::MARKS.len()],
    /// Lengths of backtick runs that nothing closes any more. They keep a line of many lengths from being searched each time.
    unclosed: Vec<usize>,
}

impl<'a> Lexer<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            plain: 0,
            tokens: Vec::new(),
            brackets: Vec::new(),
            open: [false; links::MARKS.len()],
            unclosed: Vec::new(),
        }
    }

    fn tokens(mut self) -> Vec<Token<'a>> {
        while let Some(&byte) = self.text.as_bytes().get(self.at) {
            // Each step either takes a construct and moves past it, or leaves the character to the text.
            let taken = match byte {
                b'\\' => self.escaped(),
                b'`' => self.code(),
                b'<' => self.autolink(),
                b'*' | b'_' | b'~' | b'|' => self.run(byte),
                b'!' | b'[' => self.bracket(),
                b']' => self.link(),
                b'h' | b'H' | b'w' | b'W' => self.address(),
                b'@' => self.mail().or_else(|| self.mention()),
                b'#' => self.room(),
                _ => None,
            };
            if taken.is_none() {
                self.at += 1;
            }
        }
        self.flush();
        self.tokens
    }

    /// What is still to be read.
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Ends the text before the current place.
    fn flush(&mut self) {
        if self.plain < self.at {
            self.tokens.push(Token::Text(&self.text[self.plain..self.at]));
        }
        self.plain = self.at;
    }

    /// Adds a token that stands for so many bytes.
    fn take(&mut self, token: Token<'a>, length: usize) {
        self.flush();
        self.tokens.push(token);
        self.at += length;
        self.plain = self.at;
    }

    /// A backslash before punctuation is not shown, and what follows it is text.
    fn escaped(&mut self) -> Option<()> {
        self.rest()[1..].starts_with(|c: char| c.is_ascii_punctuation()).then(|| {
            self.flush();
            self.plain = self.at + 1;
            self.at += 2;
        })
    }

    fn code(&mut self) -> Option<()> {
        let rest = self.rest();
        let inner = rest.trim_start_matches('`');
        let length = rest.len() - inner.len();
        let end = if self.unclosed.contains(&length) { None } else { closing_backticks(inner, length) };
        let Some(end) = end else {
            // All of them are text: the last ones must not be taken for a shorter mark.
            self.unclosed.push(length);
            self.at += length;
            return Some(());
        };
        let code = &inner[..end];
        if is_visible(code) {
            let trimmed = code.strip_prefix([' ', '\n']).and_then(|code| code.strip_suffix([' ', '\n']));
            self.take(Token::Code(trimmed.unwrap_or(code)), 2 * length + end);
        } else {
            self.at += 2 * length + end;
        }
        Some(())
    }

    fn autolink(&mut self) -> Option<()> {
        let address = links::in_angles(self.rest())?;
        self.take(Token::Address(Address { scheme: "", text: address }), address.len() + 2);
        Some(())
    }

    fn address(&mut self) -> Option<()> {
        let character = self.text[..self.at].chars().next_back();
        if character.is_some_and(|c| c.is_ascii_alphanumeric()) {
            return None;
        }
        let address = links::bare(self.rest(), Before { character, open: self.open })?;
        self.take(Token::Address(address), address.text.len());
        Some(())
    }

    /// At an `@`: the address around it.
    fn mail(&mut self) -> Option<()> {
        let (before, after) = (&self.text[self.plain..self.at], &self.rest()[1..]);
        let (local, domain) = links::mail(before, after)?;
        self.at -= local;
        let text = &self.rest()[..local + 1 + domain];
        self.take(Token::Address(Address { scheme: "mailto:", text }), text.len());
        Some(())
    }

    /// At a `#`: the room that it names.
    fn room(&mut self) -> Option<()> {
        let slug = links::room(&self.text[..self.at], &self.rest()[1..])?;
        self.take(Token::Room(slug), 1 + slug.len());
        Some(())
    }

    /// At an `@`: the name behind it.
    fn mention(&mut self) -> Option<()> {
        let before = self.text[..self.at].chars().next_back();
        let word = mentions::word(before, &self.rest()[1..], self.open[1])?;
        self.take(Token::Mention(word), word.len() + 1);
        Some(())
    }

    fn run(&mut self, mark: u8) -> Option<()> {
        let length = self.rest().bytes().take_while(|&b| b == mark).count();
        let before = self.text[..self.at].chars().next_back();
        let after = self.rest()[length..].chars().next();
        let Some(run) = Run::new(mark, length, before, after) else {
            self.at += length;
            return Some(());
        };
        if let Some(at) = links::MARKS.find(char::from(mark)) {
            let open = &mut self.open[at];
            *open = run.opens && !(run.closes && *open);
        }
        self.take(Token::Run(run), length);
        Some(())
    }

    /// Notes the start of a link. Until its end is found, it is text.
    fn bracket(&mut self) -> Option<()> {
        let mark = ["[", "!["].into_iter().find(|mark| self.rest().starts_with(mark))?;
        self.take(Token::Text(mark), mark.len());
        self.brackets.push(self.tokens.len() - 1);
        Some(())
    }

    /// At a `]`: a link, if an address follows that may be linked to.
    fn link(&mut self) -> Option<()> {
        let bracket = self.brackets.pop()?;
        let (source, rest) = links::destination(&self.rest()[1..])?;
        let address = unescaped(source);
        if !links::is_allowed(&address) {
            return None;
        }
        self.tokens[bracket] = Token::LinkStart(address);
        let length = self.rest().len() - rest.len();
        self.take(Token::LinkEnd, length);
        Some(())
    }
}

/// Where a run of exactly so many backticks begins.
fn closing_backticks(text: &str, length: usize) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = text[from..].find('`') {
        let start = from + found;
        let run = text[start..].bytes().take_while(|&b| b == b'`').count();
        if run == length {
            return Some(start);
        }
        from = start + run;
    }
    None
}

/// An address without the backslashes before its punctuation.
fn unescaped(address: &str) -> String {
    let mut plain = String::with_capacity(address.len());
    let mut chars = address.chars().peekable();
    while let Some(c) = chars.next() {
        let is_escape = c == '\\' && chars.peek().is_some_and(char::is_ascii_punctuation);
        plain.extend(if is_escape { chars.next() } else { Some(c) });
    }
    plain
}
