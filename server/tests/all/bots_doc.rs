//! `docs/BOTS.md`: what it says is done as it stands there.

use std::{fs, path::Path, process::Stdio};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::Command,
    time::timeout,
};

use crate::support::{PASSWORD, PATIENCE, Socket, TestApp, person::Program};

/// The blocks of one language.
fn blocks(document: &str, language: &str) -> Vec<String> {
    let start = format!("```{language}\n");
    document.split(&start).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// Runs this in bash, as one who has built `snug` would.
async fn bash(app: &TestApp, script: &str, input: &str) -> String {
    let binaries = Path::new(env!("CARGO_BIN_EXE_snug")).parent().unwrap();
    let path = format!("{}:{}", binaries.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("bash");
    command.args(["-euc", script]).env("PATH", path).env("SNUG_URL", format!("http://{}", app.addr)).kill_on_drop(true);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).await.unwrap();
    let done = timeout(PATIENCE, child.wait_with_output()).await.expect("it does not end").unwrap();
    assert!(done.status.success(), "{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_answers_is_made_from_the_document_alone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let document = fs::read_to_string(root.join("docs/BOTS.md")).unwrap();
    let (shell, python) = (blocks(&document, "sh"), blocks(&document, "python"));
    assert_eq!((shell.len(), python.len()), (2, 1), "each block is run by this test");
    let app = TestApp::start().await;
    let ada = app.ada().await;
    let made = bash(&app, &format!("unset SNUG_USER\n{}\nprintf %s \"$SNUG_TOKEN\"", shell[0]), &format!("{PASSWORD}\n")).await;
    let token = made.lines().last().unwrap().to_owned();
    assert!(token.starts_with("snug_pat_"), "{made}");

    let script = app.folder().join("ping.py");
    fs::write(&script, &python[0]).unwrap();
    let mut bot = Command::new(root.join(".tools/python/bin/python3"));
    bot.arg(&script).env("SNUG_URL", format!("http://{}", app.addr)).env("SNUG_TOKEN", &token).kill_on_drop(true);
    let mut bot = bot.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(bot.stdout.take().unwrap()).lines();
    let line = timeout(PATIENCE, lines.next_line()).await.expect("it does not listen").unwrap();
    assert_eq!(line.as_deref(), Some("listening in lobby"));
    let mut hears: Socket = Program::at(app.addr).socket("ada").await;
    hears.subscribe("lobby", None).await;
    ada.write("lobby", "Ping").await;
    assert_eq!(hears.event().await.message().unwrap().body, "Ping");
    let pong = hears.event().await;
    assert!(pong.actor.bot && pong.message().is_some_and(|message| message.body == "pong"), "{pong:?}");

    bash(&app, &format!("export SNUG_TOKEN={token}\n{}", shell[1]), "").await;
    assert_eq!(hears.event().await.message().unwrap().body, "The **backup** is done.");
    assert_eq!(hears.event().await.message().unwrap().body, "The disk is 91% full");
}
