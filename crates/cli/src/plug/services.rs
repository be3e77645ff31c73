//! The services that are commands: those that ship, and those whose models the user added, in the folders that
//! `AWS_DATA_PATH` names and in `~/.aws/models` (where `aws configure add-model` puts them).
//!
//! As in botocore, the latest version of a service counts, wherever it stands; of files of the same version counts that
//! of the first folder, and what ships comes last. What a user's folders don't say about a service that ships too is
//! taken from there. A model is compiled when its command runs, and no folder is looked into for a service that ships
//! unless there are such folders at all.

use crate::failure::Failure;
use oxaws_env::{World, expand_path, var};
use oxaws_failure::Cause;
use oxaws_model::{Pack, Service};
use oxaws_modelpack::{Part, UserModel, UserModelError, command_names, is_excluded};
use oxaws_pack::ServiceDocs;
use oxaws_value::parse_json;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Where models are that no variable names.
const FOLDER: &str = "~/.aws/models";
/// What a pack of a user's model says it was made from.
const SOURCE: &str = "a user's model";

/// The services that are commands.
pub struct Services<'a> {
    world: &'a dyn World,
    shipped: Pack,
    folders: OnceLock<Vec<PathBuf>>,
    compiled: Mutex<HashMap<String, Service>>,
}

/// A file of the latest version of a service.
struct Found {
    version: String,
    path: PathBuf,
}

impl std::fmt::Debug for Services<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Services({:?})", self.folders)
    }
}

impl<'a> Services<'a> {
    /// What ships, and what `world` has; nothing is read yet.
    pub fn new(world: &'a dyn World, shipped: Pack) -> Self {
        Services { world, shipped, folders: OnceLock::new(), compiled: Mutex::default() }
    }

    /// The models that ship.
    pub fn shipped(&self) -> Pack {
        self.shipped
    }

    /// Whether a service has this command.
    pub fn has(&self, command: &str) -> bool {
        self.shipped.service(command).is_some() || self.users(command).is_some()
    }

    /// The service of a command.
    ///
    /// # Errors
    /// When its model was added by the user and can't be used (255).
    pub fn find(&self, command: &str) -> Result<Option<Service>, Failure> {
        let shipped = self.shipped.service(command);
        let Some((directory, found)) = self.users(command) else { return Ok(shipped) };
        if shipped.is_some_and(|s| found.version.as_str() < s.api_version()) {
            return Ok(shipped);
        }
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(service) = compiled.get(command) {
            return Ok(Some(*service));
        }
        let facts: &'static [u8] = self.compile(&directory, &found, shipped)?.0.leak();
        let service = Pack::new(facts).ok().and_then(|pack| pack.services().next());
        if let Some(service) = service {
            compiled.insert(command.to_owned(), service);
        }
        Ok(service)
    }

