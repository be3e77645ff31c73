//! The real executable against real servers: `cargo xtask test` prepares them and names the executable in `OXAWS_AWS`.
//!
//! Each test holds exit code, standard output and standard error together; `[..]` stands for what differs from run to
//! run. Any program with the command line of AWS CLI v2 passes.

mod aliases;
mod answers;
mod bad_input;
mod changing;
mod ec2;
mod expiring;
mod faults;
mod full_disk;
mod https;
mod json;
mod local_errors;
mod places;
mod process;
mod query;
mod rest;
mod s3;
mod s3_commands;
mod secrets;
mod servers;
mod terminal;
mod written;
