//! What goes into a call, comes out of it and goes on the wire: data, and no more than that.

pub mod input;
pub mod outgoing;
pub mod reply;
pub mod signing;
pub mod stream;
