//! Files are given new contents: modes, links, hard links, strays, pipes.

use oxaws_env::{Put, PutMode, Real, World};
use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime};

/// A folder of its own, removed when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("oxaws-env-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).expect("it works");
        Folder(path)
    }
    fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
    fn file(&self, name: &str, contents: &str) -> PathBuf {
        fs::write(self.at(name), contents).expect("it works");
        self.at(name)
    }
    fn names(&self) -> Vec<String> {
        let names = Real.list(&self.0).expect("it works");
        names.iter().map(|p| p.file_name().expect("it works").to_str().expect("it works").to_owned()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it works").permissions().mode() & 0o7777
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("it works")
}

#[test]
fn private_files_are_0600_and_replaced_whole() {
    let folder = Folder::new();
    let path = folder.at("deep/er/file");
    Real.write_private(&path, b"one").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    let before = fs::metadata(&path).unwrap().ino();
    Real.write_private(&path, b"two").unwrap();
    assert_eq!((text(&path).as_str(), mode(&path)), ("two", 0o600));
    assert_ne!(fs::metadata(&path).unwrap().ino(), before);
    assert_eq!(fs::read_dir(folder.at("deep/er")).unwrap().count(), 1);
    // Whatever the mask of the process allows.
    assert_eq!((mode(&folder.at("deep")), mode(&folder.at("deep/er"))), (0o700, 0o700));
}

#[test]
fn a_file_that_is_replaced_keeps_its_mode_and_links() {
    let folder = Folder::new();
    let (file, link) = (folder.at("f"), folder.at("l"));
    Real.replace(&file, b"one", 0o600).unwrap();
    assert_eq!(mode(&file), 0o600);
    fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
    symlink("f", &link).unwrap();
    Real.replace(&link, b"two", 0o600).unwrap();
    assert_eq!((text(&file).as_str(), mode(&file)), ("two", 0o640));
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(folder.names(), ["f", "l"]);
}

#[test]
fn links_to_nothing_are_written_through() {
    let folder = Folder::new();
    fs::create_dir(folder.at("other")).unwrap();
    symlink("m", folder.at("l")).unwrap();
    symlink("other/f", folder.at("m")).unwrap();
    Real.replace(&folder.at("l"), b"one", 0o600).unwrap();
    let file = folder.at("other/f");
    assert_eq!((text(&file).as_str(), mode(&file)), ("one", 0o600));
    fs::remove_file(&file).unwrap();
    Real.write_private(&folder.at("l"), b"two").unwrap();
    assert_eq!((text(&file).as_str(), mode(&file)), ("two", 0o600));
    assert!(fs::symlink_metadata(folder.at("l")).unwrap().is_symlink());

    symlink("none/f", folder.at("n")).unwrap();
    assert_eq!(Real.replace(&folder.at("n"), b"x", 0o600).unwrap_err().raw_os_error(), Some(2));
    symlink("loop", folder.at("loop")).unwrap();
    assert_eq!(Real.replace(&folder.at("loop"), b"x", 0o600).unwrap_err().raw_os_error(), Some(40));
}

#[test]
fn a_file_can_take_a_links_place() {
    let folder = Folder::new();
    let target = folder.file("f", "old");
    symlink("f", folder.at("l")).unwrap();
    let how = Put { mode: PutMode::Private, follow: false, folders: false };
    Real.put(&folder.at("l"), b"new", how).unwrap();
    assert!(fs::symlink_metadata(folder.at("l")).unwrap().is_file());
    assert_eq!((text(&target).as_str(), text(&folder.at("l")).as_str()), ("old", "new"));
}

#[test]
fn other_names_of_a_file_see_what_is_written() {
    for (old, new) in [("a longer text", "short"), ("short", "a longer text"), ("", "x"), ("x", "")] {
        let folder = Folder::new();
        let file = folder.file("f", old);
        fs::hard_link(&file, folder.at("g")).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        Real.replace(&file, new.as_bytes(), 0o600).unwrap();
        assert_eq!((text(&folder.at("g")).as_str(), mode(&file)), (new, 0o640));
        Real.write_private(&file, old.as_bytes()).unwrap();
        assert_eq!((text(&folder.at("g")).as_str(), mode(&file)), (old, 0o600));
        assert_eq!((folder.names(), fs::metadata(&file).unwrap().nlink()), (vec!["f".to_owned(), "g".into()], 2));
    }
}

#[test]
fn folders_that_cant_be_made_are_named_as_in_python() {
    let folder = Folder::new();
    folder.file("file", "");
    symlink("none", folder.at("link")).unwrap();
    symlink("loop", folder.at("loop")).unwrap();
    for (path, number, named) in [
        ("file", 17, "file"),
        ("file/a", 20, "file/a"),
        ("file/a/b", 20, "file/a"),
        ("link", 17, "link"),
        ("link/a", 2, "link/a"),
        ("loop/a", 40, "loop/a"),
    ] {
        let (error, at) = Real.make_private_folders(&folder.at(path)).unwrap_err();
        assert_eq!((error.raw_os_error(), at), (Some(number), folder.at(named)), "{path}");
    }
    fs::create_dir(folder.at("there")).unwrap();
    fs::set_permissions(folder.at("there"), Permissions::from_mode(0o755)).unwrap();
    assert!(Real.make_private_folders(&folder.at("there/a/b")).is_ok());
    assert_eq!((mode(&folder.at("there")), mode(&folder.at("there/a"))), (0o755, 0o700));
}

#[test]
fn what_was_left_beside_is_swept_away() {
    let folder = Folder::new();
    let nonce = "0123456789abcdef";
    let old = |name: &str| {
        let path = folder.file(name, "secret");
        File::options().write(true).open(path).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
    };
    folder.file(&format!(".credentials.oxaws-{nonce}"), "secret");
    old(&format!(".credentials.{nonce}"));
    let kept = [
        // Somebody is at work on it.
        format!(".x.oxaws-{nonce}"),
        // It may be somebody's work still.
        format!(".config.{nonce}"),
        format!(".mine.{nonce}"),
        format!("credentials.oxaws-{nonce}"),
        ".credentials.oxaws-".into(),
    ];
    for name in &kept {
        folder.file(name, "kept");
    }
    old(&kept[2]);
    let busy = File::open(folder.at(&kept[0])).unwrap();
    busy.lock().unwrap();
    Real.replace(&folder.at("config"), b"x", 0o600).unwrap();
    let mut expected = [kept.as_slice(), &["config".to_owned()]].concat();
    expected.sort();
    assert_eq!(folder.names(), expected);
}

#[test]
fn what_is_no_file() {
    let folder = Folder::new();
    assert_eq!(Real.replace(&folder.0, b"x", 0o600).unwrap_err().raw_os_error(), Some(21));
    assert!(Real.write_private(&folder.0, b"x").is_err());
    assert_eq!(folder.names(), [""; 0]);
    assert!(Real.replace(Path::new("/dev/null"), b"x", 0o600).is_ok());
    // A pipe that nobody reads must not be waited for.
    fifo(&folder.at("p"));
    assert_eq!(Real.replace(&folder.at("p"), b"x", 0o600).unwrap_err().raw_os_error(), Some(6));
    let long = "n".repeat(255);
    Real.replace(&folder.at(&long), b"x", 0o600).unwrap();
    assert_eq!(folder.names(), [long, "p".into()]);
}

#[test]
fn open_files_are_written_to_themselves() {
    use std::os::fd::AsRawFd;
    let folder = Folder::new();
    let file = File::create(folder.at("f")).unwrap();
    let before = file.metadata().unwrap().ino();
    Real.replace(Path::new(&format!("/dev/fd/{}", file.as_raw_fd())), b"new", 0o600).unwrap();
    assert_eq!((text(&folder.at("f")).as_str(), fs::metadata(folder.at("f")).unwrap().ino()), ("new", before));
    // A pipe that is read slowly is waited for.
    let (mut reader, writer) = std::io::pipe().unwrap();
    let contents = "x".repeat(300_000);
    std::thread::scope(|scope| {
        let read = scope.spawn(move || {
            std::thread::sleep(Duration::from_millis(100));
            std::io::read_to_string(&mut reader).unwrap().len()
        });
        Real.write_private(Path::new(&format!("/proc/self/fd/{}", writer.as_raw_fd())), contents.as_bytes()).unwrap();
        drop(writer);
        assert_eq!(read.join().unwrap(), contents.len());
    });
}

fn fifo(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status().expect("it works");
    assert!(made.success());
}

#[test]
fn pipes_are_read_where_somebody_writes() {
    let folder = Folder::new();
    let pipe = folder.at("p");
    fifo(&pipe);
    let started = Instant::now();
    assert_eq!(Real.read_settings(&pipe).unwrap(), b"");
    assert!(started.elapsed() < Duration::from_secs(2));
    let contents = "x".repeat(200_000);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            use std::io::Write;
            // Waits for the reader, and then writes slowly.
            let mut file = File::options().write(true).open(&pipe).unwrap();
            std::thread::sleep(Duration::from_millis(300));
            file.write_all(contents.as_bytes()).unwrap();
        });
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(Real.read_settings(&pipe).unwrap(), contents.as_bytes());
    });
    assert_eq!(Real.read_settings(&folder.file("f", "y")).unwrap(), b"y");
    for path in [Path::new("/dev/null"), Path::new("/dev/zero"), &folder.0] {
        assert_eq!(Real.read_settings(path).unwrap_err().kind(), std::io::ErrorKind::NotFound);
    }
}

#[test]
fn folders_are_locked_through_links() {
    let folder = Folder::new();
    fs::create_dir(folder.at("other")).unwrap();
    symlink("other/f", folder.at("l")).unwrap();
    let held = Real.lock_folder_of(&folder.at("l")).unwrap();
    let other = File::open(folder.at("other")).unwrap();
    assert!(other.try_lock().is_err());
    drop(held);
    assert!(other.try_lock().is_ok());
}
