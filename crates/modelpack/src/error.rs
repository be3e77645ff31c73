//! Why a model can't be compiled.

use std::fmt;

/// Why a model can't be compiled; names the service and what in it is unknown or missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelError {
    /// The service's directory.
    pub service: String,
    /// What is wrong, with its place in the model.
    pub what: String,
}

impl ModelError {
    /// An error about `service`.
    pub fn new(service: &str, what: impl Into<String>) -> Self {
        ModelError { service: service.into(), what: what.into() }
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "model of {}: {}", self.service, self.what)
    }
}

impl std::error::Error for ModelError {}
