//! The models that ship with the program.

mod docs;

pub use docs::{DocsError, ServiceDocs};

use oxaws_model::{Pack, Service};

static FACTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/facts.pack"));
static DOCS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/docs.pack"));

/// The facts of all services.
pub fn facts() -> Pack {
    // The build script wrote these bytes with the same crate that reads them.
    Pack::new(FACTS).expect("the embedded pack is of this version")
}

/// The documentation of a service of [`facts`].
///
/// # Errors
/// When the block can't be unpacked.
pub fn docs(service: Service) -> Result<ServiceDocs, DocsError> {
    ServiceDocs::open(DOCS, service)
}
