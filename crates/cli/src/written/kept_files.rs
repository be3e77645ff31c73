//! Folders of kept tokens and credentials: JSON files, among others that are none of our business.

use crate::failure::Failure;
use oxaws_env::{Put, PutMode, World};
use oxaws_value::{Map, Value, parse_json_bytes};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// How a user's file is written that holds a secret: 0600 from the start, also where it was there before with another mode;
/// its folder exists.
pub const SECRET: Put = Put { mode: PutMode::Private, follow: true, folders: false };

/// The files of a folder that hold a JSON object. A folder that is missing has none.
///
/// # Errors
/// When the folder is there and can't be read: what should be removed from it would stay.
pub fn in_folder(world: &dyn World, folder: &Path) -> Result<Vec<(PathBuf, Map)>, Failure> {
    let paths = match world.list(folder) {
        Ok(paths) => paths,
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(Vec::new()),
        Err(e) => return Err(Failure::file(e, folder.display().to_string())),
    };
    let mut found = Vec::new();
    for path in paths {
        // A pipe among them would be waited for.
        if world.is_file(&path)
            && let Ok(contents) = world.read(&path)
            && let Ok(Value::Map(map)) = parse_json_bytes(&contents)
        {
            found.push((path, map));
        }
    }
    Ok(found)
}

/// Makes the folder that a file is to be in, for its owner alone.
///
/// # Errors
/// When it can't be made: with the folder at fault, as Python's `os.makedirs` names it.
pub fn make_folder_of(world: &dyn World, path: &Path) -> Result<(), Failure> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    world.make_private_folders(folder).map_err(|(e, folder)| Failure::file(e, folder.display().to_string()))
}

/// Removes a file. One that another process has removed already is gone as well.
///
/// # Errors
/// When it can't be removed.
pub fn remove(world: &dyn World, path: &Path) -> Result<(), Failure> {
    match world.remove_file(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(Failure::file(e, path.display().to_string())),
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
        let found = in_folder(&world, Path::new("/c")).unwrap();
        assert_eq!(found.len(), 1);
        assert!(remove(&world, &found[0].0).is_ok() && remove(&world, &found[0].0).is_ok());
        assert!(in_folder(&world, Path::new("/none")).unwrap().is_empty());
    }
}
