//! `docs/PROTOCOL.md`: its example client does what the document says.

use std::{fs, path::Path};

use tokio::process::Command;

use crate::support::{PASSWORD, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn the_python_example_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let document = fs::read_to_string(root.join("docs/PROTOCOL.md")).unwrap();
    let example = document.split("```python\n").nth(1).expect("no example").split("```").next().unwrap();
    let python = root.join(".tools/python/bin/python3");
    assert!(python.exists(), "{} is missing: run scripts/setup.sh test", python.display());

    let app = TestApp::start().await;
    app.ada().await;
    let script = app.folder().join("hello.py");
    fs::write(&script, example).unwrap();
    let mut command = Command::new(python);
    command.arg(&script).arg(format!("http://{}", app.addr)).args(["ada", PASSWORD]).kill_on_drop(true);
    let output =
        tokio::time::timeout(crate::support::PATIENCE, command.output()).await.expect("the example does not end").unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(printed.lines().last(), Some("2 ada message_created Hello from Python"), "{printed}");
    app.stranger().get("/r/lobby").await.assert_has("Hello from Python");
}
