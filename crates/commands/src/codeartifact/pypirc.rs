//! twine's file `~/.pypirc`: an INI file that is rewritten whole, as Python's `configparser` writes one.

use super::login::Login;
use oxaws_cli::Failure;
use oxaws_cli::written::kept_files::SECRET;
use oxaws_env::expand_user;
use oxaws_python::decode_utf8;
use std::io::ErrorKind;
use std::path::Path;

/// A section with its options, in order.
type Sections = Vec<(String, Vec<(String, String)>)>;

/// Puts the repository into the file.
///
/// # Errors
/// When a file that is there is no good, or can't be written.
pub fn login(login: &Login) -> Result<(), Failure> {
    let cx = login.call.cx;
    let path = expand_user(cx.world, "~/.pypirc");
    let failed = |e: std::io::Error| Failure::unreadable(e, &path);
    let _lock = cx.world.lock_folder_of(Path::new(&path));
    let there = match cx.world.read(Path::new(&path)) {
        Ok(bytes) => Some(decode_utf8(&bytes).map(str::to_owned)),
        Err(e) if e.kind() == ErrorKind::NotFound => None,
        // Python's `configparser` passes over what it can't open, and then misses the section that must be there: so what
        // can't be read isn't written over.
        Err(_) => Some(Ok(String::new())),
    };
    let mut sections = match there {
        Some(text) => match text.and_then(|text| parse(&text, &path)).and_then(with_server) {
            Ok(sections) => sections,
            Err(why) => {
                cx.ui.line(&format!("{path} is in an invalid state."))?;
                return Err(Failure::input_file(why));
            }
        },
        None => vec![("distutils".to_owned(), vec![("index-servers".to_owned(), "\npypi\ncodeartifact".to_owned())])],
    };
    for (key, value) in [("repository", login.endpoint.as_str()), ("username", "aws"), ("password", &login.token)] {
        set(&mut sections, "codeartifact", key, value);
    }
    let text = write(&sections);
    if login.is_dry_run() {
        return cx.ui.text(&format!(
            "Dryrun mode is enabled, not writing to pypirc.\n{path} would have been set to the following:\n\n{text}\n"
        ));
    }
    cx.world.put(Path::new(&path), text.as_bytes(), SECRET).map_err(failed)?;
    login.say_success("twine")
}

fn set(sections: &mut Sections, section: &str, key: &str, value: &str) {
    if !sections.iter().any(|(name, _)| name == section) {
        sections.push((section.to_owned(), Vec::new()));
    }
    let Some((_, options)) = sections.iter_mut().find(|(name, _)| name == section) else { return };
    match options.iter_mut().find(|(k, _)| k == key) {
        Some(there) => there.1 = value.to_owned(),
        None => options.push((key.to_owned(), value.to_owned())),
    }
}

/// With `codeartifact` among the servers.
fn with_server(mut sections: Sections) -> Result<Sections, String> {
    let found = sections.iter_mut().find(|(name, _)| name == "distutils").ok_or("No section: 'distutils'")?;
    let servers = found.1.iter_mut().find(|(k, _)| k == "index-servers");
    let servers = servers.ok_or("No option 'index-servers' in section: 'distutils'")?;
    let mut names: Vec<&str> = servers.1.split('\n').map(str::trim).filter(|n| !n.is_empty()).collect();
    if !names.contains(&"codeartifact") {
        names.push("codeartifact");
        servers.1 = format!("\n{}", names.join("\n"));
    }
    Ok(sections)
}

/// Reads what Python's `RawConfigParser` reads.
fn parse(text: &str, path: &str) -> Result<Sections, String> {
    let mut sections: Sections = Vec::new();
    // The indentation of the option whose value may go on.
    let mut open: Option<usize> = None;
    let shown = |line: &str| oxaws_python::repr_str(line);
    for (at, line) in text.lines().enumerate() {
        let number = at + 1;
        let bare = line.trim();
        if bare.starts_with(['#', ';']) {
            continue;
        }
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        let option = sections.last_mut().and_then(|(_, options)| options.last_mut());
        if bare.is_empty() {
            if let (Some(_), Some(option)) = (open, option) {
                option.1.push('\n');
            }
            continue;
        }
        if let (Some(level), Some(option)) = (open, option)
            && indent > level
        {
            option.1.push('\n');
            option.1.push_str(bare);
            continue;
        }
        if let Some(rest) = bare.strip_prefix('[')
            && let Some(end) = rest.find(']').filter(|e| *e > 0)
        {
            let name = &rest[..end];
            if sections.iter().any(|(n, _)| n == name) {
                return Err(format!(
                    "While reading from {} [line {number:2}]: section {} already exists",
                    shown(path),
                    shown(name)
                ));
            }
            sections.push((name.to_owned(), Vec::new()));
            open = None;
            continue;
        }
        let Some((name, options)) = sections.last_mut() else {
            return Err(format!(
                "File contains no section headers.\nfile: {}, line: {number}\n{}",
                shown(path),
                shown(&format!("{line}\n"))
            ));
        };
        let Some((key, value)) = bare.split_once(['=', ':']).filter(|(k, _)| !k.trim().is_empty()) else {
            return Err(format!(
                "Source contains parsing errors: {}\n\t[line {number:2}]: {}",
                shown(path),
                shown(&format!("{line}\n"))
            ));
        };
        let key = key.trim().to_lowercase();
        if options.iter().any(|(k, _)| *k == key) {
            return Err(format!(
                "While reading from {} [line {number:2}]: option {} in section {} already exists",
                shown(path),
                shown(&key),
                shown(name)
            ));
        }
        options.push((key, value.trim().to_owned()));
        open = Some(indent);
    }
    for (_, options) in &mut sections {
        for (_, value) in options.iter_mut() {
            *value = value.trim_end().to_owned();
        }
    }
    Ok(sections)
}

fn write(sections: &Sections) -> String {
    let mut out = String::new();
    for (name, options) in sections {
        out.push_str(&format!("[{name}]\n"));
        for (key, value) in options {
            out.push_str(&format!("{key} = {}\n", value.replace('\n', "\n\t")));
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_and_written() {
        let text =
            "[distutils]\nindex-servers =\n    pypi\n    mine\n# x\n[mine]\nRepository: https://m\n\nuser = a=b\n";
        let sections = with_server(parse(text, "f").unwrap()).unwrap();
        assert_eq!(
            write(&sections),
            "[distutils]\nindex-servers = \n\tpypi\n\tmine\n\tcodeartifact\n\n[mine]\nrepository = https://m\nuser = a=b\n\n"
        );
    }

    #[test]
    fn bad_files() {
        assert!(parse("a = b\n", "f").unwrap_err().starts_with("File contains no section headers."));
        assert!(parse("[a]\nb\n", "f").is_err());
        assert!(parse("[a]\n[a]\n", "f").unwrap_err().contains("already exists"));
        assert_eq!(with_server(Vec::new()).unwrap_err(), "No section: 'distutils'");
    }
}
