//! Settings: wrong ones are named on one line each, strange ones in the log, and `snug config` shows what is in force.

use std::{ffi::OsStr, fs, os::unix::ffi::OsStrExt};

use reqwest::StatusCode;

use crate::support::{
    PASSWORD,
    binary::{Binary, SIGNING_KEY, output, snug},
    person::Program,
};

const POSTGRES: (&str, &str) = ("DATABASE_URL", "postgres://snug:hunter2@127.0.0.1/snug");
const KEY: (&str, &str) = ("SNUG_SIGNING_KEY", SIGNING_KEY);
const ZEROS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// What is set, and what `snug serve` says of it. `{}` is a folder with some files.
const WRONG: [(&[(&str, &str)], &str); 45] = [
    (
        &[("SNUG_ADDR", "localhost")],
        "'localhost' for '--addr <ADDR>': SNUG_ADDR or --addr needs an IP address and a port, such as",
    ),
    (&[("SNUG_ADDR", "127.0.0.1:99999")], "'127.0.0.1:99999' for '--addr <ADDR>': SNUG_ADDR or --addr needs an IP address and"),
    (&[("PORT", "http")], "'http' for '--port <PORT>': PORT or --port needs a number from 0 to 65535"),
    (&[("PORT", "65536")], "'65536' for '--port <PORT>': PORT or --port needs a number from 0 to 65535"),
    (
        &[("SNUG_HOSTS", "https://a.example")],
        "'https://a.example' for '--hosts <HOSTS>': SNUG_HOSTS or --hosts needs names such as",
    ),
    (&[("SNUG_HOSTS", "a.example:3000")], "'a.example:3000' for '--hosts <HOSTS>': SNUG_HOSTS or --hosts needs names such as"),
    (&[("SNUG_CORS_ORIGINS", "app.example.org")], "SNUG_CORS_ORIGINS or --cors-origins needs origins such as"),
    (&[("SNUG_CORS_ORIGINS", "https://app.example.org/")], "SNUG_CORS_ORIGINS or --cors-origins needs origins such as"),
    (&[("SNUG_TRUSTED_PROXIES", "10.0.0.0/33")], "SNUG_TRUSTED_PROXIES or --trusted-proxies needs addresses or networks such as"),
    (&[("SNUG_TRUSTED_PROXIES", "proxy")], "SNUG_TRUSTED_PROXIES or --trusted-proxies needs addresses or networks such as"),
    (&[("SNUG_OUTBOUND_ALLOW", "10.0.0.0/33")], "SNUG_OUTBOUND_ALLOW or --outbound-allow needs addresses or networks such as"),
    (&[("SNUG_LIMITS", "off")], "'off' for '--limits <LIMITS>': SNUG_LIMITS or --limits: \"off\" is not of the form name=value"),
    (&[("SNUG_LIMITS", "sends=lots")], "SNUG_LIMITS or --limits: sends: a rate is written as 100+5/s"),
    (&[("SNUG_LIMITS", "sockets=1,send=5")], "SNUG_LIMITS or --limits: send: there is no such limit"),
    (&[("SNUG_ACCESS_MINUTES", "0")], "SNUG_ACCESS_MINUTES or --access-minutes needs a whole number from 1 to 1440"),
    (&[("SNUG_ACCESS_MINUTES", "1441")], "SNUG_ACCESS_MINUTES or --access-minutes needs a whole number from 1 to 1440"),
    (&[("SNUG_ACCESS_MINUTES", "15m")], "SNUG_ACCESS_MINUTES or --access-minutes needs a whole number from 1 to 1440"),
    (&[("SNUG_SESSION_DAYS", "0")], "SNUG_SESSION_DAYS or --session-days needs a whole number from 1 to 400"),
    (&[("SNUG_SESSION_DAYS", "-1")], "SNUG_SESSION_DAYS or --session-days needs a whole number from 1 to 400"),
    (&[("SNUG_SESSION_MAX_DAYS", "0")], "SNUG_SESSION_MAX_DAYS or --session-max-days needs a whole number from 1 to 3650"),
    (&[("SNUG_REFRESH_DAYS", "0")], "SNUG_REFRESH_DAYS or --refresh-days needs a whole number from 1 to 400"),
    (&[("SNUG_COMPAT", "slack")], "SNUG_COMPAT or --compat knows channels only"),
    (&[("SNUG_SESSION_DAYS", "401")], "SNUG_SESSION_DAYS or --session-days needs a whole number from 1 to 400"),
    (
        &[("SNUG_LOG", "server=loud")],
        "'server=loud' for '--log <LOG>': SNUG_LOG or --log: error parsing level filter: expected one of",
    ),
    (&[("SNUG_LOG_FORMAT", "xml")], "'xml' for '--log-format <LOG_FORMAT>': SNUG_LOG_FORMAT or --log-format is text or json"),
    (&[("DATABASE_URL", "mysql://snug:hunter2@db/snug")], "(DATABASE_URL): it has to begin with sqlite: or postgres:"),
    (&[("DATABASE_URL", "/var/lib/snug.db")], "(DATABASE_URL): it has to begin with sqlite: or postgres:"),
    (
        &[("DATABASE_URL", "postgres://snug:hunter2/3@db/snug")],
        "(DATABASE_URL): invalid port number. The form is sqlite:///folder/",
    ),
    (
        &[("REDIS_URL", "redis://:hunter2@x")],
        "(REDIS_URL): nodes share a PostgreSQL database: set DATABASE_URL to postgres:… as well",
    ),
    (
        &[("DATABASE_URL", "sqlite:snug.db"), ("REDIS_URL", "redis://:hunter2@x")],
        "(REDIS_URL): nodes share a PostgreSQL database",
    ),
    (&[POSTGRES, KEY, ("REDIS_URL", "foo://:hunter2@x")], "(REDIS_URL): the form is redis://:password@host:port/number"),
    (&[POSTGRES, KEY, ("REDIS_URL", "redis://:hunter2/3@x")], "(REDIS_URL): the form is redis://:password@host:port/number"),
    (&[POSTGRES, KEY, ("REDIS_URL", "redis://:hunter2@x/none")], "(REDIS_URL): the form is redis://:password@host:port/number"),
    (
        &[POSTGRES, ("REDIS_URL", "redis://:hunter2@x")],
        "with REDIS_URL all nodes have to sign by one key: set SNUG_SIGNING_KEY as well",
    ),
    (
        &[("SNUG_SIGNING_KEY", "hunter2")],
        "(SNUG_SIGNING_KEY): a signing key is the base64 of 32 bytes, such as `openssl rand -base64 32`",
    ),
    (
        &[("SNUG_SIGNING_KEY", ZEROS)],
        "(SNUG_SIGNING_KEY): this signing key can be guessed, and so can tokens; make one by `openssl rand",
    ),
    (&[KEY, ("SNUG_SIGNING_KEY_FILE", "{}/wrong")], "SNUG_SIGNING_KEY and SNUG_SIGNING_KEY_FILE are both set: leave one out"),
    (
        &[("SNUG_SIGNING_KEY_FILE", "{}/wrong")],
        "cannot use {}/wrong (SNUG_SIGNING_KEY_FILE): a signing key is the base64 of 32 bytes",
    ),
    (&[("SNUG_SIGNING_KEY_FILE", "{}/zeros")], "cannot use {}/zeros (SNUG_SIGNING_KEY_FILE): this signing key can be guessed"),
    (&[POSTGRES, ("DATABASE_URL_FILE", "{}/wrong")], "DATABASE_URL and DATABASE_URL_FILE are both set: leave one out"),
    (&[("DATABASE_URL_FILE", "{}/empty")], "cannot use {}/empty (DATABASE_URL_FILE): it is empty"),
    (&[("DATABASE_URL_FILE", "{}/two")], "cannot use {}/two (DATABASE_URL_FILE): it has to hold one line of text"),
    (&[("DATABASE_URL_FILE", "{}/wrong")], "(DATABASE_URL): it has to begin with sqlite: or postgres:"),
    (&[("DATABASE_URL_FILE", "{}")], "cannot use {} (DATABASE_URL_FILE): Is a directory"),
    (&[POSTGRES, KEY, ("REDIS_URL_FILE", "{}/none")], "cannot use {}/none (REDIS_URL_FILE): No such file or directory"),
];

