//! What is measured, a file for each group of figures.

mod fanout;
mod latency;
mod memory;
mod pages;
mod sends;
mod start;
mod storm;

use std::time::Duration;

use clap::ValueEnum;

use crate::{
    Result,
    machine::Others,
    report::Report,
    server::{Kind, Programs, Server},
    swarm::{Outcome, Pace, Swarm},
};

/// A group of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Group {
    /// CPU per delivery and deliveries a second
    Fanout,
    /// Durable sends a second
    Sends,
    /// Time from a send to the last delivery
    Latency,
    /// Memory of an idle server and of idle sockets
    Memory,
    /// Sockets that come back all at once
    Storm,
    /// Pages a second
    Pages,
    /// Time from the start to the first page
    Start,
}

/// Everything that a measurement needs.
pub struct Bench {
    /// The servers.
    pub programs: Programs,
    /// Where figures go.
    pub report: Report,
    /// Samples of each figure.
    pub repetitions: usize,
    /// How long a sample takes.
    pub time: Duration,
    /// Only the figures that budgets are about.
    pub quick: bool,
}

impl Bench {
    /// Measures a group, and notes how busy the machine was with other things.
    ///
    /// # Errors
    /// A server does not start, or something is incomplete.
    pub fn measure(&mut self, group: Group) -> Result<()> {
        let others = Others::watch()?;
        self.figures(group)?;
        self.report.disturbed(others.cores()?);
        Ok(())
    }

    fn figures(&mut self, group: Group) -> Result<()> {
        match group {
            Group::Fanout => fanout::measure(self),
            Group::Sends => sends::measure(self),
            Group::Latency => latency::measure(self),
            Group::Memory => memory::measure(self),
            Group::Storm => storm::measure(self),
            Group::Pages => pages::measure(self),
            Group::Start => start::measure(self),
        }
    }
}

/// A server with its sockets, ready to be measured.
struct Stand {
    server: Server,
    swarm: Swarm,
    senders: usize,
}

/// One sample.
struct Sample {
    outcome: Outcome,
    cpu: Duration,
}

impl Stand {
    /// One room, in which the first sockets write.
    fn one_room(kind: Kind, programs: &Programs, subscribers: usize) -> Result<Self> {
        let (server, mut swarm) = (Server::start(kind, programs)?, Swarm::new()?);
        swarm.join(&server, "lobby", subscribers)?;
        Ok(Self { server, swarm, senders: subscribers.min(4) })
    }

    /// Many rooms, in each of which one socket writes.
    fn many_rooms(kind: Kind, programs: &Programs, rooms: usize, subscribers: usize) -> Result<Self> {
        let (server, mut swarm) = (Server::start(kind, programs)?, Swarm::new()?);
        for room in 0..rooms {
            let name = format!("bench-{room}");
            server.make_room(&name)?;
            swarm.join(&server, &name, subscribers)?;
        }
        Ok(Self { server, swarm, senders: 1 })
    }

    fn sample(&mut self, time: Duration, pace: Pace) -> Result<Sample> {
        let before = self.server.cpu()?;
        let outcome = self.swarm.drive(time, self.senders, pace)?;
        Ok(Sample { outcome, cpu: self.server.cpu()?.saturating_sub(before) })
    }
}

/// Takes samples of all servers in turn, so that a busy minute of the machine is in the figures of each; the first round is to warm up.
fn in_turn(stands: &mut [Stand], bench: &Bench, pace: impl Fn(Kind) -> Pace) -> Result<Vec<Vec<Sample>>> {
    let mut samples: Vec<_> = stands.iter().map(|_| Vec::new()).collect();
    for round in 0..=bench.repetitions {
        for (stand, samples) in stands.iter_mut().zip(&mut samples) {
            let time = if round == 0 { bench.time / 4 } else { bench.time };
            let sample = stand.sample(time, pace(stand.server.kind))?;
            if round > 0 {
                samples.push(sample);
            }
        }
    }
    Ok(samples)
}

fn each(samples: &[Sample], figure: impl Fn(&Sample) -> f64) -> Vec<f64> {
    samples.iter().map(figure).collect()
}

impl Sample {
    fn cpu_per_delivery(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.outcome.deliveries as f64
    }

    fn deliveries_per_second(&self) -> f64 {
        self.outcome.deliveries as f64 / self.outcome.time.as_secs_f64()
    }

    fn sends(&self) -> f64 {
        self.outcome.acknowledged.len() as f64
    }
}
