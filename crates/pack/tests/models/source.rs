//! The models as JSON: read plainly, and by other code than that which compiled them.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Not a command, as two directories have its service id.
const LEFT_OUT: &str = "sms-voice";

/// What the build read: a wheel or a folder, and the project's overlay.
pub struct Source {
    base: Base,
    overlay: PathBuf,
    names: BTreeSet<String>,
}

enum Base {
    Wheel(zip::ZipArchive<File>),
    Folder(PathBuf),
}

/// The files of a service's model.
#[derive(Clone)]
pub struct Json {
    pub directory: String,
    pub service: Value,
    pub paginators: Value,
    pub waiters: Value,
    pub rules: Value,
}

impl Source {
    /// Opens what the build script compiled.
    ///
    /// Panics when it isn't there (any more): models that can't be compared must not count as compared.
    pub fn open() -> Source {
        let path = Path::new(env!("OXAWS_PACK_SOURCE"));
        assert!(
            path.as_os_str() != "",
            "the packs were not compiled here but came finished, so there is nothing to compare them with: build with \
             OXAWS_MODELS set to the pinned wheel or to an unpacked botocore/data folder"
        );
        assert!(
            path.exists(),
            "{} is gone, which the packs were compiled from: touch crates/pack/build.rs",
            path.display()
        );
        let overlay = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/overlay");
        let mut names = listed(&overlay);
        let base = if path.is_dir() {
            names.extend(listed(path));
            Base::Folder(path.to_owned())
        } else {
            let file = File::open(path).expect("the wheel opens");
            let archive = zip::ZipArchive::new(file).expect("the wheel is a zip file");
            names.extend(archive.file_names().filter_map(|n| n.strip_prefix("botocore/data/")).map(str::to_owned));
            Base::Wheel(archive)
        };
        Source { base, overlay, names }
    }

    /// Every directory that is a command, with its newest version.
    pub fn services(&self) -> BTreeMap<String, String> {
        let mut newest = BTreeMap::new();
        // The names are sorted, so the newest comes last.
        for name in &self.names {
            if let [service, version, "service-2.json" | "service-2.json.gz"] = name.split('/').collect::<Vec<_>>()[..]
                && service != LEFT_OUT
            {
                newest.insert(service.to_owned(), version.to_owned());
            }
        }
        newest
    }

    /// A service's model with its extras.
    pub fn service(&mut self, directory: &str, version: &str) -> Json {
        let mut read = |file: &str| {
            let mut value = self.json(&format!("{directory}/{version}/{file}"));
            for kind in ["sdk-extras", "cli-extras"] {
                let extras = self.json(&format!("{directory}/{version}/{file}.{kind}"));
                for (key, extra) in extras["merge"].as_object().into_iter().flatten() {
                    lay_over(&mut value[key.as_str()], extra);
                }
            }
            value
        };
        Json {
            directory: directory.to_owned(),
            service: read("service-2"),
            paginators: read("paginators-1"),
            waiters: read("waiters-2"),
            rules: read("endpoint-rule-set-1"),
        }
    }

    /// A file's JSON; null where there is none.
    fn json(&mut self, stem: &str) -> Value {
        let plain = format!("{stem}.json");
        let packed = format!("{stem}.json.gz");
        let name = if self.names.contains(&plain) { plain } else { packed };
        if !self.names.contains(&name) {
            return Value::Null;
        }
        let mut bytes = Vec::new();
        let over = self.overlay.join(&name);
        match &mut self.base {
            _ if over.is_file() => bytes = std::fs::read(&over).expect("the overlay's file can be read"),
            Base::Folder(folder) => bytes = std::fs::read(folder.join(&name)).expect("the file can be read"),
            Base::Wheel(archive) => {
                let mut file = archive.by_name(&format!("botocore/data/{name}")).expect("the wheel lists the file");
                file.read_to_end(&mut bytes).expect("the wheel is whole");
            }
        }
        if name.ends_with(".gz") {
            let mut text = Vec::new();
            flate2::read::GzDecoder::new(&bytes[..])
                .read_to_end(&mut text)
                .expect("the file is compressed as its name says");
            bytes = text;
        }
        serde_json::from_slice(&bytes).unwrap_or_else(|e| panic!("{name}: {e}"))
    }
}

/// `service/version/file` for all files at that depth.
fn listed(folder: &Path) -> BTreeSet<String> {
    let inside = |folder: &Path| {
        let list = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        list.map(|entry| entry.expect("the folder can be read").path()).collect::<Vec<_>>()
    };
    let folders = |folder: &Path| inside(folder).into_iter().filter(|p| p.is_dir()).collect::<Vec<_>>();
    let versions = folders(folder).into_iter().flat_map(|service| folders(&service));
    let files = versions.flat_map(|version| inside(&version));
    files.map(|f| f.strip_prefix(folder).expect("it is in it").to_string_lossy().into_owned()).collect()
}

fn lay_over(below: &mut Value, extra: &Value) {
    match extra.as_object() {
        Some(extra) if below.is_object() => {
            extra.iter().for_each(|(key, value)| lay_over(&mut below[key.as_str()], value))
        }
        _ => *below = extra.clone(),
    }
}
