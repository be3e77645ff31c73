//! What a command has around it.

use crate::argv::globals::Globals;
use crate::failure::Failure;
use crate::plug::registry::Registry;
use crate::plug::services::Services;
use crate::policy::Policy;
use crate::term::ui::Ui;
use oxaws_client::Session;
use oxaws_env::World;

/// What a command has around it.
pub struct Context<'a> {
    /// The outside world.
    pub world: &'a dyn World,
    /// The global options.
    pub globals: &'a Globals,
    /// Configuration, credentials and connections, each read at first use.
    pub session: &'a Session<'a>,
    /// The services that are commands.
    pub services: &'a Services<'a>,
    /// The terminal.
    pub ui: &'a Ui<'a>,
    /// Commands and customisations.
    pub registry: &'static Registry,
    /// What the run's end means.
    pub policy: &'a Policy,
    /// The command line, for observers that write it down.
    pub line: &'a dyn CommandLine,
}

/// The command line of a run, without its secrets.
pub trait CommandLine {
    /// The arguments with their secrets replaced.
    fn shown(&self) -> &[String];
    /// A failure whose message repeats no secret of the line. What a service answered stays as it is.
    fn without_secrets(&self, failure: Failure) -> Failure;
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Context({:?})", self.globals)
    }
}
