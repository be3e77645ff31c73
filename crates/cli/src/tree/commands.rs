//! Where commands are found: services with their operations and waiters, and hand-written commands.

use crate::plug::context::Context;
use crate::plug::registry::{Command, Registry};
use crate::plug::services::Services;
use oxaws_model::{Operation, Service, Waiter};

/// The command of a service that its waiters are below. Customisations know waiters by it: those of all services apply to
/// them, those of one service don't.
pub const WAIT: &str = "wait";

/// Where commands are found.
#[derive(Clone, Copy)]
pub struct Tree<'a> {
    /// The services.
    pub services: &'a Services<'a>,
    /// Hand-written commands, renamed and removed operations.
    pub registry: &'static Registry,
}

/// A command.
#[derive(Clone, Copy)]
pub enum Node {
    /// A hand-written command.
    Written(&'static Command),
    /// A service.
    Service(Service),
    /// The command that a service's waiters are below.
    Waiters(Service),
    /// An operation.
    Operation(Operation),
    /// A waiter.
    Waiter(Waiter),
}

impl<'a> Context<'a> {
    /// Where commands are found.
    pub fn tree(&self) -> Tree<'a> {
        Tree { services: self.services, registry: self.registry }
    }
}

impl Tree<'_> {
    /// The command `name` of the top level. A service whose model can't be read counts as none.
    pub fn top(self, name: &str) -> Option<Node> {
        if let Some(written) = self.registry.commands_under(&[]).find(|c| c.name == name) {
            return Some(Node::Written(written));
        }
        self.services.find(name).ok().flatten().map(Node::Service)
    }

    /// The command `name` below `node`, which is at `path`.
    pub fn child(self, node: Node, path: &[&str], name: &str) -> Option<Node> {
        let placed = || self.registry.commands_under(path).find(|c| c.name == name);
        match node {
            Node::Written(command) => {
                let own = command.subcommands.iter().copied().find(|c| c.name == name);
                placed().or(own).map(Node::Written)
            }
            Node::Service(service) => {
                if let Some(written) = placed() {
                    return Some(Node::Written(written));
                }
                if name == WAIT && service.waiters().len() > 0 {
                    return Some(Node::Waiters(service));
                }
                let command = path.last().copied().unwrap_or_default();
                find_operation(self.registry, service, command, name).map(Node::Operation)
            }
            Node::Waiters(service) => service.waiters().find(|w| w.cli_name() == name).map(Node::Waiter),
            Node::Operation(_) | Node::Waiter(_) => None,
        }
    }

    /// The command at `path`.
    pub fn at(self, path: &[&str]) -> Option<Node> {
        let (top, below) = path.split_first()?;
        let mut node = self.top(top)?;
        for (at, name) in below.iter().enumerate() {
            node = self.child(node, &path[..=at], name)?;
        }
        Some(node)
    }
}

impl Node {
    /// Whether it takes options of its own: an operation, a waiter, or a hand-written command that does something. The
    /// aliases below those are bags of options.
    pub fn takes_options(self) -> bool {
        match self {
            Node::Written(command) => command.run.is_some(),
            Node::Operation(_) | Node::Waiter(_) => true,
            Node::Service(_) | Node::Waiters(_) => false,
        }
    }
}

/// Whether `name` is a service, a hand-written command or `help`.
pub(crate) fn is_command(services: &Services, registry: &'static Registry, name: &str) -> bool {
    name == "help" || services.has(name) || registry.commands_under(&[]).any(|c| c.name == name)
}

/// The operation that the command `name` of a service stands for.
pub(crate) fn find_operation(registry: &Registry, service: Service, command: &str, name: &str) -> Option<Operation> {
    if registry.is_removed(command, name) {
        return None;
    }
    if let Some(rename) = registry.renames.iter().find(|r| r.service == command && r.to == name) {
        return service.operation(rename.from);
    }
    if registry.renames.iter().any(|r| r.service == command && r.from == name && !r.keep) {
        return None;
    }
    service.operation(name)
}

/// The names of a service's commands.
pub(crate) fn service_command_names(registry: &Registry, service: Service, command: &str) -> Vec<&'static str> {
    let mut names: Vec<&'static str> =
        service.operation_names().flat_map(|(name, _)| registry.operation_commands(command, name)).collect();
    names.extend(registry.commands_under(&[command]).map(|c| c.name));
    if service.waiters().len() > 0 {
        names.push("wait");
    }
    names.push("help");
    names
}
