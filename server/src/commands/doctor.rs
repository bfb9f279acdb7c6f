//! `snug doctor`: one line for each check; the exit code is 1 if one failed.

use std::process::ExitCode;

use chat::{
    SigningKey,
    upkeep::doctor::{self, Verdict},
};

use super::output::say;
use crate::{config::Store, failure::Failure, store::data_dir_as_it_is};

pub(super) async fn run(options: &Store) -> Result<ExitCode, Failure> {
    let data_dir = data_dir_as_it_is(options);
    let mut findings = vec![doctor::data_folder(&data_dir)];
    if options.signing_key().is_none() {
        findings.push(doctor::signing_key(&data_dir.join("signing.key")));
    }
    findings.push(doctor::files(&options.database_url(&data_dir), &data_dir.join("backups")));
    findings.push(doctor::open_files());
    let database_url = options.database_url(&data_dir);
    findings.extend(doctor::database(&database_url).await);
    if let Some(key) = options.signing_key().cloned().or_else(|| SigningKey::load(&data_dir.join("signing.key")).ok()) {
        findings.push(doctor::shared_key(&database_url, &key).await);
    }
    if let Some(url) = options.redis_url() {
        findings.push(doctor::redis(url).await);
    }
    for finding in &findings {
        say(finding);
    }
    let failed = findings.iter().any(|finding| finding.verdict == Verdict::Fail);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
