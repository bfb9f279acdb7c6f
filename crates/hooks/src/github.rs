//! Events of GitHub, by their names in `X-GitHub-Event`.

use serde_json::Value;

use crate::{
    Event, escape,
    event::{counted, quoted, somebody, title},
    fields::{is, list, text},
};

/// Commits that are named one by one.
const COMMITS_MAX: usize = 5;

/// What an event is to a room.
#[must_use]
pub fn github(kind: &str, body: &Value) -> Event {
    match kind {
        "ping" => Event::of([[&place(body), " is connected. ", &escape::foreign(&text(body, "zen"))].concat()]),
        "push" => push(body),
        "pull_request" => pull_request(body),
        "pull_request_review" => review(body),
        "issues" => issue(body),
        "issue_comment" => comment(body, "issue"),
        "pull_request_review_comment" => comment(body, "pull_request"),
        "commit_comment" => comment(body, "comment"),
        "release" => release(body),
        "workflow_run" => workflow(body),
        _ => Event::Ignored,
    }
}

fn who(body: &Value) -> String {
    somebody(&text(body, "sender.login"))
}

/// The repository; the organisation where an event is of all of it.
fn place(body: &Value) -> String {
    match text(body, "repository.full_name") {
        name if name.is_empty() => ["**", &escape::foreign(&text(body, "organization.login")), "**"].concat(),
        name => escape::link(&escape::foreign(&name), &text(body, "repository.html_url")),
    }
}

fn push(body: &Value) -> Event {
    let reference = text(body, "ref");
    let (is_tag, name) = match reference.strip_prefix("refs/tags/") {
        Some(tag) => (true, tag),
        None => (false, reference.strip_prefix("refs/heads/").unwrap_or(&reference)),
    };
    let name = escape::foreign(name);
    let what = if is_tag { "tag" } else { "branch" };
    if is(body, "deleted") {
        return Event::of([[&who(body), " deleted the ", what, " **", &name, "** of ", &place(body)].concat()]);
    }
    let linked = escape::link(&name, &text(body, "compare"));
    let commits = list(body, "commits");
    if is_tag || (is(body, "created") && commits.is_empty()) {
        return Event::of([[&who(body), " made the ", what, " ", &linked, " of ", &place(body)].concat()]);
    }
    // Nothing was added: the branch was moved back.
    let did = if is(body, "forced") { "forced" } else { "pushed" };
    let head =
        [&who(body), " ", did, " ", &counted(commits.len(), "commit", "commits"), " to ", &linked, " of ", &place(body)].concat();
    Event::of([head].into_iter().chain(commit_lines(commits, "author.name")))
}

/// The first commits, a line each.
pub(crate) fn commit_lines<'a>(commits: &'a [Value], author: &'a str) -> impl Iterator<Item = String> + 'a {
    let lines = commits.iter().take(COMMITS_MAX).map(move |commit| {
        let short: String = text(commit, "id").chars().take(7).collect();
        let short = ["`", &short.replace('`', ""), "`"].concat();
        let by = match text(commit, author) {
            name if name.is_empty() => name,
            name => [" — ", &escape::foreign(&name)].concat(),
        };
        ["> ", &escape::link(&short, &text(commit, "url")), " ", &title(&text(commit, "message")), &by].concat()
    });
    let more = commits.len().saturating_sub(COMMITS_MAX);
    lines.chain((more > 0).then(|| ["> … and ", &counted(more, "commit", "commits"), " more"].concat()))
}

/// An issue or a pull request: its number and title, as a link.
fn numbered(body: &Value, name: &str) -> String {
    let at = |part: &str| text(body, &[name, ".", part].concat());
    escape::link(&["#", &at("number"), " ", &title(&at("title"))].concat(), &at("html_url"))
}

fn pull_request(body: &Value) -> Event {
    let did = match text(body, "action").as_str() {
        "opened" => "opened",
        "closed" if is(body, "pull_request.merged") => "merged",
        "closed" => "closed",
        "reopened" => "reopened",
        "ready_for_review" => "asks for a review of",
        _ => return Event::Ignored,
    };
    let quote = if did == "opened" { quoted(&text(body, "pull_request.body")) } else { String::new() };
    Event::of([[&who(body), " ", did, " pull request ", &numbered(body, "pull_request"), " in ", &place(body)].concat(), quote])
}

fn review(body: &Value) -> Event {
    let did = match (text(body, "action").as_str(), text(body, "review.state").as_str()) {
        ("submitted", "approved") => "approved",
        ("submitted", "changes_requested") => "asks for changes of",
        ("submitted", "commented") if !text(body, "review.body").is_empty() => "commented on",
        _ => return Event::Ignored,
    };
    let pull = escape::link(&numbered_text(body, "pull_request"), &text(body, "review.html_url"));
    Event::of([
        [&who(body), " ", did, " pull request ", &pull, " in ", &place(body)].concat(),
        quoted(&text(body, "review.body")),
    ])
}

fn numbered_text(body: &Value, name: &str) -> String {
    ["#", &text(body, &[name, ".number"].concat()), " ", &title(&text(body, &[name, ".title"].concat()))].concat()
}

fn issue(body: &Value) -> Event {
    let did = match text(body, "action").as_str() {
        did @ ("opened" | "closed" | "reopened") => did.to_owned(),
        _ => return Event::Ignored,
    };
    let quote = if did == "opened" { quoted(&text(body, "issue.body")) } else { String::new() };
    Event::of([[&who(body), " ", &did, " issue ", &numbered(body, "issue"), " in ", &place(body)].concat(), quote])
}

