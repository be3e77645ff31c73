//! What a command's end means: modes of exit codes, policies, the catalogue of classes, the result record.

pub mod partial;
