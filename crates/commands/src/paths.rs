//! Paths as Python's `os.path` makes them.

use oxaws_cli::Failure;
use oxaws_env::World;
use std::path::{Component, Path, PathBuf};

/// `expanduser`: a leading `~` is the home folder.
pub fn home(world: &dyn World, path: &str) -> String {
    match (path.strip_prefix('~'), world.home()) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
            format!("{}{rest}", home.display().to_string().trim_end_matches('/'))
        }
        _ => path.to_owned(),
    }
}

/// `abspath`: from the root, without `.` and `..`.
///
/// # Errors
/// When there is no current folder.
pub fn absolute(world: &dyn World, path: &str) -> Result<PathBuf, Failure> {
    if path.starts_with('/') {
        return Ok(normal(Path::new(path)));
    }
    let folder = world.current_dir().map_err(Failure::from)?;
    Ok(normal(&folder.join(path)))
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
pub fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_env::Fixed;

    #[test]
    fn as_in_python() {
        let world = Fixed::new().with_var("HOME", "/home/u");
        assert_eq!(home(&world, "~/a"), "/home/u/a");
        assert_eq!(home(&world, "~x/a"), "~x/a");
        assert_eq!(absolute(&world, "/a/../b/./c").unwrap(), PathBuf::from("/b/c"));
        assert_eq!(last_part("a/b.txt"), "b.txt");
    }
}
