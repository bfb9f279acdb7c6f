//! The figures that `/metrics` shows.

use std::{path::PathBuf, time::Duration};

use chat::{Chat, upkeep};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use super::Repeats;

const SECONDS: &[f64] = &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
const SENDS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// How often what was recorded is folded into the histograms, so that it does not pile up while nobody reads them.
const UPKEEP: Duration = Duration::from_secs(5);
/// How often the database and its disk are looked at.
const MEASURE: Duration = Duration::from_secs(15);

/// Starts the metrics of this process. The handle renders them.
///
/// # Errors
/// Metrics were started before.
pub fn start_metrics() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .set_buckets_for_metric(Matcher::Full("snug_batch_sends".to_owned()), SENDS)?
        .install_recorder()?;
    describe();
    begin();
    Ok(handle)
}

fn describe() {
    describe_gauge!("snug_connections", "Open sockets");
    describe_counter!("snug_http_requests_total", "Requests by method, route and status");
    describe_histogram!("snug_http_request_seconds", "Time to answer a request, by route");
    describe_counter!("snug_webhook_deliveries_total", "Tries to deliver to outgoing webhooks, by result");
    describe_counter!("snug_sends_total", "Messages that clients sent, by result");
    describe_counter!("snug_throttled_total", "Deeds that were refused because they came too often");
    describe_counter!("snug_deliveries_total", "Events handed to sockets");
    describe_histogram!("snug_commit_seconds", "Time to commit a batch of sends");
    describe_histogram!("snug_batch_sends", "Sends in a batch");
    describe_gauge!("snug_writer_queue", "Sends that wait for the writer");
    describe_counter!("snug_sign_ins_failed_total", "Sign-ins that were refused, by reason");
    describe_gauge!("snug_database_bytes", "Size of the database");
    describe_gauge!("snug_disk_free_bytes", "Room on the disk of the database, or of the data folder where it is elsewhere");
    describe_gauge!("snug_backup_timestamp_seconds", "When the last backup was taken, in unix seconds; 0 for never");
}

/// An alarm on a figure that is not there yet does not go off: whatever has no labels of its own making is there from the start.
fn begin() {
    for name in
        ["snug_connections", "snug_writer_queue", "snug_database_bytes", "snug_disk_free_bytes", "snug_backup_timestamp_seconds"]
    {
        gauge!(name).set(0.0);
    }
    for result in ["ok", "error"] {
        counter!("snug_webhook_deliveries_total", "result" => result).absolute(0);
        counter!("snug_sends_total", "result" => result).absolute(0);
    }
    for reason in chat::sessions::REFUSALS {
        counter!("snug_sign_ins_failed_total", "reason" => reason).absolute(0);
    }
    for name in [
        "snug_deliveries_total",
        "snug_throttled_total",
        "snug_caught_up_total",
        "snug_pages_reused_total",
        "snug_broker_dropped_total",
    ] {
        counter!(name).absolute(0);
    }
    drop([histogram!("snug_commit_seconds"), histogram!("snug_batch_sends")]);
}

/// Looks at the database and at the disk that it is on, now and then.
pub(crate) async fn measure(chat: Chat, folder: PathBuf) {
    let mut ticks = tokio::time::interval(MEASURE);
    loop {
        ticks.tick().await;
        if let Ok(bytes) = upkeep::database_bytes(&chat).await {
            gauge!("snug_database_bytes").set(bytes as f64);
        }
        if let Ok(at) = upkeep::last_backup(&chat).await {
            gauge!("snug_backup_timestamp_seconds").set(at.unwrap_or_default() as f64 / 1000.0);
        }
        if let Ok(bytes) = upkeep::doctor::free_bytes(&folder) {
            gauge!("snug_disk_free_bytes").set(bytes as f64);
        }
    }
}

/// Keeps the memory of the metrics bounded, and says what the log held back.
pub(crate) async fn keep_up(metrics: PrometheusHandle, repeats: Repeats) {
    let mut ticks = tokio::time::interval(UPKEEP);
    loop {
        ticks.tick().await;
        metrics.run_upkeep();
        repeats.tell();
    }
}
