//! `aws logs`

mod tail;

pub use tail::TAIL;
