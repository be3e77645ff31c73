//! The database of the AWS CLI: `~/.aws/cli/history/history.db`, one table. Its form is the AWS CLI's, so that either
//! program shows what the other recorded.

use oxaws_env::{World, expand_path};
use rusqlite::{Connection, OpenFlags, Row};
use std::fs;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Names another file.
const FILE_VARIABLE: &str = oxaws_env::var::AWS_CLI_HISTORY_FILE;
const FILE: &str = "~/.aws/cli/history/history.db";
/// How long to wait for another process that writes.
const PATIENCE: Duration = Duration::from_secs(5);
/// The files of a database, by what is added to its name.
const SUFFIXES: [&str; 3] = ["", "-wal", "-shm"];
const COLUMNS: &str = "id, request_id, source, event_type, timestamp, payload";

/// One recorded event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The run it belongs to.
    pub id: String,
    /// The call it belongs to.
    pub request_id: Option<String>,
    /// Who recorded it: `CLI` or `BOTOCORE`.
    pub source: String,
    /// What happened: `CLI_ARGUMENTS`, `API_CALL`, …
    pub event_type: String,
    /// When, in milliseconds since the epoch.
    pub timestamp: i64,
    /// What is to be said about it, as JSON.
    pub payload: String,
}

/// One run, for a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: String,
    /// When it began, in milliseconds since the epoch.
    pub timestamp: i64,
    /// Its arguments, as JSON.
    pub args: String,
    /// Its exit code, as JSON.
    pub code: String,
}

/// Why the database can't be used.
#[derive(Debug)]
pub enum HistoryError {
    /// The folder can't be made.
    Folder(std::io::Error),
    /// The database's own complaint.
    Database(rusqlite::Error),
}

impl std::fmt::Display for HistoryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            HistoryError::Folder(e) => e.fmt(f),
            HistoryError::Database(e) => e.fmt(f),
        }
    }
}

impl std::error::Error for HistoryError {}

impl From<rusqlite::Error> for HistoryError {
    fn from(e: rusqlite::Error) -> Self {
        HistoryError::Database(e)
    }
}

/// Where the database is.
pub fn path(world: &dyn World) -> PathBuf {
    match world.var(FILE_VARIABLE) {
        Some(path) => PathBuf::from(path),
        None => expand_path(world, FILE),
    }
}

/// The open database.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
}

impl Store {
    /// Opens the database, and makes it where it doesn't exist. Only its owner can read it.
    ///
    /// # Errors
    /// When it can't be made or is no database.
    pub fn open(path: &Path) -> Result<Store, HistoryError> {
        if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty() && !f.is_dir()) {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(HistoryError::Folder)?;
        }
        // SQLite makes a file that everybody may read, and its other files like it. One that is there stays as it is, and
        // one that can't be made is the database's to complain about.
        let _ = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(PATIENCE)?;
        for suffix in SUFFIXES {
            let mut file = path.as_os_str().to_owned();
            file.push(suffix);
            // Someone else's file stays as it is.
            let _ = fs::set_permissions(&file, fs::Permissions::from_mode(0o600));
        }
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS records (id TEXT, request_id TEXT, source TEXT, event_type TEXT, \
             timestamp INTEGER, payload TEXT)",
        )?;
        // Only makes parallel runs wait less for each other.
        let _ = connection.execute_batch("PRAGMA journal_mode=WAL");
        Ok(Store { connection })
    }

    /// Adds an event.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn write(&self, record: &Record) -> Result<(), HistoryError> {
        self.connection.execute(
            &format!("INSERT INTO records ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"),
            (&record.id, &record.request_id, &record.source, &record.event_type, record.timestamp, &record.payload),
        )?;
        Ok(())
    }

    /// The events of a run, in their order.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn records(&self, id: &str) -> Result<Vec<Record>, HistoryError> {
        let mut query =
            self.connection.prepare(&format!("SELECT {COLUMNS} FROM records WHERE id = ? ORDER BY timestamp"))?;
        let rows = query.query_map([id], record)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The events of the run that recorded last.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn latest(&self) -> Result<Vec<Record>, HistoryError> {
        let mut query = self.connection.prepare("SELECT id FROM records ORDER BY timestamp DESC LIMIT 1")?;
        let last = query.query_map([], |row| row.get::<_, String>(0))?.next().transpose()?;
        last.map_or(Ok(Vec::new()), |id| self.records(&id))
    }

    /// The runs that have ended, the last one first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn runs(&self) -> Result<Vec<Run>, HistoryError> {
        let mut query = self.connection.prepare(
            "SELECT a.id, a.timestamp, a.payload, b.payload FROM records a JOIN records b ON a.id = b.id \
             WHERE a.event_type = 'CLI_ARGUMENTS' AND b.event_type = 'CLI_RC' ORDER BY a.timestamp DESC",
        )?;
        let rows = query.query_map([], |row| {
            Ok(Run { id: row.get(0)?, timestamp: row.get(1)?, args: row.get(2)?, code: row.get(3)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn record(row: &Row) -> rusqlite::Result<Record> {
    Ok(Record {
        id: row.get(0)?,
        request_id: row.get(1)?,
        source: row.get(2)?,
        event_type: row.get(3)?,
        timestamp: row.get(4)?,
        payload: row.get(5)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str, kind: &str, timestamp: i64, payload: &str) -> Record {
        Record {
            id: id.into(),
            request_id: None,
            source: "CLI".into(),
            event_type: kind.into(),
            timestamp,
            payload: payload.into(),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = std::env::temp_dir().join(format!("oxaws-history-{}", std::process::id()));
        let path = folder.join("deep/history.db");
        {
            let store = Store::open(&path).unwrap();
            store.write(&event("one", "CLI_ARGUMENTS", 1, "[\"a\"]")).unwrap();
            store.write(&event("one", "CLI_RC", 2, "0")).unwrap();
            store.write(&event("two", "CLI_ARGUMENTS", 3, "[\"b\"]")).unwrap();
        }
        let store = Store::open(&path).unwrap();
        assert_eq!(store.records("one").unwrap().len(), 2);
        assert_eq!(store.latest().unwrap(), [event("two", "CLI_ARGUMENTS", 3, "[\"b\"]")]);
        let runs = store.runs().unwrap();
        assert_eq!(runs, [Run { id: "one".into(), timestamp: 1, args: "[\"a\"]".into(), code: "0".into() }]);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_is_no_database_is_refused() {
        let path = std::env::temp_dir().join(format!("oxaws-nohistory-{}", std::process::id()));
        fs::write(&path, "not a database, but long enough to be taken for the beginning of one").unwrap();
        assert!(Store::open(&path).is_err());
        fs::remove_file(path).unwrap();
    }
}
