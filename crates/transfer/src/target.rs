//! Where requests for a bucket go and how they are signed: the client is asked once for a bucket and operation.

use crate::operation::Op;
use oxaws_client::{CallError, Route, ServiceClient, Session, Signing};
use oxaws_model::Operation;
use std::sync::{Arc, Mutex, PoisonError};

/// Where an operation on a bucket goes.
#[derive(Debug)]
pub(crate) struct Target {
    /// The model's view of the operation.
    pub(crate) operation: Operation,
    /// `http` or `https`, host and the path before the key, without a `/` at its end.
    pub(crate) base: String,
    /// Where the path begins in `base`.
    pub(crate) path_at: usize,
    pub(crate) https: bool,
    /// Headers that the rules ask for.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) signing: Signing,
}

/// A bucket with its targets.
#[derive(Debug)]
pub(crate) struct Bucket {
    pub(crate) name: String,
    targets: [Mutex<Option<Arc<Target>>>; Op::COUNT],
    pub(crate) invalid: bool,
}

impl Bucket {
    pub(crate) fn new(name: &str) -> Self {
        Bucket { name: name.to_owned(), targets: Default::default(), invalid: !crate::validate::is_bucket_name(name) }
    }

    pub(crate) fn target(&self, client: &ServiceClient, session: &Session, op: Op) -> Result<Arc<Target>, CallError> {
        let mut held = self.targets[op as usize].lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(target) = &*held {
            return Ok(target.clone());
        }
        let operation = client
            .service
            .operation_named(op.name())
            .ok_or_else(|| CallError::bug(format!("the model has no operation {}", op.name())))?;
        let target = Arc::new(Target::new(operation, client.route(session, operation, &self.name)?)?);
        *held = Some(target.clone());
        Ok(target)
    }
}

impl Target {
    fn new(operation: Operation, route: Route) -> Result<Target, CallError> {
        let base = route.url.trim_end_matches('/').to_owned();
        let host_at =
            base.find("://").map(|at| at + 3).ok_or_else(|| CallError::invalid(format!("Invalid endpoint: {base}")))?;
        let path_at = base[host_at..].find('/').map_or(base.len(), |at| host_at + at);
        let (headers, signing) = (route.headers, route.signing);
        Ok(Target { operation, https: base.starts_with("https://"), base, path_at, headers, signing })
    }
}
