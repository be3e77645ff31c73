//! A kubeconfig file: read, checked, given an entry, written.

use oxaws_cli::Failure;
use oxaws_env::World;
use oxaws_python::decode_utf8;
use oxaws_python::python_os_error;
use oxaws_yaml::{Dialect, Node, Options};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The members that have a type, with Python's name of it.
const TYPES: [(&str, &str); 7] = [
    ("apiVersion", "str"),
    ("clusters", "list"),
    ("contexts", "list"),
    ("current-context", "str"),
    ("kind", "str"),
    ("preferences", MAP),
    ("users", "list"),
];
const MAP: &str = "collections.OrderedDict";
const DIALECT: Dialect = Dialect { intrinsics: false, yes_no: false, repeated_keys: true, tuple_keys: false };
/// Mode of a new file.
const MODE: u32 = 0o600;

/// A file with its contents.
#[derive(Debug)]
pub struct Kubeconfig {
    /// Where it is, or will be.
    pub path: PathBuf,
    content: Node,
}

fn general(text: String) -> Failure {
    Failure::input_file(text)
}

impl Kubeconfig {
    /// Reads a file; one that isn't there, or is empty, gives a new one.
    ///
    /// # Errors
    /// When it can't be read or used.
    pub fn load(world: &dyn World, path: &Path) -> Result<Kubeconfig, Failure> {
        let content = match world.read(path) {
            Ok(bytes) => {
                // Bytes that aren't text would be written back as something else.
                let text = decode_utf8(&bytes).map_err(general)?;
                oxaws_yaml::read(text, DIALECT)
                    .map_err(|e| general(format!("YamlError while loading kubeconfig: {e}")))?
            }
            Err(e) if e.kind() == ErrorKind::NotFound => Node::Null,
            Err(e) => {
                let why = python_os_error(&e, &path.display().to_string());
                return Err(general(format!("Can't open kubeconfig for reading: {why}")));
            }
        };
        let content = if content == Node::Null { fresh() } else { content };
        let config = Kubeconfig { path: path.to_owned(), content };
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), Failure> {
        if !matches!(self.content, Node::Map(_)) {
            return Err(general("Content not a <class 'dict'>.".into()));
        }
        for (key, wanted) in TYPES {
            let found = self.content.get(key).filter(|v| **v != Node::Null).map(|v| v.python_type(MAP));
            if let Some(found) = found.filter(|f| *f != wanted) {
                return Err(general(format!("{key} is wrong type: <class '{found}'> (Should be <class '{wanted}'>)")));
            }
        }
        for (key, _) in TYPES {
            if let Some(Node::List(items)) = self.content.get(key)
                && !items.iter().all(|i| matches!(i, Node::Map(_)))
            {
                return Err(general(format!("Entry in {key} not a <class 'dict'>. ")));
            }
        }
        Ok(())
    }

    /// Whether there is an entry for a cluster of that name.
    pub fn has_cluster(&self, name: &str) -> bool {
        let Some(Node::List(items)) = self.content.get("clusters") else { return false };
        items.iter().any(|c| c.get("name").and_then(Node::as_text) == Some(name))
    }

    /// Adds cluster, user and a context of both, in place of entries of the same names; the context becomes the current
    /// one and is returned.
    pub fn insert(&mut self, cluster: &Node, user: &Node, alias: Option<&str>) -> Node {
        let name = |of: &Node| of.get("name").cloned().unwrap_or(Node::Null);
        let context_name = alias.filter(|a| !a.is_empty()).map_or_else(|| name(user), Node::text);
        let context = Node::map([
            ("context", Node::map([("cluster", name(cluster)), ("user", name(user))])),
            ("name", context_name.clone()),
        ]);
        self.insert_entry("clusters", cluster);
        self.insert_entry("users", user);
        self.insert_entry("contexts", &context);
        self.content.set("current-context", context_name);
        context
    }

    fn insert_entry(&mut self, key: &str, entry: &Node) {
        if !self.content.get(key).is_some_and(Node::is_truthy) {
            self.content.set(key, Node::List(Vec::new()));
        }
        let Some(Node::List(items)) = self.content.get_mut(key) else { return };
        match items.iter_mut().find(|i| i.get("name").is_some_and(|n| Some(n) == entry.get("name"))) {
            Some(there) => *there = entry.clone(),
            None => items.push(entry.clone()),
        }
    }

    /// Its text.
    pub fn text(&self) -> String {
        text(&self.content)
    }

    /// Writes it, with the folders above it.
    ///
    /// # Errors
    /// When that can't be done.
    pub fn write(&self, world: &dyn World) -> Result<(), Failure> {
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        world.make_private_folders(folder).map_err(|(e, folder)| {
            let why = python_os_error(&e, &folder.display().to_string());
            general(format!("Can't create directory for writing: {why}"))
        })?;
        world.replace(&self.path, self.text().as_bytes(), MODE).map_err(|e| {
            let why = python_os_error(&e, &self.path.display().to_string());
            general(format!("Can't open kubeconfig for writing: {why}"))
        })
    }
}

/// A part of it as text.
pub fn text(node: &Node) -> String {
    oxaws_yaml::to_text(node, Options { width: None, ..Options::FILE })
}

fn fresh() -> Node {
    Node::map([
        ("apiVersion", Node::text("v1")),
        ("clusters", Node::List(Vec::new())),
        ("contexts", Node::List(Vec::new())),
        ("current-context", Node::text("")),
        ("kind", Node::text("Config")),
        ("preferences", Node::Map(Vec::new())),
        ("users", Node::List(Vec::new())),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Result<Kubeconfig, Failure> {
        let content = oxaws_yaml::read(text, DIALECT).unwrap();
        let config = Kubeconfig { path: PathBuf::from("/k"), content };
        config.check().map(|()| config)
    }

    fn named(name: &str) -> Node {
        Node::map([("x", Node::Int("1".into())), ("name", Node::text(name))])
    }

    #[test]
    fn entries_are_added_or_replaced() {
        let mut config = config("z: 1\nclusters:\n- name: a\n  old: 1\nusers: null\n").unwrap();
        assert!(config.has_cluster("a") && !config.has_cluster("b"));
        config.insert(&named("a"), &named("u"), Some("ctx"));
        assert_eq!(
            config.text(),
            "z: 1\nclusters:\n- x: 1\n  name: a\nusers:\n- x: 1\n  name: u\ncontexts:\n- context:\n    cluster: a\n    user: u\n  \
             name: ctx\ncurrent-context: ctx\n"
        );
    }

    #[test]
    fn types_are_checked() {
        let text = |yaml| config(yaml).unwrap_err().message();
        assert_eq!(text("[a]"), "Content not a <class 'dict'>.");
        assert_eq!(text("clusters: x"), "clusters is wrong type: <class 'str'> (Should be <class 'list'>)");
        assert_eq!(text("users: [1]"), "Entry in users not a <class 'dict'>. ");
    }
}
