//! The command line: what is wrong is named on one line.

use std::{
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    process::{Command, Output},
};

use crate::support::binary::{Binary, output, snug};

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn assert_one_line(outcome: &Output, code: i32, names: &[&str]) {
    let error = text(&outcome.stderr);
    assert_eq!(outcome.status.code(), Some(code), "{error}");
    assert_eq!(error.trim_end().lines().count(), 1, "{error}");
    for name in names {
        assert!(error.contains(name), "{name} is not in {error}");
    }
    assert_eq!(text(&outcome.stdout), "");
}

fn serve() -> Command {
    snug(&["serve"])
}

#[test]
fn help_explains_every_setting() {
    let help = output(&mut snug(&["--help"]));
    assert!(help.status.success());
    let help = text(&help.stdout);
    for name in [
        "serve",
        "migrate",
        "backup",
        "restore",
        "doctor",
        "config",
        "user",
        "room",
        "invite",
        "announce",
        "--addr",
        "SNUG_ADDR",
        "PORT",
        "--data-dir",
        "SNUG_DATA_DIR",
        "--database-url",
        "DATABASE_URL",
        "DATABASE_URL_FILE",
        "REDIS_URL",
        "REDIS_URL_FILE",
        "SNUG_SIGNING_KEY",
        "SNUG_SIGNING_KEY_FILE",
        "--compat",
        "SNUG_COMPAT",
        "SNUG_ACCESS_MINUTES",
        "SNUG_REFRESH_DAYS",
        "SNUG_SESSION_DAYS",
        "SNUG_SESSION_MAX_DAYS",
        "--hosts",
        "SNUG_HOSTS",
        "--cors-origins",
        "SNUG_CORS_ORIGINS",
        "--trusted-proxies",
        "SNUG_TRUSTED_PROXIES",
        "--outbound-allow",
        "SNUG_OUTBOUND_ALLOW",
        "SNUG_SESSION_MAX_DAYS",
        "--limits",
        "SNUG_LIMITS",
        "--log",
        "SNUG_LOG",
        "--log-format",
        "SNUG_LOG_FORMAT",
    ] {
        assert!(help.contains(name), "{name} is not in {help}");
    }
    let alone = output(&mut snug(&[]));
    assert!(text(&alone.stderr).contains("SNUG_ADDR"));
}

#[test]
fn help_does_not_show_secrets_of_the_environment() {
    let (database, redis) = ("postgres://snug:hunter2@db/snug", "redis://:hunter2@redis");
    for arguments in [&["--help"][..], &["serve", "--help"], &["backup", "--help"]] {
        let mut command = snug(arguments);
        command.env("DATABASE_URL", database).env("REDIS_URL", redis).env("SNUG_SIGNING_KEY", "hunter2");
        let help = text(&output(&mut command).stdout);
        assert!(help.contains("Usage") && !help.contains("hunter2"), "{help}");
    }
}

