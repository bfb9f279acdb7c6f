use std::{path::Path, process::Command};

use super::start;

/// A program of the standard library alone drives all four dialects.
#[tokio::test(flavor = "multi_thread")]
async fn a_python_client_speaks_all_four() {
    let app = start().await;
    app.ada().await;
    app.bob().await;
    let client = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all/compat/client.py");
    let mut command = Command::new("python3");
    command.arg(client).arg(app.addr.to_string()).arg(crate::support::PASSWORD);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.trim() == "all four", "{said}{wrong}");
}
