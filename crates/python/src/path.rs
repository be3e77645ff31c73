//! `os.path` of POSIX, without the file system.

use std::path::{Component, Path, PathBuf};

/// A leading `~` replaced by the home folder, `~name` by that of another user (`expanduser`).
/// `home` knows the home folder of a user, and that of whoever runs this under the empty name.
pub fn expand_user(path: &str, home: impl FnOnce(&str) -> Option<String>) -> String {
    let Some(after) = path.strip_prefix('~') else { return path.to_owned() };
    let (user, rest) = after.split_at(after.find('/').unwrap_or(after.len()));
    match home(user) {
        None => path.to_owned(),
        Some(home) => match format!("{}{rest}", home.trim_end_matches('/')) {
            root if root.is_empty() => "/".to_owned(),
            path => path,
        },
    }
}

/// `$VAR` and `${VAR}` replaced by the variables that are set; the others stay as they are (`expandvars`).
pub fn expand_vars(text: &str, var: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (name, end) = match after.strip_prefix('{').and_then(|b| b.find('}').map(|e| (&b[..e], e + 2))) {
            Some(braced) => braced,
            None => {
                let end = after.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(after.len());
                (&after[..end], end)
            }
        };
        match Some(name).filter(|name| !name.is_empty()).and_then(&var) {
            Some(value) => out.push_str(&value),
            None => out.push_str(&rest[at..at + 1 + end]),
        }
        rest = &after[end..];
    }
    out.push_str(rest);
    out
}

/// An absolute path with `.`, `..` and doubled slashes resolved by name (`abspath`). `cwd` is `None` where the current
/// folder is gone: a relative path stays as it is then, so that the system refuses it. It must never become a path below
/// `/`.
pub fn absolute(path: &str, cwd: Option<&Path>) -> PathBuf {
    match cwd {
        Some(cwd) => normal(&cwd.join(path)),
        None if path.starts_with('/') => normal(Path::new(path)),
        None => PathBuf::from(path),
    }
}

/// `normpath` of an absolute path.
pub fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::from("/");
    for part in path.components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            Component::Normal(name) => out.push(name),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    out
}

/// The last part of a path (`basename`).
pub fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// A path relative to `cwd` in Python's manner: `./name`, `folder/name`, `../x`.
pub fn relative(path: &Path, cwd: &Path) -> String {
    let text = path.to_string_lossy();
    let (folder, name) = match text.rfind('/') {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => ("", text.as_ref()),
    };
    let folder = match folder.trim_end_matches('/') {
        "" => "/",
        folder => folder,
    };
    let plain = !folder.contains("//") && !folder.contains("/.");
    if plain && let Some(rest) = folder.strip_prefix(cwd.to_string_lossy().as_ref()) {
        if rest.is_empty() {
            return format!("./{name}");
        }
        if let Some(rest) = rest.strip_prefix('/').filter(|_| cwd != Path::new("/")) {
            return format!("{rest}/{name}");
        }
    }
    let parts = |path: &Path| -> Vec<String> {
        normal(path).components().skip(1).map(|part| part.as_os_str().to_string_lossy().into_owned()).collect()
    };
    let (from, to) = (parts(cwd), parts(Path::new(folder)));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".to_owned(), from.len() - common);
    let all: Vec<String> = up.chain(to[common..].iter().cloned()).collect();
    let folder = if all.is_empty() { ".".to_owned() } else { all.join("/") };
    format!("{folder}/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_as_lines_show_them() {
        let cwd = Path::new("/home/u/w");
        let show = |p: &str| relative(Path::new(p), cwd);
        assert_eq!(show("/home/u/w/a"), "./a");
        assert_eq!(show("/home/u/w/d/a"), "d/a");
        assert_eq!(show("/home/u/w/d/"), "d/");
        assert_eq!(show("/home/u/x"), "../x");
        assert_eq!(show("/home/u/w2/x"), "../w2/x");
        assert_eq!(show("/home/u/w/d/../k"), "./k");
        assert_eq!(show("/home/u/w/d//e/k"), "d/e/k");
        assert_eq!(show("/home/u/w/d//k"), "d/k");
        assert_eq!(show("/proc/nope/a"), "../../../proc/nope/a");
        assert_eq!(relative(Path::new("/a"), Path::new("/")), "./a");
        assert_eq!(relative(Path::new("/b/a"), Path::new("/")), "b/a");
        assert_eq!(absolute("a/./b//../c/", Some(cwd)), Path::new("/home/u/w/a/c"));
        assert_eq!(absolute("", Some(cwd)), cwd);
        assert_eq!(absolute("/..", Some(cwd)), Path::new("/"));
    }

    #[test]
    fn nothing_is_relative_to_a_folder_that_is_gone() {
        assert_eq!(absolute("etc", None), Path::new("etc"));
        assert_eq!(absolute("/a/../b", None), Path::new("/b"));
        assert_eq!(base_name("a/b.txt"), "b.txt");
    }
}
