//! `cargo xtask parity`: how much of what the AWS CLI makes of its commands is covered, by the inventory's rows.
//!
//! The inventory is kept by hand, so this holds it to the code: a file that a row names must be there and know the row's
//! service, and a file that covers something must stand in a row. The number of covered rows may not fall below the
//! inventory's own floor.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::task::{Options, Outcome, Project, TaskError, io_at, read};

const INVENTORY: &str = "crates/tweaks/inventory.txt";
/// The comment that holds the floor.
const FLOOR: &str = "# floor ";
/// The column of a row that nothing covers.
const OPEN: &str = "-";

/// Commands that the AWS CLI doesn't have.
const OWN: &[&str] = &["explain"];

/// Folders whose files each cover something, and the files there that only help others.
const FOLDERS: &[(&str, &[&str])] = &[
    ("crates/tweaks/src", &["lib.rs", "tests.rs", "hoisted_blob.rs", "outfile.rs", "rsa.rs"]),
    ("crates/client/src/services", &["crc32.rs", "form.rs", "xml.rs"]),
];
/// The hand-written commands: each public module must stand in a row.
const COMMANDS: &str = "crates/commands/src";

/// Where the command of a service has another name than the SDK's.
const SDK_NAMES: &[(&str, &str)] =
    &[("s3api", "s3"), ("deploy", "codedeploy"), ("configservice", "config"), ("agent-toolkit", "agenttoolkit")];

/// One row.
#[derive(Debug, PartialEq, Eq)]
struct Row<'t> {
    line: usize,
    services: &'t str,
    operations: &'t str,
    what: &'t str,
    file: Option<&'t str>,
}

#[derive(Debug, Default)]
struct Inventory<'t> {
    rows: Vec<Row<'t>>,
    floor: usize,
}

impl<'t> Inventory<'t> {
    fn parse(text: &'t str) -> Outcome<Self> {
        let bad = |line: usize, why: &str| TaskError::Data(format!("{INVENTORY}:{line}: {why}"));
        let mut inventory = Inventory::default();
        let mut floor = None;
        for (line, text) in (1..).zip(text.lines()) {
            if let Some(number) = text.strip_prefix(FLOOR) {
                floor = Some(number.trim().parse().map_err(|_| bad(line, "the floor is no number"))?);
            }
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let [services, operations, what, file] = text.split(" | ").collect::<Vec<_>>()[..] else {
                return Err(bad(line, "a row has a service, an operation, what it is, and a file"));
            };
            let file = (file != OPEN).then_some(file);
            inventory.rows.push(Row { line, services, operations, what, file });
        }
        inventory.floor = floor.ok_or_else(|| bad(1, &format!("no line says `{FLOOR}NUMBER`")))?;
        Ok(inventory)
    }

    fn covered(&self) -> usize {
        self.rows.iter().filter(|row| row.file.is_some()).count()
    }

    fn open(&self) -> impl Iterator<Item = &Row<'t>> {
        self.rows.iter().filter(|row| row.file.is_none())
    }
}

/// Prints the number of covered rows, those that are open and what is wrong. `--quiet` leaves the open ones out.
///
/// # Errors
/// When the number is below the floor, a row is wrong, or a file is in no row.
pub fn run(project: &Project, args: &[String]) -> Outcome {
    let options = Options::new(args, &[], &["--quiet"])?;
    let text = read(&project.root.join(INVENTORY))?;
    let inventory = Inventory::parse(&text)?;
    if !options.flag("--quiet") {
        for row in inventory.open() {
            println!("open: {} {}: {}", row.services, row.operations, row.what);
        }
    }
    let findings = findings(&project.root, &inventory)?;
    findings.iter().for_each(|finding| println!("{finding}"));
    let (covered, all) = (inventory.covered(), inventory.rows.len());
    println!("{covered} of {all} rows are covered; the floor is {}", inventory.floor);
    if covered > inventory.floor {
        println!("the floor in {INVENTORY} can be raised to {covered}");
    }
    match findings.len() {
        0 => Ok(()),
        number => Err(TaskError::Failed(format!("{number} findings"))),
    }
}

