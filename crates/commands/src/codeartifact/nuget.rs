//! NuGet, by its own tool and by `dotnet`.

use super::login::Login;
use oxaws_cli::Failure;
use oxaws_cli::written::program;

/// Adds the repository as a source, or updates the source that it is already.
///
/// # Errors
/// When the tool can't be run or fails.
pub fn login(login: &Login) -> Result<(), Failure> {
    let dotnet = login.tool == "dotnet";
    let listing = if dotnet {
        program::words(["dotnet", "nuget", "list", "source", "--format", "detailed"])
    } else {
        program::words(["nuget", "sources", "list", "-format", "detailed"])
    };
    let listed = program::capture(&listing).map_err(|e| login.not_run(login.tool, &listing, e))?;
    if !listed.status.success() {
        return Err(Failure::program_failed(program::failure_text(&listing, listed.status)));
    }
    let url = format!("{}v3/index.json", login.endpoint);
    let args = &login.call.args;
    let usual = format!("{}/{}", args.word("domain").unwrap_or_default(), args.word("repository").unwrap_or_default());
    let sources = sources(&String::from_utf8_lossy(&listed.stdout))?;
    let same_url = sources.iter().find(|(_, u)| *u == url).map(|(name, _)| name.clone());
    let (name, exists) = match same_url {
        Some(name) => (name, true),
        None => (usual.clone(), sources.iter().any(|(name, _)| *name == usual)),
    };
    let token = login.token.as_str();
    let verb = if exists { "update" } else { "add" };
    let command = match (dotnet, exists) {
        (false, _) => program::words([
            "nuget",
            "sources",
            verb,
            "-name",
            &name,
            "-source",
            &url,
            "-username",
            "aws",
            "-password",
            token,
        ]),
        (true, _) => {
            let (first, option, second) = if exists { (&name, "--source", &url) } else { (&url, "--name", &name) };
            program::words([
                "dotnet",
                "nuget",
                verb,
                "source",
                first,
                option,
                second,
                "--username",
                "aws",
                "--password",
                token,
                "--store-password-in-clear-text",
            ])
        }
    };
    let ui = login.call.cx.ui;
    if login.is_dry_run() {
        return ui.line(&command.join(" "));
    }
    let done = program::capture(&command).map_err(|e| login.not_run(login.tool, &command, e))?;
    if !done.status.success() {
        ui.line("Failed to update the NuGet.Config")?;
        return Err(login.failed(&command, &done));
    }
    ui.line(&if exists {
        format!("Updated source {name} in the NuGet.Config")
    } else {
        format!("Added source {name} to the user level NuGet.Config")
    })?;
    login.say_success("nuget")
}

/// Names and URLs in a listing: a line `1.  NAME [Enabled]`, then the URL.
fn sources(listing: &str) -> Result<Vec<(String, String)>, Failure> {
    let lines: Vec<&str> = listing.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let mut out: Vec<(String, String)> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(name) = source_name(line) else { continue };
        let url = lines.get(at + 1).ok_or_else(|| Failure::program_failed("list index out of range"))?;
        out.retain(|(n, _)| n != name);
        out.push((name.to_owned(), (*url).to_owned()));
    }
    Ok(out)
}

fn source_name(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() == line.len() {
        return None;
    }
    let rest = rest.strip_prefix('.')?;
    let rest = rest.strip_prefix(char::is_whitespace)?;
    let close = rest.rfind(']')?;
    let open = rest[..close].rfind('[')?;
    let name = rest[..open].strip_suffix(char::is_whitespace)?;
    (!name.is_empty()).then(|| name.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listings() {
        let text = "Registered Sources:\n\n  1.  nuget.org [Enabled]\n      https://a/index.json\n 10. d/r [Activé]\n  https://b\n";
        let expected = [("nuget.org", "https://a/index.json"), ("d/r", "https://b")];
        let found = sources(text).unwrap();
        assert_eq!(found, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert!(sources("1. x [E]").is_err());
    }
}