#[test]
fn a_wrong_setting_is_named_on_one_line_and_its_secrets_are_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("empty", " \n"), ("two", "hunter2\nhunter2\n"), ("wrong", "hunter2\n"), ("zeros", ZEROS)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let folder = folder.path().display().to_string();
    for (settings, expected) in WRONG {
        let settings = settings.iter().map(|(name, value)| (name, value.replace("{}", &folder)));
        // One that is taken after all shall neither wait for ever nor write beside the tests.
        let mut serve = snug(&["serve"]);
        serve.envs([("SNUG_DATA_DIR", &*folder), ("SNUG_ADDR", "127.0.0.1:0")]).envs(settings.clone());
        let outcome = output(&mut serve);
        let told = String::from_utf8(outcome.stderr).unwrap();
        let (line, expected) = (told.strip_suffix('\n').unwrap_or_default(), expected.replace("{}", &folder));
        assert_eq!((outcome.status.code(), outcome.stdout.as_slice()), (Some(2), &b""[..]), "{told}");
        assert!(line.starts_with("snug: ") && !line.contains('\n') && line.contains(&expected), "{expected} is not in {told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn a_value_that_is_not_utf_8_is_named() {
    let outcome = output(snug(&["serve"]).env("SNUG_HOSTS", OsStr::from_bytes(b"\xff")));
    assert_eq!(String::from_utf8(outcome.stderr).unwrap(), "snug: the value of SNUG_HOSTS is not UTF-8\n");
}

/// Whatever the log is to hold otherwise.
#[test]
fn a_strange_setting_is_named_in_the_log() {
    for (name, value, told) in [
        ("SNUG_HOST", "chat.example.org", "is SNUG_HOSTS meant?"),
        ("SNUG_REDIS_URL", "redis://:hunter2@x", "is REDIS_URL meant?"),
        ("SNUG_LOG", "snug=debug", "SNUG_LOG is 'snug=debug', which nothing matches"),
        ("SNUG_LOG", "verbose", "SNUG_LOG is 'verbose', which nothing matches"),
        ("SNUG_TRUSTED_PROXIES", "0.0.0.0/0", "SNUG_TRUSTED_PROXIES holds 0.0.0.0/0"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let server = Binary::start(folder.path(), &[("SNUG_LOG", "error"), (name, value)]);
        let log = server.log();
        assert!(log.contains("WARN") && log.contains(told) && !log.contains("hunter2"), "{log}");
        let server = Binary::start(folder.path(), &[("SNUG_LOG", "error")]);
        assert_eq!(server.log(), "");
    }
}

#[test]
fn what_is_in_force_is_shown_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let url = folder.path().join("url");
    fs::write(&url, format!("{}\n", POSTGRES.1)).unwrap();
    let mut command = snug(&["config", "--session-days", "7"]);
    command.env("DATABASE_URL_FILE", &url).env("REDIS_URL", "redis://:hunter2@redis").envs([KEY]);
    command.env("SNUG_LIMITS", "rooms=10000,sends=7+60/m");
    command.env("PORT", "8080").env("SNUG_HOSTS", "a.example,b.example");
    let shown = String::from_utf8(output(&mut command).stdout).unwrap();
    for line in [
        "SNUG_ADDR=0.0.0.0:8080",
        "SNUG_HOSTS=a.example,b.example",
        "SNUG_LIMITS=sends=7+1/s",
        "SNUG_SESSION_DAYS=7",
        "SNUG_SESSION_MAX_DAYS=90",
        "SNUG_ACCESS_MINUTES=15",
        "DATABASE_URL=postgres://snug:***@127.0.0.1/snug",
        &format!("DATABASE_URL_FILE={}", url.display()),
        "REDIS_URL=redis://:***@redis",
        "SNUG_SIGNING_KEY=***",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line} is not in {shown}");
    }
    // All settings, so that one that is added later is shown too.
    let help = String::from_utf8(output(&mut snug(&["serve", "--help"])).stdout).unwrap();
    for name in help.split("[env: ").skip(1).map(|rest| rest.split(['=', ']']).next().unwrap()) {
        assert!(shown.contains(&format!("{name}=")), "{name} is not in {shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_come_from_files_and_lives_are_what_was_set() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.display().to_string()
    };
    let database = file("url", format!("{}\n", testkit::sqlite_url(folder.path())).as_bytes());
    // One key, in writing and as the bytes that are in the folder of a node.
    let written = file("written", b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
    let bytes = file("bytes", &std::array::from_fn::<u8, 32, _>(|n| n as u8));
    let mut earlier = None;
    for key in [written, bytes] {
        let data = tempfile::tempdir().unwrap();
        let settings = [
            ("DATABASE_URL_FILE", database.as_str()),
            ("SNUG_SIGNING_KEY_FILE", &key),
            ("SNUG_ACCESS_MINUTES", "2"),
            ("SNUG_SESSION_DAYS", "3"),
        ];
        let server = Binary::start(data.path(), &settings);
        assert!(folder.path().join("snug.db").exists() && !data.path().join("signing.key").exists());
        let program = Program::at(server.addr);
        let token = match earlier {
            Some(token) => token,
            None => {
                let fields = [("username", "ada"), ("display_name", ""), ("password", PASSWORD)];
                let registered = server.stranger().submit("/register", "register", &fields).await;
                let cookie = registered.header("set-cookie");
                assert!(cookie.contains(&format!("Max-Age={}", 3 * 24 * 60 * 60)), "{cookie}");
                let tokens = program.sign_in("ada").await;
                assert_eq!(tokens.expires_in, 120);
                tokens.access_token
            }
        };
        assert_eq!(program.verify(&token).await.status, StatusCode::OK);
        earlier = Some(token);
    }
}
