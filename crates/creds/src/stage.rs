//! A stage for tests: a fixed world, and services, metadata endpoints and programs that answer as they are told.

use crate::context::{
    CallFailure, CallOptions, Context, FetchError, FetchReply, FetchRequest, HttpFetcher, Machine, RunOutput,
    ServiceCaller,
};
use oxaws_config::Config;
use oxaws_env::{Fixed, World};
use oxaws_value::{JsonStyle, Map, Value, parse_json, to_json};
use std::any::Any;
use std::collections::{HashMap, VecDeque};
use std::io;
use std::path::Path;
use std::sync::Mutex;

/// Everything a provider meets. The home folder is `/home`, the clock stands at the epoch.
#[derive(Default)]
pub(crate) struct Stage {
    world: Fixed,
    profile: Option<String>,
    region: Option<String>,
    secret: Option<String>,
    programs: HashMap<String, (i32, String, String)>,
    replies: Mutex<VecDeque<Reply>>,
    answers: Mutex<VecDeque<(u16, String)>>,
    calls: Mutex<Vec<String>>,
    requests: Mutex<Vec<String>>,
    prompts: Mutex<Vec<String>>,
}

enum Reply {
    Value(Value),
    Failure(Option<String>, String, Value),
}

impl Stage {
    pub(crate) fn new() -> Stage {
        Stage { world: Fixed::new().with_var("HOME", "/home"), ..Stage::default() }
    }
    pub(crate) fn var(self, name: &str, value: &str) -> Stage {
        Stage { world: self.world.with_var(name, value), ..self }
    }
    pub(crate) fn file(self, path: &str, text: &str) -> Stage {
        Stage { world: self.world.with_file(path, text), ..self }
    }
    pub(crate) fn config(self, text: &str) -> Stage {
        self.file("/home/.aws/config", text)
    }
    pub(crate) fn credentials(self, text: &str) -> Stage {
        self.file("/home/.aws/credentials", text)
    }
    /// As if `--profile` were given.
    pub(crate) fn profile(self, name: &str) -> Stage {
        Stage { profile: Some(name.into()), ..self }
    }
    pub(crate) fn region(self, region: &str) -> Stage {
        Stage { region: Some(region.into()), ..self }
    }
    /// What the user types when asked.
    pub(crate) fn secret(self, secret: &str) -> Stage {
        Stage { secret: Some(secret.into()), ..self }
    }
    pub(crate) fn program(mut self, name: &str, code: i32, stdout: &str, stderr: &str) -> Stage {
        self.programs.insert(name.into(), (code, stdout.into(), stderr.into()));
        self
    }
    /// The next service call's reply.
    pub(crate) fn reply(self, json: impl AsRef<str>) -> Stage {
        let value = parse_json(json.as_ref()).expect("the reply is JSON");
        self.replies.lock().unwrap().push_back(Reply::Value(value));
        self
    }
    /// The next service call's failure; without a code it is none of the service.
    pub(crate) fn failure(self, code: &str, message: &str) -> Stage {
        let code = Some(code.to_owned()).filter(|c| !c.is_empty());
        self.replies.lock().unwrap().push_back(Reply::Failure(code, message.into(), Value::Null));
        self
    }
    pub(crate) fn failure_with(self, code: &str, message: &str, key: &'static str, value: &str) -> Stage {
        let mut details = Map::new();
        details.insert(key, value);
        let reply = Reply::Failure(Some(code.into()), message.into(), Value::Map(details));
        self.replies.lock().unwrap().push_back(reply);
        self
    }
    /// The next metadata request's answer. Where none is left, nobody is there.
    pub(crate) fn answer(self, status: u16, body: &str) -> Stage {
        self.answers.lock().unwrap().push_back((status, body.into()));
        self
    }

    pub(crate) fn run<T>(&self, act: impl FnOnce(&Context<'_>) -> T) -> T {
        let config = Config::load(&self.world, self.profile.as_deref());
        act(&Context {
            world: &self.world,
            config: &config,
            region: self.region.as_deref(),
            user_agent: "ua",
            caller: self,
            fetcher: self,
            machine: self,
        })
    }
    pub(crate) fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
    pub(crate) fn prompts(&self) -> Vec<String> {
        self.prompts.lock().unwrap().clone()
    }
    pub(crate) fn read(&self, path: &str) -> Option<String> {
        self.world.read(Path::new(path)).ok().and_then(|b| String::from_utf8(b).ok())
    }
}

impl ServiceCaller for Stage {
    fn call(
        &self,
        service: &str,
        operation: &str,
        params: Value,
        options: CallOptions<'_>,
    ) -> Result<Value, CallFailure> {
        let signed = match (&options.credentials, options.unsigned) {
            (Some(c), false) => format!("key={}", c.access_key_id),
            (None, true) => "unsigned".to_owned(),
            other => panic!("either credentials or unsigned: {other:?}"),
        };
        let dpop = if options.dpop.is_some() { " dpop" } else { "" };
        let region = options.region.as_deref().unwrap_or("-");
        let params = to_json(&params, JsonStyle::PYTHON);
        self.calls.lock().unwrap().push(format!("{service}.{operation} {params} region={region} {signed}{dpop}"));
        match self.replies.lock().unwrap().pop_front() {
            Some(Reply::Value(value)) => Ok(value),
            Some(Reply::Failure(code, message, details)) => Err(CallFailure { code, details, source: message.into() }),
            None => panic!("no reply left"),
        }
    }
}

impl HttpFetcher for Stage {
    fn fetch(&self, request: &FetchRequest<'_>) -> Result<FetchReply, FetchError> {
        let headers: String = request.headers.iter().map(|(k, v)| format!(" {k}: {v}")).collect();
        self.requests.lock().unwrap().push(format!("{} {}{headers}", request.method, request.url));
        match self.answers.lock().unwrap().pop_front() {
            Some((status, body)) => Ok(FetchReply { status, body: body.into() }),
            None => Err(FetchError::Connection(format!("Could not connect to the endpoint URL: \"{}\"", request.url))),
        }
    }
}

impl Machine for Stage {
    fn run(&self, words: &[String]) -> io::Result<RunOutput> {
        let found = self.programs.get(&words[0]).ok_or_else(|| io::Error::from_raw_os_error(2))?;
        let (code, stdout, stderr) = found.clone();
        Ok(RunOutput { success: code == 0, stdout: stdout.into(), stderr: stderr.into() })
    }
    fn ask_secret(&self, prompt: &str) -> Result<String, String> {
        self.prompts.lock().unwrap().push(prompt.into());
        self.secret.clone().ok_or_else(|| "EOF when reading a line".into())
    }
    fn lock(&self, _: &Path) -> Option<Box<dyn Any>> {
        None
    }
}

/// The reply of STS to AssumeRole and its kin.
pub(crate) fn role_reply(key: &str) -> String {
    format!(
        "{{\"Credentials\":{{\"AccessKeyId\":\"{key}\",\"SecretAccessKey\":\"s\",\"SessionToken\":\"t\",\
         \"Expiration\":\"2099-01-01T00:00:00+00:00\"}},\"AssumedRoleUser\":{{\"AssumedRoleId\":\"AROA:s\",\
         \"Arn\":\"arn:aws:sts::123456789012:assumed-role/r/s\"}}}}"
    )
}
