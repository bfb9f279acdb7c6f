//! Logs and metrics. A log line holds the path of a request and never its query, where a token may be.

use std::{
    io::{self, IsTerminal},
    panic,
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue, Method},
    middleware::Next,
    response::Response,
};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tracing::Instrument;
use uuid::Uuid;

use crate::config::{LogFormat, Store};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const REQUEST_ID_MAX: usize = 64;

const SECONDS: &[f64] = &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
const SENDS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// How often what was recorded is folded into the histograms, so that it does not pile up while nobody reads them.
const UPKEEP: Duration = Duration::from_secs(5);

/// Starts the log of this process, on stderr.
pub(crate) fn start_log(options: &Store) {
    let colours = io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(options.log_filter()).with_writer(io::stderr).with_ansi(colours);
    match options.log_format() {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    // A panic is a log line like any other.
    panic::set_hook(Box::new(|panic| tracing::error!(%panic, "panicked")));
}

/// Starts the metrics of this process. The handle renders them.
///
/// # Errors
/// Metrics were started before.
pub fn start_metrics() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .set_buckets_for_metric(Matcher::Full("snug_batch_sends".to_owned()), SENDS)?
        .install_recorder()?;
    metrics::describe_gauge!("snug_connections", "Open sockets");
    metrics::describe_counter!("snug_http_requests_total", "Requests by method, route and status");
    metrics::describe_histogram!("snug_http_request_seconds", "Time to answer a request, by route");
    metrics::describe_counter!("snug_sends_total", "Messages that clients sent, by result");
    metrics::describe_counter!("snug_deliveries_total", "Events handed to sockets");
    metrics::describe_histogram!("snug_commit_seconds", "Time to commit a batch of sends");
    metrics::describe_histogram!("snug_batch_sends", "Sends in a batch");
    metrics::describe_gauge!("snug_writer_queue", "Sends that wait for the writer");
    Ok(handle)
}

/// Keeps the memory of the metrics bounded.
pub(crate) async fn keep_up(metrics: PrometheusHandle) {
    let mut ticks = tokio::time::interval(UPKEEP);
    loop {
        ticks.tick().await;
        metrics.run_upkeep();
    }
}

/// Gives each request an id, logs it and counts it.
pub(crate) async fn observe(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id(&request);
    let method = known_method(request.method());
    let path = request.uri().path().to_owned();
    // Paths are made by strangers; only the routes are few enough for labels.
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "other".to_owned(), |route| route.as_str().to_owned());

    let span = tracing::info_span!("request", %id);
    let mut response = next.run(request).instrument(span.clone()).await;

    let status = response.status().as_u16();
    let elapsed = started.elapsed();
    span.in_scope(|| tracing::info!(method, path, status, ms = elapsed.as_millis(), "answered"));
    metrics::counter!("snug_http_requests_total", "method" => method, "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("snug_http_request_seconds", "route" => route).record(elapsed);
    response.headers_mut().extend(HeaderValue::try_from(id).ok().map(|id| (REQUEST_ID, id)));
    response
}

/// The id that a proxy gave, if it is harmless in a log line; else a new one.
fn request_id(request: &Request) -> String {
    let given = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok());
    match given {
        Some(id)
            if !id.is_empty()
                && id.len() <= REQUEST_ID_MAX
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) =>
        {
            id.to_owned()
        }
        _ => Uuid::now_v7().to_string(),
    }
}

/// Any word may be a method; only these become labels.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
