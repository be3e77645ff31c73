//! A call of a generated operation, as customisations see it.

use crate::argv::argparse::Parsed;
use crate::plug::argtable::ArgTable;
use crate::plug::context::Context;
use oxaws_client::Classes;
use oxaws_client::Paging;
use oxaws_model::Operation;
use oxaws_value::Map;

/// A call of an operation, as it grows from words to parameters.
pub struct OperationCall<'a> {
    /// Everything around it.
    pub cx: &'a Context<'a>,
    /// The operation.
    pub operation: Operation,
    /// The service's command name.
    pub service: &'a str,
    /// The operation's command name, as typed.
    pub name: &'a str,
    /// Its arguments.
    pub table: ArgTable,
    /// What was parsed.
    pub parsed: Parsed,
    /// The parameters.
    pub params: Map,
    /// Paging options.
    pub paging: Paging,
    /// Whether pages are followed.
    pub paginate: bool,
    /// The file that a streaming reply goes to.
    pub outfile: Option<String>,
    /// The file whose contents are the streaming body.
    pub body_file: Option<String>,
    /// What the parameters' classes were (messages show them as such).
    pub classes: Classes,
}

impl std::fmt::Debug for OperationCall<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OperationCall({:?})", self.operation)
    }
}
