//! Folders of kept tokens and credentials: JSON files, among others that are none of our business.

use oxaws_cli::Failure;
use oxaws_env::World;
use oxaws_value::{Map, Value, parse_json_bytes};
use std::path::{Path, PathBuf};

/// The files of a folder that hold a JSON object. A folder that is missing has none.
pub fn in_folder(world: &dyn World, folder: &Path) -> Vec<(PathBuf, Map)> {
    let mut found = Vec::new();
    for path in world.list(folder).unwrap_or_default() {
        if let Ok(contents) = world.read(&path)
            && let Ok(Value::Map(map)) = parse_json_bytes(&contents)
        {
            found.push((path, map));
        }
    }
    found
}

/// Removes a file. One that another process has removed already is gone as well.
///
/// # Errors
/// When it can't be removed.
pub fn remove(world: &dyn World, path: &Path) -> Result<(), Failure> {
    match world.remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::General(oxaws_input::paramfile::python_os_error(&e, &path.display().to_string())))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_env::Fixed;

    #[test]
    fn only_objects_are_looked_at() {
        let world = Fixed::new().with_file("/c/a.json", "{\"x\": 1}").with_file("/c/b", "[]").with_file("/c/d", "{");
        let found = in_folder(&world, Path::new("/c"));
        assert_eq!(found.len(), 1);
        assert!(remove(&world, &found[0].0).is_ok() && remove(&world, &found[0].0).is_ok());
        assert!(in_folder(&world, Path::new("/none")).is_empty());
    }
}
