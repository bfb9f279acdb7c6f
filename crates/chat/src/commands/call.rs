//! What looks like a command, and what does not.

/// Characters of a command's name.
pub(super) const WORD_MAX: usize = 32;

/// What is written in place of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written<'a> {
    /// `/word and more`
    Command {
        /// The name, as it was written.
        word: &'a str,
        /// What follows it.
        args: &'a str,
    },
    /// A message. Of two slashes before a word one goes: so what looks like a command can be said.
    Text(&'a str),
}

impl<'a> Written<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        match text.strip_prefix('/') {
            Some(rest) if rest.starts_with('/') && command(&rest[1..]).is_some() => Self::Text(rest),
            Some(rest) => command(rest).map_or(Self::Text(text), |(word, args)| Self::Command { word, args }),
            None => Self::Text(text),
        }
    }
}

/// The name and what follows, if it begins with a name and not with a path such as `etc/hosts`.
fn command(rest: &str) -> Option<(&str, &str)> {
    let (word, args) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    is_word(word).then(|| (word, args.trim()))
}

/// Whether a command may have this name.
pub(super) fn is_word(word: &str) -> bool {
    let begins = word.starts_with(|first: char| first.is_ascii_alphabetic());
    let rest = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    begins && word.len() <= WORD_MAX && word.chars().all(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_slash_and_a_name_are_a_command() {
        for (text, word, args) in [
            ("/deploy", "deploy", ""),
            ("/deploy the mill ", "deploy", "the mill"),
            ("/Deploy\nthe mill", "Deploy", "the mill"),
            ("/x-1_y", "x-1_y", ""),
        ] {
            assert_eq!(Written::of(text), Written::Command { word, args }, "{text}");
        }
        let long = format!("/{}", "x".repeat(33));
        for text in [
            "hello",
            "",
            "/",
            "/ x",
            " /deploy",
            "/etc/hosts",
            "/etc/",
            "/1",
            "/-x",
            "/größe",
            "/a.b",
            "//",
            "// note",
            "///a",
            "//srv/share",
            &long,
        ] {
            assert_eq!(Written::of(text), Written::Text(text), "{text}");
        }
        assert_eq!(Written::of("//deploy now"), Written::Text("/deploy now"));
    }
}
