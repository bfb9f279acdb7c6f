//! What becomes of an event.

use crate::{escape, length};

/// What an event of another program is to a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A message, in markdown.
    Message(String),
    /// Nothing that anybody asked to hear of.
    Ignored,
}

impl Event {
    /// A message of some lines; those that are empty are left out.
    pub(crate) fn of(lines: impl IntoIterator<Item = String>) -> Self {
        let lines: Vec<_> = lines.into_iter().filter(|line| !line.is_empty()).collect();
        Self::Message(length::cut(&lines.join("\n")))
    }
}

/// Characters of a text that are quoted.
const QUOTED_MAX: usize = 300;
/// Lines of it.
const QUOTED_LINES: usize = 4;

/// The beginning of what somebody wrote elsewhere, as a quote. Its markup stays text, and names in it are those of another place.
pub(crate) fn quoted(text: &str) -> String {
    let short = length::shortened(text.trim(), QUOTED_MAX);
    let lines: Vec<_> = short.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    let more = if lines.len() > QUOTED_LINES { "\n> …" } else { "" };
    let lines = lines.iter().take(QUOTED_LINES).map(|line| ["> ", &escape::foreign(line)].concat());
    [lines.collect::<Vec<_>>().join("\n"), more.to_owned()].concat()
}

/// The first line of a text, shortened.
pub(crate) fn title(text: &str) -> String {
    escape::foreign(&length::shortened(text.lines().next().unwrap_or_default().trim(), 200))
}

/// So many of something.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { ["1 ", one].concat() } else { format!("{count} {many}") }
}

/// Somebody of another place, in bold.
pub(crate) fn somebody(name: &str) -> String {
    if name.is_empty() { "Somebody".to_owned() } else { ["**", &escape::foreign(name), "**"].concat() }
}
