//! What aliases need to run: global options of their own, and the shell.

use crate::argv::globals::{FirstParse, Globals};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::plug::context::Context;
use oxaws_client::{Session, SessionOptions};
use oxaws_python::shlex;
use std::os::unix::process::ExitStatusExt;

/// The options of a value that would come too late: the session exists already.
const REFUSED: [&str; 2] = ["debug", "profile"];
/// Runs `then` with the global options that an alias' value gave over those of the command line.
pub(super) fn with_globals_of(
    cx: &Context,
    name: &str,
    parsed: &FirstParse,
    then: impl FnOnce(&Context) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let given = |dest: &str| parsed.options.get(dest).is_some();
    for option in REFUSED {
        if given(option) {
            return Err(Failure::setting(format!(
                "Global parameter \"--{option}\" detected in alias \"{name}\" which is not supported in subcommand \
                 aliases."
            )));
        }
    }
    let typed = Globals::from_parsed(&parsed.options)?;
    let mut globals = cx.globals.clone();
    let mut options: SessionOptions = cx.session.options().clone();
    let mut new_session = false;
    macro_rules! take {
        ($($field:ident = $dest:literal;)*) => {$(
            if given($dest) {
                globals.$field = typed.$field.clone();
            }
        )*};
    }
    macro_rules! take_for_session {
        ($($field:ident = $dest:literal;)*) => {$(
            if given($dest) {
                globals.$field = typed.$field.clone();
                options.$field = typed.$field.clone();
                new_session = true;
            }
        )*};
    }
    take! {
        paginate = "paginate";
        output = "output";
        query = "query";
        binary_format = "cli_binary_format";
        no_pager = "no_cli_pager";
        error_format = "cli_error_format";
    }
    take_for_session! {
        endpoint_url = "endpoint_url";
        verify_ssl = "verify_ssl";
        region = "region";
        sign_request = "sign_request";
        ca_bundle = "ca_bundle";
        read_timeout = "read_timeout";
        connect_timeout = "connect_timeout";
    }
    // The default of this one counts as not given.
    if typed.color != "auto" {
        globals.color = typed.color.clone();
    }
    let session;
    let mut inner = Context { globals: &globals, ..*cx };
    if new_session {
        session =
            Session::new(cx.world, cx.session.pack(), options, cx.session.cancel().clone()).observed_as(cx.session);
        inner.session = &session;
    }
    let result = then(&inner);
    match (result, &typed.error_format) {
        // Only here it is known that the alias asked for another form.
        (Err(failure), Some(format)) => {
            let failure = cx.line.without_secrets(failure);
            let class = failure.class();
            cx.policy.failed(&failure);
            Err(Failure::Written { exit: cx.ui.report(&failure, format, &globals.color), class })
        }
        (result, _) => result,
    }
}

/// Runs a shell script with the user's words behind it.
pub(super) fn run_script(cx: &Context, script: &str, args: &[String]) -> Result<Exit, Failure> {
    let mut line = script.to_owned();
    for arg in args {
        line.push(' ');
        line.push_str(&shlex::quote(arg));
    }
    let status =
        std::process::Command::new("/bin/sh").args(["-c", &line]).status().map_err(|e| Failure::file(e, "/bin/sh"))?;
    if cx.session.cancel().is_cancelled() {
        return Err(Failure::Interrupted);
    }
    Ok(Exit::Child(exit_byte(status.code(), status.signal())))
}

/// A child's end as a byte; a signal as Python's negative number.
fn exit_byte(code: Option<i32>, signal: Option<i32>) -> u8 {
    let number = match (code, signal) {
        (Some(code), _) => code,
        (None, Some(signal)) => -signal,
        (None, None) => -1,
    };
    number.rem_euclid(256) as u8
}

#[cfg(test)]
mod tests {
    use super::exit_byte;

    #[test]
    fn ends_of_children() {
        assert_eq!(exit_byte(Some(3), None), 3);
        assert_eq!(exit_byte(None, Some(9)), 247);
    }
}
