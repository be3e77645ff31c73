//! From the text of the command line to values: shorthand, JSON, YAML, base64, parameter files, page tokens; and the
//! words in which Python speaks of values, files and near misses, which the AWS CLI's messages are made of.
//!
//! Nothing here knows the service models.

pub mod blob;
pub mod json_arg;
pub mod paramfile;
pub mod shorthand;
pub mod token;
pub mod yaml;
