//! `aws deploy`: on-premises instances and revisions.

mod deregister;
mod instance;
mod push;
mod register;

pub use deregister::DEREGISTER;
pub use push::PUSH;
pub use register::REGISTER;
