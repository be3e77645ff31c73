//! What a command has around it.

use crate::argv::globals::Globals;
use crate::plug::registry::Registry;
use crate::plug::services::Services;
use crate::term::ui::Ui;
use crate::watch::secrets::Line;
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
    /// The command line, for whoever writes it down.
    pub line: &'a Line<'a>,
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Context({:?})", self.globals)
    }
}
