//! What the tests of this workspace share: the real executable with a clean home, a stub server with canned replies,
//! real servers, and snapshots that hold exit code, standard output and standard error together.
//!
//! Development code: nothing in `crates/` may depend on it outside `[dev-dependencies]`.

pub mod aws;
pub mod fault;
pub mod memory;
pub mod moto;
pub mod pattern;
pub mod proxy;
pub mod rclone;
#[cfg(feature = "s3")]
pub mod s3;
pub mod scratch;
pub mod stub;
#[cfg(feature = "s3")]
pub mod tls;