/// What is wrong, a line each.
fn findings(root: &Path, inventory: &Inventory) -> Outcome<Vec<String>> {
    let mut findings = Vec::new();
    let mut named = BTreeSet::new();
    for row in &inventory.rows {
        let Some(file) = row.file else { continue };
        named.insert(file);
        if let Some(problem) = problem_of(root, row, file) {
            findings.push(format!("{INVENTORY}:{}: {problem}", row.line));
        }
    }
    for (folder, helpers) in FOLDERS {
        let path = root.join(folder);
        for entry in fs::read_dir(&path).map_err(io_at(path.display()))? {
            let name = entry.map_err(io_at(path.display()))?.file_name();
            let name = name.to_string_lossy();
            let file = format!("{folder}/{name}");
            if name.ends_with(".rs") && !helpers.contains(&&*name) && !named.contains(file.as_str()) {
                findings.push(format!("{file}: in no row of {INVENTORY}"));
            }
        }
    }
    for family in read(&root.join(COMMANDS).join("lib.rs"))?.lines().filter_map(|l| l.strip_prefix("pub mod ")) {
        let family = family.trim_end_matches(';');
        if OWN.contains(&family) {
            continue;
        }
        let (folder, file) = (format!("{COMMANDS}/{family}/"), format!("{COMMANDS}/{family}.rs"));
        if !named.iter().any(|name| name.starts_with(&folder) || **name == file) {
            findings.push(format!("{folder}: in no row of {INVENTORY}"));
        }
    }
    if inventory.covered() < inventory.floor {
        let (covered, floor) = (inventory.covered(), inventory.floor);
        findings.push(format!("{INVENTORY}: only {covered} rows are covered, the floor is {floor}"));
    }
    Ok(findings)
}

/// What is wrong with a row's file: it isn't there, or it is about other services.
fn problem_of(root: &Path, row: &Row, file: &str) -> Option<String> {
    let path = root.join(file);
    if !path.is_file() {
        return Some(format!("{file} is not there"));
    }
    let folder = FOLDERS.iter().map(|(folder, _)| *folder).find(|folder| file.starts_with(folder))?;
    // Handlers are chosen by service in one place.
    let texts = [path, root.join(folder).join("mod.rs")].map(|path| fs::read_to_string(path).unwrap_or_default());
    let knows = |service: &str| {
        let sdk_name = SDK_NAMES.iter().find(|(command, _)| *command == service).map_or(service, |(_, name)| name);
        [service, sdk_name].iter().any(|name| texts.iter().any(|text| text.contains(&format!("\"{name}\""))))
    };
    let unknown = row.services.split(' ').find(|service| *service != "*" && !knows(service))?;
    Some(format!("{file} knows nothing of {unknown}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &str = "# A comment.\n# floor 1\n\n# Part\na b | c d | what | x.rs\na | * | more | -\n";

    #[test]
    fn reads_rows() {
        let inventory = Inventory::parse(ROWS).expect("rows");
        assert_eq!((inventory.rows.len(), inventory.covered(), inventory.floor), (2, 1, 1));
        let row = Row { line: 5, services: "a b", operations: "c d", what: "what", file: Some("x.rs") };
        assert_eq!(inventory.rows[0], row);
        assert!(Inventory::parse("# floor 1\na | b | c\n").is_err());
        assert!(Inventory::parse("a | b | c | -\n").is_err());
        assert!(Inventory::parse("# floor x\n").is_err());
    }

    #[test]
    fn the_inventory_is_true() {
        let project = Project::open().expect("the project");
        let text = read(&project.root.join(INVENTORY)).expect("the inventory");
        let inventory = Inventory::parse(&text).expect("rows");
        assert_eq!(findings(&project.root, &inventory).expect("files that can be read"), Vec::<String>::new());
    }

    #[test]
    fn finds_what_is_untrue() {
        let project = Project::open().expect("the project");
        let text = read(&project.root.join(INVENTORY)).expect("the inventory");
        let count = |text: &str| {
            findings(&project.root, &Inventory::parse(text).expect("rows")).expect("files that can be read").len()
        };
        let floor = text.lines().find(|l| l.starts_with(FLOOR)).expect("a floor");
        assert_eq!(count(&text.replacen(floor, "# floor 9999", 1)), 1, "too few rows");
        assert_eq!(count(&format!("{text}a | b | c | crates/no/such.rs\n")), 1, "a file that isn't there");
        assert_eq!(count(&format!("{text}kms | b | c | crates/tweaks/src/ses_send_email.rs\n")), 1, "another service");
        let without: String =
            text.lines().filter(|l| !l.ends_with("ses_send_email.rs")).map(|l| format!("{l}\n")).collect();
        let without = without.replacen(floor, "# floor 1", 1);
        assert_eq!(count(&without), 1, "a file in no row");
    }
}
