//! Service models: a zero-copy view of the compiled facts.
//!
//! A [`Pack`] is bytes in the layout of `format`. [`Service`], [`Operation`], [`Shape`] and [`Member`] are `Copy`
//! handles into it: reading allocates nothing, and bytes that are cut short or wrong read as empty, never as a panic.

pub mod endpoint_format;
pub mod format;
mod member;
pub mod names;
mod operation;
mod pack;
mod paginator;
mod service;
mod shape;
mod waiter;

pub use member::{Location, Member};
pub use operation::{ChecksumTrait, ContextParam, Operation};
pub use pack::{Pack, PackError};
pub use paginator::Paginator;
pub use service::{AuthScheme, Protocol, Service, SignatureVersion};
pub use shape::{Shape, ShapeKind, TimestampFormat, XmlNamespace};
pub use waiter::{Acceptor, AcceptorState, Matcher, Waiter};
