//! What is posted to an incoming webhook of Slack's.

use serde_json::Value;

use crate::{
    attachments, blocks, emoji, escape,
    fields::{list, text},
    length, mrkdwn,
};

/// Longest name that a message says it is from.
const NAME_MAX: usize = 80;

/// Why a body is no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is no object.
    InvalidPayload,
    /// There is nothing to be seen in it.
    NoText,
}

/// The message in a body, as markdown. `hook` is what the hook itself is called: another name stands in its first line.
///
/// # Errors
/// There is none in it.
pub fn slack(body: &Value, hook: &str) -> Result<String, Fault> {
    if !body.is_object() {
        return Err(Fault::InvalidPayload);
    }
    let blocks = blocks::all(list(body, "blocks"));
    let attachments = list(body, "attachments");
    let said = if blocks.is_empty() { main_text(body, attachments) } else { blocks };
    let attached = attachments::all(attachments);
    let parts: Vec<_> = [said, attached].into_iter().filter(|part| protocol::is_visible(part)).collect();
    if parts.is_empty() {
        return Err(Fault::NoText);
    }
    let head = speaker(body, hook);
    let message = head.into_iter().chain(parts).collect::<Vec<_>>().join("\n");
    Ok(length::cut(&message))
}

fn main_text(body: &Value, attachments: &[Value]) -> String {
    let mut text = text(body, "text");
    // Who posts for notifications says in the text what stands in the attachment anyway.
    if !attachments.is_empty() && !text.contains("```") {
        let again = attachments::lines(attachments);
        text = text.lines().filter(|line| line.trim().is_empty() || !again.contains(line.trim())).collect::<Vec<_>>().join("\n");
    }
    let is_plain = body.get("mrkdwn").and_then(Value::as_bool) == Some(false);
    if is_plain { mrkdwn::plain(text.trim()) } else { mrkdwn::block(text.trim()) }
}

/// Who the message says it is from, where that is another than the hook. It stands in the message, whose author is the hook all the same.
fn speaker(body: &Value, hook: &str) -> Option<String> {
    let name = text(body, "username").split_whitespace().collect::<Vec<_>>().join(" ");
    let icon = text(body, "icon_emoji");
    let icon = emoji::named(icon.trim().trim_matches(':'));
    let is_other = protocol::is_visible(&name) && !name.eq_ignore_ascii_case(hook);
    let name = is_other.then(|| ["**", &escape::foreign(&length::shortened(&name, NAME_MAX)), "**"].concat());
    match (icon, name) {
        (Some(icon), Some(name)) => Some([icon, " ", &name].concat()),
        (None, Some(name)) => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn what_an_attachment_says_as_well_is_said_once() {
        let attachment = json!({ "title": "Disk full", "text": "on *shed*\nsince noon" });
        let body = json!({ "text": "Disk full\nPlease look\nsince noon", "attachments": [attachment] });
        assert_eq!(slack(&body, "Tea").unwrap(), "Please look\n> **Disk full**\n> on **shed**\n> since noon");
        let code = json!({ "text": "```\nDisk full\n```", "attachments": [attachment] });
        assert!(slack(&code, "Tea").unwrap().starts_with("```\nDisk full\n```"));
    }

    #[test]
    fn a_text_is_a_message() {
        assert_eq!(slack(&json!({ "text": " Hello *all* " }), "Tea").unwrap(), "Hello **all**");
        assert_eq!(slack(&json!({ "text": "*a*", "mrkdwn": false }), "Tea").unwrap(), "\\*a\\*");
    }

    #[test]
    fn another_name_stands_in_the_first_line() {
        let body = json!({ "text": "Hello", "username": "ada*\n[x]", "icon_emoji": ":rocket:" });
        assert_eq!(slack(&body, "Tea").unwrap(), "🚀 **ada\\* \\[x\\]**\nHello");
        assert_eq!(slack(&json!({ "text": "Hello", "username": "tea" }), "Tea").unwrap(), "Hello");
        assert_eq!(slack(&json!({ "text": "Hello", "username": "@ada" }), "Tea").unwrap(), "**\\@ada**\nHello");
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for body in [json!([]), json!("text"), json!(null)] {
            assert_eq!(slack(&body, ""), Err(Fault::InvalidPayload));
        }
        for body in [
            json!({}),
            json!({ "text": "" }),
            json!({ "text": 1 , "blocks": 5, "attachments": [1, {}] }),
            json!({ "text": "\u{200b}" }),
        ] {
            if body["text"] == 1 {
                assert_eq!(slack(&body, "").unwrap(), "1");
            } else {
                assert_eq!(slack(&body, ""), Err(Fault::NoText), "{body}");
            }
        }
    }

    #[test]
    fn what_is_too_long_is_cut() {
        let long = slack(&json!({ "text": "x".repeat(20_000) }), "").unwrap();
        assert!(long.ends_with('…') && long.chars().count() <= protocol::limits::BODY_MAX);
        let attachments = vec![json!({ "text": "y".repeat(3_000) }); 10];
        let long = slack(&json!({ "attachments": attachments }), "").unwrap();
        assert!(long.ends_with('…') && long.chars().count() <= protocol::limits::BODY_MAX);
    }
}