fn comment(body: &Value, on: &str) -> Event {
    if text(body, "action") != "created" {
        return Event::Ignored;
    }
    let what = match on {
        "comment" => {
            ["commit `", &text(body, "comment.commit_id").replace('`', "").chars().take(7).collect::<String>(), "`"].concat()
        }
        on => numbered_text(body, on),
    };
    let linked = escape::link(&what, &text(body, "comment.html_url"));
    Event::of([[&who(body), " commented on ", &linked, " in ", &place(body)].concat(), quoted(&text(body, "comment.body"))])
}

fn release(body: &Value) -> Event {
    if text(body, "action") != "published" {
        return Event::Ignored;
    }
    let name = match text(body, "release.name") {
        name if name.is_empty() => text(body, "release.tag_name"),
        name => name,
    };
    let linked = escape::link(&title(&name), &text(body, "release.html_url"));
    Event::of([[&who(body), " released ", &linked, " of ", &place(body)].concat(), quoted(&text(body, "release.body"))])
}

fn workflow(body: &Value) -> Event {
    if text(body, "action") != "completed" {
        return Event::Ignored;
    }
    let (mark, how) = outcome(&text(body, "workflow_run.conclusion"));
    let linked = escape::link(&title(&text(body, "workflow_run.name")), &text(body, "workflow_run.html_url"));
    let branch = escape::foreign(&text(body, "workflow_run.head_branch"));
    Event::of([[mark, " ", &linked, " ", &how, " on **", &branch, "** of ", &place(body)].concat()])
}

/// How something ended, as GitHub and GitLab say it.
pub(crate) fn outcome(said: &str) -> (&'static str, String) {
    match said {
        "success" => ("🟢", "passed".to_owned()),
        "failure" | "failed" | "timed_out" | "startup_failure" => ("🔴", "failed".to_owned()),
        "cancelled" | "canceled" | "skipped" => ("⚪", "was cancelled".to_owned()),
        other => ("🟡", ["ended: ", &escape::foreign(other)].concat()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use serde_json::json;

    use super::*;

    fn said(kind: &str, mut body: Value) -> String {
        body["sender"] = json!({ "login": "ada" });
        body["repository"] = json!({ "full_name": "mill/wheel", "html_url": "https://github.test/mill/wheel" });
        match github(kind, &body) {
            Event::Message(text) => text.replace("[mill/wheel](https://github.test/mill/wheel)", "REPO"),
            Event::Ignored => "-".to_owned(),
        }
    }

    #[test]
    fn events_are_lines() {
        let item = json!({ "number": 7, "title": "Leak @room", "html_url": "https://g.test/7", "body": "It *drips*\nat @bob" });
        assert_eq!(
            said("issues", json!({ "action": "opened", "issue": item })),
            "**ada** opened issue [#7 Leak \\@room](https://g.test/7) in REPO\n> It \\*drips\\*\n> at \\@bob"
        );
        assert_eq!(
            said("issues", json!({ "action": "closed", "issue": item })),
            "**ada** closed issue [#7 Leak \\@room](https://g.test/7) in REPO"
        );
        let comment = json!({ "html_url": "https://g.test/7#c", "body": "Same here" });
        assert_eq!(
            said("issue_comment", json!({ "action": "created", "issue": item, "comment": comment })),
            "**ada** commented on [#7 Leak \\@room](https://g.test/7#c) in REPO\n> Same here"
        );
        let merged = json!({ "number": 8, "title": "Fix", "html_url": "https://g.test/8", "merged": true });
        assert_eq!(
            said("pull_request", json!({ "action": "closed", "pull_request": merged })),
            "**ada** merged pull request [#8 Fix](https://g.test/8) in REPO"
        );
        let review = json!({ "state": "approved", "html_url": "https://g.test/8#r", "body": null });
        assert_eq!(
            said("pull_request_review", json!({ "action": "submitted", "pull_request": merged, "review": review })),
            "**ada** approved pull request [#8 Fix](https://g.test/8#r) in REPO"
        );
        let release = json!({ "name": "", "tag_name": "v1.0", "html_url": "https://g.test/v1.0", "body": "" });
        assert_eq!(
            said("release", json!({ "action": "published", "release": release })),
            "**ada** released [v1.0](https://g.test/v1.0) of REPO"
        );
        let run = json!({ "name": "CI", "conclusion": "failure", "html_url": "https://g.test/run", "head_branch": "main" });
        assert_eq!(
            said("workflow_run", json!({ "action": "completed", "workflow_run": run })),
            "🔴 [CI](https://g.test/run) failed on **main** of REPO"
        );
        assert_eq!(said("ping", json!({ "zen": "Keep it simple." })), "REPO is connected. Keep it simple.");
    }

    #[test]
    fn branches_and_tags_come_and_go() {
        let made = json!({ "ref": "refs/heads/dry", "created": true, "commits": [], "compare": "https://g.test/c" });
        assert_eq!(said("push", made), "**ada** made the branch [dry](https://g.test/c) of REPO");
        let gone = json!({ "ref": "refs/tags/v1", "deleted": true });
        assert_eq!(said("push", gone), "**ada** deleted the tag **v1** of REPO");
    }

    #[test]
    fn nobody_hears_of_stars_nor_of_what_is_no_event() {
        for kind in ["star", "watch", "fork", "check_run", "", "push_"] {
            assert_eq!(said(kind, json!({ "action": "created" })), "-", "{kind}");
        }
        for kind in ["issues", "pull_request", "issue_comment", "release", "workflow_run", "pull_request_review"] {
            assert_eq!(said(kind, json!({ "action": "edited" })), "-", "{kind}");
        }
    }
}
