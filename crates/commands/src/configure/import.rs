//! `aws configure import`: credentials from the CSV text of the console.

use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::profile_file;
use oxaws_cli::{Exit, Failure};
use oxaws_python::split_lines;
use std::path::Path;

pub(super) static IMPORT: Command = Command {
    name: "import",
    options: &[
        Opt::value("csv", "The CSV text; `file://PATH` reads it from a file.").required().secret(),
        Opt::flag("skip-invalid", "Passes over rows that lack something in place of failing."),
        Opt::value("profile-prefix", "Put before the name of every profile."),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Imports credentials from the CSV text that the console makes: one profile for each row.",
};

/// The columns that are read, as messages name them.
const COLUMNS: [&str; 3] = ["User Name", "Access Key ID", "Secret Access key"];

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let csv = call.args.word("csv").unwrap_or_default();
    let path = Path::new(csv);
    if !csv.contains('\n') && !csv.is_empty() && (cx.world.is_file(path) || cx.world.is_folder(path)) {
        return Err(Failure::invalid(
            "You may be passing a file to import without the 'file://' prefix. To import a CSV file, use --csv \
             file://path/to/file.csv",
        ));
    }
    let file = cx.session.config_unchecked().credentials_file();
    profile_file::warn_if_permissive(cx, &file);
    let skip_invalid = call.args.flag("skip_invalid") == Some(true);
    let users = parse(csv, skip_invalid).map_err(Failure::invalid)?;
    let prefix = call.args.word("profile_prefix").unwrap_or_default();
    for [user, key, secret] in &users {
        let changes = [
            (super::ACCESS_KEY.to_owned(), key.as_str().into()),
            (super::SECRET_KEY.to_owned(), secret.as_str().into()),
        ];
        profile_file::update(cx, &file, &format!("{prefix}{user}"), &changes, false)?;
    }
    cx.ui.line(&format!("Successfully imported {} profile(s)", users.len()))?;
    Ok(Exit::Success)
}

/// User, key and secret of each row. Values can't be quoted.
fn parse(csv: &str, skip_invalid: bool) -> Result<Vec<[String; 3]>, String> {
    if csv.trim().is_empty() {
        return Err("Provided CSV contains no contents".into());
    }
    let mut lines = split_lines(csv);
    let headers: Vec<String> = lines.next().unwrap_or_default().split(',').map(header).collect();
    let mut places = [0; 3];
    for (place, column) in places.iter_mut().zip(COLUMNS) {
        let wanted = header(column);
        *place = headers
            .iter()
            .position(|h| *h == wanted)
            .ok_or_else(|| format!("Expected header \"{column}\" not found"))?;
    }
    let mut users = Vec::new();
    for (number, line) in lines.enumerate() {
        match row(line, places) {
            Ok(user) => users.push(user),
            Err(_) if skip_invalid => {}
            Err(column) => {
                return Err(format!(
                    "Failed to parse entry #{}: Row missing value for header \"{column}\"",
                    number + 1
                ));
            }
        }
    }
    Ok(users)
}

fn header(text: &str) -> String {
    text.strip_prefix('\u{feff}').unwrap_or(text).to_lowercase().trim().to_owned()
}

fn row(line: &str, places: [usize; 3]) -> Result<[String; 3], &'static str> {
    let values: Vec<&str> = line.split(',').map(str::trim).collect();
    let mut user = [const { String::new() }; 3];
    for ((value, place), column) in user.iter_mut().zip(places).zip(COLUMNS) {
        *value = values.get(place).filter(|v| !v.is_empty()).map(|v| (*v).to_owned()).ok_or(column)?;
    }
    Ok(user)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows() {
        let text = "\u{feff}User name,Password,Access key ID,Secret access key\r\nu,, AK ,SK\r\n,,x,y\r\n";
        let error = "Failed to parse entry #2: Row missing value for header \"User Name\"";
        assert_eq!(parse(text, false), Err(error.into()));
        assert_eq!(parse(text, true), Ok(vec![["u".into(), "AK".into(), "SK".into()]]));
        assert_eq!(parse("a,b\n1,2\n", false), Err("Expected header \"User Name\" not found".into()));
        assert_eq!(parse(" \n", false), Err("Provided CSV contains no contents".into()));
        let short = parse("user name,access key id,secret access key\nu,AK\n", false);
        assert_eq!(short, Err("Failed to parse entry #1: Row missing value for header \"Secret Access key\"".into()));
    }
}
