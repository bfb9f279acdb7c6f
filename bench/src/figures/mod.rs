//! What is measured, a file for each group of figures.

mod changes;
mod fanout;
mod latency;
mod memory;
mod pages;
mod presence;
mod sends;
mod sidebar;
mod signins;
mod stand;
mod start;
mod storm;

use clap::ValueEnum;

pub use self::stand::Bench;
use self::stand::{Stand, each, in_turn};
use crate::{Result, machine::Others};

/// A group of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Group {
    /// CPU per delivery and deliveries a second
    Fanout,
    /// Durable sends a second
    Sends,
    /// Durable edits and reactions a second
    Changes,
    /// Time from a send to the last delivery
    Latency,
    /// Memory of an idle server, of idle sockets, and after sign-ins
    Memory,
    /// Sockets that come back all at once
    Storm,
    /// Pages a second
    Pages,
    /// A page beside a list of 500 rooms, with what is new in each
    Sidebar,
    /// What it costs that people come and go where thousands watch
    Presence,
    /// Time from the start to the first page
    Start,
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
            Group::Changes => changes::measure(self),
            Group::Latency => latency::measure(self),
            Group::Memory => memory::measure(self).and_then(|()| signins::measure(self)),
            Group::Storm => storm::measure(self),
            Group::Pages => pages::measure(self),
            Group::Sidebar => sidebar::measure(self),
            Group::Presence => presence::measure(self),
            Group::Start => start::measure(self),
        }
    }
}