    /// The names of the commands, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.shipped.service_names().map(|(name, _)| name.to_owned()).collect();
        for folder in self.folders() {
            for path in self.world.list(folder).unwrap_or_default() {
                let Some(directory) = path.file_name().and_then(|n| n.to_str()) else { continue };
                if !is_excluded(directory) && self.latest(directory, Part::Service).is_some() {
                    names.extend(command_names(directory).into_iter().map(str::to_owned));
                }
            }
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The documentation of a service.
    ///
    /// # Errors
    /// When it can't be had.
    pub fn docs(&self, service: Service) -> Result<ServiceDocs, Failure> {
        let failed = |e: oxaws_pack::DocsError| Failure::bug(e.to_string());
        if service.pack().source() != SOURCE {
            return oxaws_pack::docs(service).map_err(failed);
        }
        let (directory, shipped) = (service.directory(), self.shipped.service(service.cli_name()));
        let Some(found) = self.latest(directory, Part::Service) else {
            return Err(failed(oxaws_pack::DocsError::Missing));
        };
        let (_, docs) = self.compile(directory, &found, shipped)?;
        ServiceDocs::open(&docs, service).map_err(failed)
    }

    /// The folders with models that there are, in the order in which they count.
    fn folders(&self) -> &[PathBuf] {
        self.folders.get_or_init(|| {
            let named = self.world.var(var::AWS_DATA_PATH).unwrap_or_default();
            let named = named.split(':').filter(|path| !path.is_empty()).chain([FOLDER]);
            named.map(|path| expand_path(self.world, path)).filter(|path| self.world.is_folder(path)).collect()
        })
    }

    /// The directory of a command's service and its model there, where a user has one.
    fn users(&self, command: &str) -> Option<(String, Found)> {
        if self.folders().is_empty() {
            return None;
        }
        let directory = match self.shipped.service(command) {
            Some(service) => service.directory(),
            // A path is no name, and a directory's own name isn't always its command's.
            None if command.starts_with('.') || command.contains('/') || is_excluded(command) => return None,
            None => command_names(command).contains(&command).then_some(command)?,
        };
        self.latest(directory, Part::Service).map(|found| (directory.to_owned(), found))
    }

    /// The latest version of a file.
    fn latest(&self, directory: &str, part: Part) -> Option<Found> {
        let mut latest: Option<Found> = None;
        for folder in self.folders() {
            for entry in self.world.list(&folder.join(directory)).unwrap_or_default() {
                let Some(version) = entry.file_name().and_then(|n| n.to_str()) else { continue };
                let path = entry.join(format!("{}.json", part.stem()));
                if latest.as_ref().is_none_or(|l| l.version.as_str() < version) && self.world.is_file(&path) {
                    latest = Some(Found { version: version.to_owned(), path });
                }
            }
        }
        latest
    }

    /// A file of a version, in the first folder that has it.
    fn file(&self, directory: &str, version: &str, name: &str) -> Option<PathBuf> {
        let paths = self.folders().iter().map(|folder| folder.join(directory).join(version).join(name));
        paths.into_iter().find(|path| self.world.is_file(path))
    }

    fn compile(&self, directory: &str, found: &Found, shipped: Option<Service>) -> Result<(Vec<u8>, Vec<u8>), Failure> {
        let version = found.version.as_str();
        let mut model = UserModel::new(directory);
        for part in Part::ALL {
            let stem = part.stem();
            // Endpoint rules have versions of their own; the rest belongs to the model.
            let path = match part {
                Part::Service => Some(found.path.clone()),
                Part::Rules => self
                    .latest(directory, part)
                    .filter(|rules| shipped.is_none_or(|s| rules.version.as_str() >= s.api_version()))
                    .map(|rules| rules.path),
                Part::Paginators | Part::Waiters => self.file(directory, version, &format!("{stem}.json")),
            };
            if let Some(path) = path {
                self.read(&path, |bytes| model.add(part, bytes))?;
            } else if let Some(service) = shipped.filter(|s| part == Part::Rules || s.api_version() == version) {
                model.borrow(part, service);
            }
            let extras = self.file(directory, version, &format!("{stem}.sdk-extras.json"));
            if let Some(path) = extras.filter(|_| model.has(part)) {
                self.read(&path, |bytes| model.merge(part, bytes))?;
            }
        }
        model.compile(SOURCE, self.shipped.partitions()).map_err(|e| Failure::setting(Cause::of(e)))
    }

    /// Reads a file of a model. What is wrong with it is said in Python's words.
    fn read(&self, path: &Path, add: impl FnOnce(&[u8]) -> Result<(), UserModelError>) -> Result<(), Failure> {
        let shown = path.to_string_lossy();
        let bytes = self.world.read(path).map_err(|e| Failure::file(e, &*shown))?;
        add(&bytes).map_err(|error| {
            Failure::setting(match (oxaws_python::decode_utf8(&bytes), &error) {
                (Err(reason), _) => reason,
                (Ok(text), UserModelError::NotJson(_)) => match parse_json(text) {
                    Err(e) => e.to_string(),
                    Ok(_) => error.to_string(),
                },
                (Ok(_), _) => error.to_string(),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_env::Real;
    use std::fs;

    fn model(operation: &str) -> String {
        format!(
            r#"{{"metadata": {{"apiVersion": "x", "endpointPrefix": "mine", "protocol": "query", "serviceId": "Mine"}},
            "operations": {{"{operation}": {{"name": "{operation}", "documentation": "<p>Does it.</p>"}}}}, "shapes": {{}}}}"#
        )
    }

    /// Two folders of models, below a folder of the test's own.
    struct Folders(PathBuf);

    impl Folders {
        fn new(name: &str) -> Folders {
            Folders(std::env::temp_dir().join(format!("oxaws-models-{name}-{}", std::process::id())))
        }
        fn put(&self, path: &str, text: &str) {
            let path = self.0.join(path);
            fs::create_dir_all(path.parent().expect("a file in a folder")).expect("a writable folder");
            fs::write(path, text).expect("a writable folder");
        }
        fn services(&self) -> Services<'static> {
            let services = Services::new(&Real, oxaws_pack::facts());
            let folders = ["one", "two"].map(|name| self.0.join(name));
            services.folders.set(folders.into_iter().filter(|f| f.is_dir()).collect()).expect("nobody looked before");
            services
        }
    }

    impl Drop for Folders {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn operations(services: &Services, command: &str) -> Vec<&'static str> {
        let service = services.find(command).expect("a sound model").expect("a service");
        service.operation_names().map(|(name, _)| name).collect()
    }

    #[test]
    fn the_latest_version_counts_and_the_first_folder() {
        let folders = Folders::new("versions");
        folders.put("one/mine/2020-01-01/service-2.json", &model("OneOld"));
        folders.put("two/mine/2020-01-01/service-2.json", &model("TwoOld"));
        folders.put("two/mine/2020-02-01/paginators-1.json", "{}");
        assert_eq!(operations(&folders.services(), "mine"), ["one-old"]);
        folders.put("two/mine/2020-02-01/service-2.json", &model("TwoNew"));
        let services = folders.services();
        assert_eq!(operations(&services, "mine"), ["two-new"]);
        assert!(services.has("mine") && !services.has("other") && !services.has("../one/mine"));
        assert!(services.names().contains(&"mine".to_owned()) && services.names().contains(&"sts".to_owned()));
        let service = services.find("mine").expect("a sound model").expect("a service");
        let docs = services.docs(service).expect("documentation");
        assert_eq!(docs.operation(service.operation("two-new").expect("an operation")), "<p>Does it.</p>");
    }

    #[test]
    fn what_ships_is_replaced_by_the_same_version_or_a_later_one() {
        let folders = Folders::new("shipped");
        folders.put("one/sqs/2001-01-01/service-2.json", &model("TooOld"));
        let services = folders.services();
        assert!(operations(&services, "sqs").contains(&"send-message"));
        let service = services.find("sts").expect("a sound model").expect("a service");
        assert!(services.docs(service).is_ok());
        folders.put("one/sqs/2099-01-01/service-2.json", &model("Newer"));
        let newer = folders.services().find("sqs").expect("a sound model").expect("a service");
        assert!(newer.operation("newer").is_some() && !newer.rules().is_empty());
        // Renamed services keep their names.
        folders.put("one/codedeploy/2099-01-01/service-2.json", &model("Newer"));
        let services = folders.services();
        assert_eq!(operations(&services, "deploy"), ["newer"]);
        assert!(!services.has("codedeploy") && services.find("codedeploy").expect("no model to be broken").is_none());
    }

    #[test]
    fn broken_files_are_told_in_pythons_words() {
        let folders = Folders::new("broken");
        for (bytes, want) in [
            (&b"{\"a\":\n"[..], "Expecting value: line 2 column 1 (char 6)"),
            (b"", "Expecting value: line 1 column 1 (char 0)"),
            (b"\xff{}", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
            (b"[]", "'list' object has no attribute 'get'"),
        ] {
            let path = folders.0.join("one/bad/1/service-2.json");
            folders.put("one/bad/1/service-2.json", "");
            fs::write(path, bytes).expect("a writable folder");
            let failure = folders.services().find("bad").unwrap_err();
            assert_eq!((failure.message().as_ref(), failure.exit()), (want, crate::Exit::General));
        }
    }
}