#[test]
fn a_wrong_word_is_named() {
    assert_one_line(&output(serve().arg("--colour")), 2, &["--colour"]);
    assert_one_line(&output(&mut snug(&["swerve"])), 2, &["swerve"]);
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let folder = tempfile::tempdir().unwrap();
    let empty = [
        ("SNUG_ADDR", ""),
        ("PORT", ""),
        ("SNUG_DATA_DIR", ""),
        ("DATABASE_URL", ""),
        ("REDIS_URL", ""),
        ("SNUG_SIGNING_KEY", ""),
        ("SNUG_HOSTS", ""),
        ("SNUG_CORS_ORIGINS", ""),
        ("SNUG_TRUSTED_PROXIES", ""),
        ("SNUG_OUTBOUND_ALLOW", ""),
        ("SNUG_SESSION_MAX_DAYS", ""),
        ("SNUG_LIMITS", ""),
        ("SNUG_LOG", ""),
        ("SNUG_LOG_FORMAT", ""),
    ];
    let mut server = Binary::start(folder.path(), &empty);
    server.kill();
    assert!(folder.path().join("snug.db").exists());
    assert!(server.log().contains("INFO"), "the default filter logs the steps of the schema: {}", server.log());

    // All settings, so that one that is added later is asked about too.
    let help = text(&output(&mut snug(&["serve", "--help"])).stdout);
    let names = help.split("[env: ").skip(1).map(|rest| rest.split(['=', ']']).next().unwrap());
    let names: Vec<_> = names.map(str::to_owned).collect();
    assert!(names.len() > 8, "{names:?}");
    let folder = tempfile::tempdir().unwrap();
    let mut command = snug(&["doctor"]);
    command.current_dir(folder.path()).envs(names.iter().map(|name| (name, "")));
    assert!(text(&output(&mut command).stdout).contains("data folder"));
    let outcome = output(command.args(["--help"]));
    assert!(text(&outcome.stdout).contains("REDIS_URL"), "help names it all the same");
}

#[test]
fn a_database_that_does_not_answer_is_named_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let port = testkit::free_port();
    let url = format!("postgres://snug:hunter2@127.0.0.1:{port}/chat");
    for command in ["serve", "doctor"] {
        // Not on the port that everybody listens on by default.
        let settings = [("DATABASE_URL", url.as_str()), ("SNUG_ADDR", "127.0.0.1:0")];
        let outcome = output(snug(&[command, "--data-dir"]).arg(folder.path()).envs(settings));
        assert_eq!(outcome.status.code(), Some(1));
        let told = text(&outcome.stderr) + &text(&outcome.stdout);
        let line = told.lines().find(|line| line.contains("database")).unwrap();
        assert!(line.contains(&format!("database chat at 127.0.0.1:{port}")) && line.contains("DATABASE_URL right?"), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn a_file_has_to_be_given_and_not_to_be_there() {
    for command in ["backup", "restore"] {
        assert_one_line(&output(&mut snug(&[command])), 2, &["required arguments"]);
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dear.db");
    std::fs::write(&file, "").unwrap();
    let outcome = output(snug(&["backup", "--data-dir"]).arg(folder.path()).arg(&file));
    assert_one_line(&outcome, 1, &["dear.db", "exists already"]);
    let outcome = output(snug(&["restore", "--data-dir"]).arg(folder.path()).arg(&file));
    assert_one_line(&outcome, 1, &["dear.db", "not a backup"]);
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let outcome = output(serve().args(["--addr", &addr, "--data-dir"]).arg(folder.path()));
    assert_one_line(&outcome, 1, &[&addr, "SNUG_ADDR"]);
}

#[test]
fn a_data_folder_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a-file");
    std::fs::write(&path, "").unwrap();
    let outcome = output(serve().args(["--addr", "127.0.0.1:0", "--data-dir"]).arg(&path));
    assert_one_line(&outcome, 1, &[&path.display().to_string(), "SNUG_DATA_DIR"]);
}

#[test]
fn the_data_folder_is_made_for_its_owner_alone_and_not_by_a_command_that_only_reads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new").join("data");
    let outcome = output(snug(&["backup", "--data-dir"]).arg(&path).arg(folder.path().join("backup.db")));
    assert_one_line(&outcome, 1, &[&path.display().to_string(), "SNUG_DATA_DIR"]);
    assert!(!path.exists());
    output(snug(&["migrate", "--data-dir"]).arg(&path));
    assert!(path.join("snug.db").exists());
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_broken_signing_key_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("signing.key");
    std::fs::write(&key, "too short").unwrap();
    let outcome = output(serve().args(["--addr", "127.0.0.1:0", "--data-dir"]).arg(folder.path()));
    assert_one_line(&outcome, 1, &["signing.key"]);
    assert_eq!(std::fs::read_to_string(&key).unwrap(), "too short");
}
