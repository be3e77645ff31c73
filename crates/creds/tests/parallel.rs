//! Many at once: the role is assumed once, and nothing is left behind but the kept credentials.

use oxaws_config::Config;
use oxaws_creds::{
    CallFailure, CallOptions, Context, FetchError, FetchReply, FetchRequest, HttpFetcher, Local, ServiceCaller, chain,
};
use oxaws_env::{Instant, Put, Real, Stream, World};
use oxaws_value::{Value, parse_json};
use std::ffi::OsString;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// The real files, with a home of its own and no variables.
struct Home(PathBuf);

impl World for Home {
    fn args(&self) -> Vec<OsString> {
        Vec::new()
    }
    fn var(&self, _: &str) -> Option<String> {
        None
    }
    fn vars(&self) -> Vec<(String, String)> {
        Vec::new()
    }
    fn home(&self) -> Option<PathBuf> {
        Some(self.0.clone())
    }
    fn current_dir(&self) -> io::Result<PathBuf> {
        Real.current_dir()
    }
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        Real.read(path)
    }
    fn put(&self, path: &Path, contents: &[u8], how: Put) -> io::Result<()> {
        Real.put(path, contents, how)
    }
    fn make_private_folders(&self, path: &Path) -> Result<(), (io::Error, PathBuf)> {
        Real.make_private_folders(path)
    }
    fn remove_file(&self, path: &Path) -> io::Result<()> {
        Real.remove_file(path)
    }
    fn is_file(&self, path: &Path) -> bool {
        Real.is_file(path)
    }
    fn is_folder(&self, path: &Path) -> bool {
        Real.is_folder(path)
    }
    fn mode(&self, path: &Path) -> io::Result<u32> {
        Real.mode(path)
    }
    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        Real.list(folder)
    }
    fn read_line(&self, _: &dyn Fn() -> bool) -> io::Result<Option<String>> {
        Ok(None)
    }
    fn ask_secret(&self, _: &str) -> io::Result<Option<String>> {
        Ok(None)
    }
    fn choose(&self, _: &[String]) -> io::Result<Option<usize>> {
        Ok(None)
    }
    fn now(&self) -> Instant {
        Real.now()
    }
    fn local_offset(&self, at: Instant) -> i32 {
        Real.local_offset(at)
    }
    fn sleep(&self, time: Duration) {
        Real.sleep(time);
    }
    fn random(&self, out: &mut [u8]) {
        Real.random(out);
    }
    fn is_terminal(&self, _: Stream) -> bool {
        false
    }
    fn terminal_width(&self) -> Option<u16> {
        None
    }
}

struct Sts(AtomicUsize);

impl ServiceCaller for Sts {
    fn call(&self, _: &str, _: &str, _: Value, _: CallOptions<'_>) -> Result<Value, CallFailure> {
        self.0.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(100));
        Ok(parse_json(
            r#"{"Credentials":{"AccessKeyId":"A","SecretAccessKey":"S","SessionToken":"T","Expiration":"2099-01-01T00:00:00Z"}}"#,
        )
        .expect("JSON"))
    }
}

struct Nobody;

impl HttpFetcher for Nobody {
    fn fetch(&self, _: &FetchRequest<'_>) -> Result<FetchReply, FetchError> {
        Err(FetchError::Connection("nobody is there".into()))
    }
}

#[test]
fn a_role_is_assumed_once() {
    let home = std::env::temp_dir().join(format!("oxaws-creds-{}", std::process::id()));
    std::fs::create_dir_all(home.join(".aws")).expect("a folder");
    let config = "[profile p]\nrole_arn = r\nsource_profile = x\n[profile x]\naws_access_key_id = K\n\
                  aws_secret_access_key = s\n";
    std::fs::write(home.join(".aws/config"), config).expect("a file");
    let (world, sts) = (Home(home.clone()), Sts(AtomicUsize::new(0)));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            // Each like a process of its own: nothing is shared but the files.
            scope.spawn(|| {
                let config = Config::load(&world, Some("p"));
                let context = Context {
                    world: &world,
                    config: &config,
                    region: None,
                    user_agent: "test",
                    caller: &sts,
                    fetcher: &Nobody,
                    machine: &Local { ask: &|_| Err("nobody".into()), variables: &[] },
                };
                let loaded = chain::load(&context).expect("no fault").expect("a role");
                assert_eq!(loaded.credentials(&context).expect("credentials").access_key_id, "A");
            });
        }
    });
    assert_eq!(sts.0.load(Ordering::SeqCst), 1);
    let kept: Vec<_> = std::fs::read_dir(home.join(".aws/cli/cache")).expect("a folder").flatten().collect();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].metadata().expect("metadata").permissions().mode() & 0o777, 0o600);
    std::fs::remove_dir_all(home).expect("cleaned up");
}
