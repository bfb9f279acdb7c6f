//! The text of a paragraph: code, links and emphasis. It is cut into tokens from left to right, then the runs of `*`, `_` and
//! `~` are paired, then all is written. Code and links bind tighter than emphasis, as in CommonMark.

use super::{
    emphasis,
    escape::escape,
    links,
    token::{Run, Token},
};

/// Writes the text of a paragraph as HTML.
pub(super) fn write(text: &str, html: &mut String) {
    let mut tokens = Lexer::new(text).tokens();
    emphasis::pair(&mut tokens);
    let mut links = 0;
    for token in &tokens {
        match token {
            Token::Text(text) => escape(text, "<br>", html),
            Token::Code(code) => {
                html.push_str("<code>");
                escape(code, " ", html);
                html.push_str("</code>");
            }
            Token::Address(address) if links > 0 => escape(address, "", html),
            Token::Address(address) => {
                open_link(address, html);
                escape(address, "", html);
                html.push_str("</a>");
            }
            Token::LinkStart(address) => {
                if links == 0 {
                    open_link(address, html);
                }
                links += 1;
            }
            Token::LinkEnd => {
                links -= 1;
                if links == 0 {
                    html.push_str("</a>");
                }
            }
            Token::Run(run) => run.write(html),
        }
    }
}

fn open_link(address: &str, html: &mut String) {
    html.push_str("<a href=\"");
    escape(address, "", html);
    html.push_str("\" rel=\"nofollow noopener\">");
}

/// A `[` or `![` that may begin a link.
struct Bracket {
    token: usize,
    /// Where the link's text begins.
    text: usize,
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// From here to `at`, nothing but text was found.
    plain: usize,
    tokens: Vec<Token<'a>>,
    brackets: Vec<Bracket>,
    /// Lengths of backtick runs that nothing closes any more. They keep a line of many lengths from being searched each time.
    unclosed: Vec<usize>,
}

impl<'a> Lexer<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0, plain: 0, tokens: Vec::new(), brackets: Vec::new(), unclosed: Vec::new() }
    }

    fn tokens(mut self) -> Vec<Token<'a>> {
        while let Some(&byte) = self.text.as_bytes().get(self.at) {
            // Each step either takes a construct and moves past it, or leaves the character to the text.
            let taken = match byte {
                b'\\' => self.escaped(),
                b'`' => self.code(),
                b'<' => self.autolink(),
                b'*' | b'_' | b'~' => self.run(byte),
                b'!' | b'[' => self.bracket(),
                b']' => self.link(),
                b'h' | b'H' => self.address(),
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
        let trimmed = code.strip_prefix([' ', '\n']).and_then(|code| code.strip_suffix([' ', '\n']));
        let code = trimmed.filter(|_| !code.trim().is_empty()).unwrap_or(code);
        self.take(Token::Code(code), 2 * length + end);
        Some(())
    }

    fn autolink(&mut self) -> Option<()> {
        let address = links::in_angles(self.rest())?;
        self.take(Token::Address(address), address.len() + 2);
        Some(())
    }

    fn address(&mut self) -> Option<()> {
        let before = self.text[..self.at].chars().next_back();
        if before.is_some_and(|c| c.is_ascii_alphanumeric()) {
            return None;
        }
        let address = links::bare(self.rest(), !self.brackets.is_empty())?;
        self.take(Token::Address(address), address.len());
        Some(())
    }

    fn run(&mut self, mark: u8) -> Option<()> {
        let length = self.rest().bytes().take_while(|&b| b == mark).count();
        let before = self.text[..self.at].chars().next_back();
        let after = self.rest()[length..].chars().next();
        match Run::new(mark, length, before, after) {
            Some(run) => self.take(Token::Run(run), length),
            None => self.at += length,
        }
        Some(())
    }

    /// Notes the start of a link. Until its end is found, it is text.
    fn bracket(&mut self) -> Option<()> {
        let mark = ["[", "!["].into_iter().find(|mark| self.rest().starts_with(mark))?;
        self.take(Token::Text(mark), mark.len());
        self.brackets.push(Bracket { token: self.tokens.len() - 1, text: self.at });
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
        let text = &self.text[bracket.text..self.at];
        self.tokens[bracket.token] = Token::LinkStart(address);
        if text.trim().is_empty() {
            self.flush();
            self.tokens.push(Token::Text(source));
        }
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
