//! How long tokens and sessions last.

use std::{fmt::Display, ops::RangeInclusive, str::FromStr};

use chat::Limits;
use clap::Args;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// How long tokens and sessions last: options of `snug serve`.
#[derive(Args)]
pub(super) struct Lives {
    /// Minutes that an access token lasts
    #[arg(long, env = "SNUG_ACCESS_MINUTES", default_value_t = 15, value_parser = parse_access_minutes)]
    pub(super) access_minutes: u64,

    /// Days that somebody stays signed in without coming back
    #[arg(long, env = "SNUG_SESSION_DAYS", default_value_t = 30, value_parser = parse_session_days)]
    pub(super) session_days: i64,

    /// Days after a sign-in when everybody has to sign in again, however much they have been there
    #[arg(long, env = "SNUG_SESSION_MAX_DAYS", default_value_t = 90, value_parser = parse_session_max_days)]
    pub(super) session_max_days: i64,

    /// Days that a refresh token lasts which SNUG_COMPAT gave; never longer than its session
    #[arg(long, env = "SNUG_REFRESH_DAYS", default_value_t = 30, value_parser = parse_refresh_days)]
    pub(super) refresh_days: i64,
}

impl Lives {
    /// What a node allows, with these.
    pub(super) fn limits(&self, others: Limits) -> Limits {
        Limits {
            access_token_seconds: self.access_minutes * 60,
            session_seconds: self.session_days * DAY_SECONDS,
            session_max_seconds: self.session_max_days * DAY_SECONDS,
            ..others
        }
    }

    /// How long a refresh token lasts that clients of other servers are given.
    pub(super) fn refresh_seconds(&self) -> i64 {
        self.refresh_days * DAY_SECONDS
    }
}

/// A token cannot be taken back before it expires where its session is not asked for, so it lives for a day at most.
fn parse_access_minutes(text: &str) -> Result<u64, String> {
    parse_within(text, 1..=24 * 60, "SNUG_ACCESS_MINUTES or --access-minutes")
}

/// Browsers keep no cookie for more than 400 days (RFC 6265bis, 5.5).
fn parse_session_days(text: &str) -> Result<i64, String> {
    parse_within(text, 1..=400, "SNUG_SESSION_DAYS or --session-days")
}

fn parse_session_max_days(text: &str) -> Result<i64, String> {
    parse_within(text, 1..=3650, "SNUG_SESSION_MAX_DAYS or --session-max-days")
}

fn parse_refresh_days(text: &str) -> Result<i64, String> {
    parse_within(text, 1..=400, "SNUG_REFRESH_DAYS or --refresh-days")
}

fn parse_within<N: FromStr + PartialOrd + Display>(text: &str, range: RangeInclusive<N>, name: &str) -> Result<N, String> {
    let number = text.trim().parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| format!("{name} needs a whole number from {} to {}", range.start(), range.end()))
}
