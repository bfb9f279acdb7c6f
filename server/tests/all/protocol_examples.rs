//! `docs/PROTOCOL.md`: its program in three languages does what the document says, each as it stands there.

use std::{fs, path::Path, process::Output};

use tokio::{process::Command, time::timeout};

use crate::support::{PASSWORD, PATIENCE, TestApp};

/// The block of this kind in the chapter of examples.
fn example(kind: &str) -> String {
    let document = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/PROTOCOL.md")).unwrap();
    let chapter = document.split("\n## Examples\n").nth(1).expect("no chapter").split("\n## ").next().unwrap().to_owned();
    let block = chapter.split(&format!("```{kind}\n")).nth(1).expect("no example");
    block.split("```").next().unwrap().to_owned()
}

async fn run(app: &TestApp, program: &Path, script: &Path, text: &str) -> String {
    let mut command = Command::new(program);
    command.arg(script).arg(format!("http://{}", app.addr)).args(["ada", PASSWORD, "lobby", text]);
    command.current_dir(script.parent().unwrap()).kill_on_drop(true);
    let Output { status, stdout, stderr } = timeout(PATIENCE, command.output()).await.expect("the example does not end").unwrap();
    let printed = String::from_utf8(stdout).unwrap();
    assert!(status.success(), "{printed}{}", String::from_utf8_lossy(&stderr));
    printed
}

async fn talks(kind: &str, program: &Path, name: &str) {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    ada.write("lobby", "before").await;
    let folder = app.folder().join("example");
    fs::create_dir(&folder).unwrap();
    let script = folder.join(name);
    fs::write(&script, example(kind)).unwrap();

    let first = run(&app, program, &script, "by a program").await;
    let lines: Vec<_> = first.lines().collect();
    assert!(lines.len() == 2 && lines[0].contains("before") && lines[1].ends_with("ada by a program"), "{first}");
    ada.write("lobby", "meanwhile").await;
    let second = run(&app, program, &script, "once more").await;
    let told: Vec<_> = second.lines().map(|line| line.split_once(' ').expect("a place").1).collect();
    assert_eq!(told, ["ada meanwhile", "ada once more"], "what was missed, once");
    app.stranger().get("/r/lobby").await.assert_has("once more");
}

#[tokio::test(flavor = "multi_thread")]
async fn python_talks() {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/python/bin/python3");
    assert!(python.exists(), "{} is missing: run scripts/setup.sh test", python.display());
    talks("python", &python, "talk.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn javascript_talks() {
    talks("js", Path::new("node"), "talk.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shell_talks() {
    talks("sh", Path::new("bash"), "talk.sh").await;
}
