//! `make bench`
use std::{env, path::PathBuf};

use bench::{
    Result,
    report::Report,
    server::{Kind, Programs, Server},
    stats::{milliseconds, percentile},
    swarm::{Pace, Swarm},
};
use rustix::{process::{Resource, Rlimit, getrlimit, setrlimit}, thread::{CpuSet, sched_setaffinity}};

fn main() -> Result<()> {
    let mut core = CpuSet::new();
    core.set(1);
    sched_setaffinity(None, &core)?;
    let maximum = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?;
    let programs = Programs {
        snug: env::var_os("SNUG_BIN").map_or("target/release/snug".into(), PathBuf::from),
        bare: env::current_exe()?.with_file_name("bare"),
        python: "target/bench/venv/bin/python".into(),
        django: "bench/django".into(),
        data: "target/bench/data".into(),
    };
    let mut report = Report::default();
    for kind in [Kind::Bare, Kind::Snug] {
        let server = Server::start(kind, &programs)?;
        let mut swarm = Swarm::new()?;
        swarm.join(&server, "lobby", 1000)?;
        swarm.drive(50, 4, Pace::InFlight(4))?;
        for (name, pace, messages) in [("paced", Pace::PerSecond(50), 150), ("saturated", Pace::InFlight(16), 300)] {
            let (mut cpu, mut rate) = (vec![], vec![]);
            for _ in 0..3 {
                let before = server.cpu()?;
                let outcome = swarm.drive(messages, 4, pace)?;
                cpu.push((server.cpu()? - before).as_secs_f64() * 1e6 / outcome.deliveries as f64);
                rate.push(outcome.deliveries as f64 / outcome.time.as_secs_f64());
            }
            report.add(&format!("1000 subscribers, {name}: CPU per delivery"), kind, "us", cpu);
            report.add(&format!("1000 subscribers, {name}: deliveries"), kind, "/s", rate);
        }
    }
    for in_flight in [1, 16, 64] {
        let server = Server::start(Kind::Snug, &programs)?;
        let mut swarm = Swarm::new()?;
        swarm.join(&server, "lobby", 10)?;
        swarm.drive(500, 4, Pace::InFlight(in_flight))?;
        let (mut rate, mut cpu, mut p50, mut p99) = (vec![], vec![], vec![], vec![]);
        let messages = if in_flight == 1 { 1000 } else { 10000 };
        for _ in 0..3 {
            let before = server.cpu()?;
            let outcome = swarm.drive(messages, 4, Pace::InFlight(in_flight))?;
            rate.push(messages as f64 / outcome.time.as_secs_f64());
            cpu.push((server.cpu()? - before).as_secs_f64() * 1e6 / messages as f64);
            let mut times = milliseconds(&outcome.acknowledged);
            p50.push(percentile(&mut times, 0.5));
            p99.push(percentile(&mut times, 0.99));
        }
        report.add(&format!("{in_flight} in flight: sends"), Kind::Snug, "/s", rate);
        report.add(&format!("{in_flight} in flight: CPU per send"), Kind::Snug, "us", cpu);
        report.add(&format!("{in_flight} in flight: ack p50"), Kind::Snug, "ms", p50);
        report.add(&format!("{in_flight} in flight: ack p99"), Kind::Snug, "ms", p99);
    }
    Ok(())
}
