//! Where models are read from: a `botocore` wheel or an unpacked data folder.

use crate::service::ServiceFiles;
use crate::{ModelError, is_excluded};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A set of model files under `SERVICE/VERSION/FILE.json[.gz]`.
#[derive(Debug)]
pub struct ModelDir {
    files: BTreeMap<String, Vec<u8>>,
    folder: Option<PathBuf>,
}

impl ModelDir {
    /// Opens a wheel (a file) or a data folder.
    ///
    /// # Errors
    /// When it can't be read, with its path.
    pub fn open(path: &Path) -> Result<ModelDir, ModelError> {
        let fail = |e: &dyn std::fmt::Display| ModelError::new(&path.display().to_string(), e.to_string());
        if path.is_file() {
            return Self::open_wheel(path).map_err(|e| fail(&e));
        }
        let mut files = BTreeMap::new();
        let list = |p: &Path| std::fs::read_dir(p).map(|l| l.flatten().map(|e| e.path()).collect::<Vec<_>>());
        for service in list(path).map_err(|e| fail(&e))?.into_iter().filter(|p| p.is_dir()) {
            for version in list(&service).map_err(|e| fail(&e))?.into_iter().filter(|p| p.is_dir()) {
                for file in list(&version).map_err(|e| fail(&e))? {
                    if let Ok(name) = file.strip_prefix(path) {
                        files.insert(name.to_string_lossy().into_owned(), Vec::new());
                    }
                }
            }
        }
        for name in ["partitions.json", "endpoints.json"] {
            files.insert(name.to_owned(), Vec::new());
        }
        Ok(ModelDir { files, folder: Some(path.to_path_buf()) })
    }

    fn open_wheel(path: &Path) -> Result<ModelDir, zip::result::ZipError> {
        let mut archive = zip::ZipArchive::new(File::open(path)?)?;
        let mut files = BTreeMap::new();
        for i in 0..archive.len() {
            let mut file = archive.by_index(i)?;
            let Some(name) = file.name().strip_prefix("botocore/data/").map(str::to_owned) else { continue };
            // Examples are megabytes that nothing here reads.
            if name.ends_with('/') || name.contains("examples-1") {
                continue;
            }
            let mut bytes = Vec::with_capacity(file.size() as usize);
            file.read_to_end(&mut bytes)?;
            files.insert(name, bytes);
        }
        Ok(ModelDir { files, folder: None })
    }

    /// The service directories that are commands, with the latest API version that has a model.
    pub fn services(&self) -> Vec<(String, String)> {
        let mut latest: BTreeMap<&str, &str> = BTreeMap::new();
        for name in self.files.keys() {
            let mut parts = name.split('/');
            let (Some(service), Some(version), Some(file)) = (parts.next(), parts.next(), parts.next()) else {
                continue;
            };
            if file.starts_with("service-2.json") && !is_excluded(service) {
                let entry = latest.entry(service).or_insert(version);
                if *entry < version {
                    *entry = version;
                }
            }
        }
        latest.into_iter().map(|(s, v)| (s.to_owned(), v.to_owned())).collect()
    }

    /// The files of one service, with `*.sdk-extras.json` merged over them.
    ///
    /// # Errors
    /// When one can't be read or isn't JSON, with its name.
    pub fn service(&self, name: &str, version: &str) -> Result<ServiceFiles, ModelError> {
        let load = |stem: &str| -> Result<Option<Value>, ModelError> {
            let mut value = self.json(&format!("{name}/{version}/{stem}"))?;
            if let Some(value) = &mut value
                && let Some(extras) = self.json(&format!("{name}/{version}/{stem}.sdk-extras"))?
                && let Some(merge) = extras.get("merge")
            {
                deep_merge(value, merge);
            }
            Ok(value)
        };
        Ok(ServiceFiles {
            service: load("service-2")?.ok_or_else(|| ModelError::new(name, "service-2.json is missing"))?,
            paginators: load("paginators-1")?,
            waiters: load("waiters-2")?,
            rules: load("endpoint-rule-set-1")?,
        })
    }

    /// A JSON file by its name without `.json`, plain or compressed.
    ///
    /// # Errors
    /// When it is there but can't be read or isn't JSON.
    pub fn json(&self, stem: &str) -> Result<Option<Value>, ModelError> {
        for name in [format!("{stem}.json"), format!("{stem}.json.gz")] {
            let Some(bytes) = self.files.get(&name) else { continue };
            let fail = |e: &dyn std::fmt::Display| ModelError::new(&name, e.to_string());
            let bytes = match &self.folder {
                Some(folder) => std::fs::read(folder.join(&name)).map_err(|e| fail(&e))?,
                None => bytes.clone(),
            };
            let value = if name.ends_with(".gz") {
                let mut text = Vec::new();
                GzDecoder::new(bytes.as_slice()).read_to_end(&mut text).map_err(|e| fail(&e))?;
                serde_json::from_slice(&text)
            } else {
                serde_json::from_slice(&bytes)
            };
            return value.map(Some).map_err(|e| fail(&e));
        }
        Ok(None)
    }

    /// The file names, for messages.
    pub fn names(&self) -> BTreeSet<&str> {
        self.files.keys().map(String::as_str).collect()
    }
}

/// Merges objects into objects; anything else replaces what was there.
fn deep_merge(base: &mut Value, extra: &Value) {
    match (base, extra) {
        (Value::Object(base), Value::Object(extra)) => {
            for (key, value) in extra {
                match base.get_mut(key) {
                    Some(there) => deep_merge(there, value),
                    None => {
                        base.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (base, extra) => *base = extra.clone(),
    }
}
