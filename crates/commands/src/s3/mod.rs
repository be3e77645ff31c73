//! `aws s3`: the commands that move objects. The engine below them is the crate `oxaws-transfer`.

mod cp;
mod filters;
mod ls;
mod mb;
mod mime;
mod mv;
mod options;
mod paths;
mod presign;
mod printer;
mod rb;
mod request_options;
mod rm;
mod same_path;
mod signals;
mod simple;
mod size;
mod sync;
mod transfer;
mod uri;
mod website;

use oxaws_cli::plug::registry::Command;

/// `aws s3`
pub static S3: Command = Command {
    name: "s3",
    options: &[],
    subcommands: &[
        &ls::LS,
        &website::WEBSITE,
        &cp::CP,
        &mv::MV,
        &rm::RM,
        &sync::SYNC,
        &mb::MB,
        &rb::RB,
        &presign::PRESIGN,
    ],
    run: None,
    help: "Moves objects to, from and within S3.",
};
