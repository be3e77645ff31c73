//! `aws SERVICE wait CONDITION`: the condition is a command, whose arguments are those of the operation it polls.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::operation::skeleton;
use crate::plug::call::OperationCall;
use oxaws_model::{Operation, Service, Waiter};

/// The operation that a waiter polls.
///
/// # Errors
/// When the models contradict themselves.
pub(crate) fn polled(service: Service, waiter: Waiter) -> Result<Operation, Failure> {
    service.operation_named(waiter.operation()).ok_or_else(|| {
        Failure::bug(format!("the models have no operation {} for {}", waiter.operation(), waiter.name()))
    })
}

/// Waits.
///
/// # Errors
/// When the condition isn't met, and whatever ends a call badly.
pub(crate) fn run(mut call: OperationCall, waiter: Waiter) -> Result<Exit, Failure> {
    if let Some(exit) = skeleton::print_if_asked(&mut call)? {
        return Ok(exit);
    }
    // A waiter follows no pages: botocore's validation stumbles over the paging options. What customisations do before a
    // call of the operation isn't done: they know the command, and this one has another name.
    call.paging_as_parameters();
    oxaws_client::wait(call.cx.session, waiter, call.operation, call.input()?)?;
    Ok(Exit::Success)
}
