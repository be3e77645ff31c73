//! A recorded case, read from its line. `tests/recorded/CASES.md` describes the format.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::json::{self, Json};

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    /// The exit code.
    Rc,
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// The requests that the stub server received.
    Requests,
    /// The files named by `check_files`.
    Files,
}

impl Dimension {
    /// All of them, in the order of reports.
    pub const ALL: [Dimension; 5] =
        [Dimension::Rc, Dimension::Stdout, Dimension::Stderr, Dimension::Requests, Dimension::Files];

    /// The key in a case's `compare` and `expect`.
    pub fn name(self) -> &'static str {
        match self {
            Dimension::Rc => "rc",
            Dimension::Stdout => "stdout",
            Dimension::Stderr => "stderr",
            Dimension::Requests => "requests",
            Dimension::Files => "files",
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A case.
#[derive(Debug, Clone)]
pub struct Case {
    /// `group/subgroup/name`.
    pub id: String,
    /// The name of the executable, where it isn't `aws`.
    pub program: Option<String>,
    /// The arguments.
    pub argv: Vec<String>,
    /// Variables on top of the base environment; `None` removes one.
    pub env: Vec<(String, Option<String>)>,
    /// Files to create, in this order.
    pub files: Vec<(String, File)>,
    /// Standard input.
    pub stdin: Vec<u8>,
    /// The stub server's canned responses.
    pub responses: Vec<Response>,
    /// A signal to send to the command.
    pub signal: Option<SignalPlan>,
    /// Nobody reads standard output.
    pub close_stdout: bool,
    /// A file or device that standard output goes to.
    pub stdout_to: Option<String>,
    /// Files whose state after the run is compared.
    pub check_files: Vec<String>,
    /// Their modification times are compared too.
    pub check_mtime: bool,
    /// Standard output holds presigned URLs.
    pub presigned: bool,
    /// The stub server plays an HTTP proxy.
    pub proxied: bool,
    /// The dimensions that count.
    pub compare: Vec<Dimension>,
    /// The order of requests doesn't count.
    pub unordered: bool,
    /// Descriptors that are closed when the command starts.
    pub close_fds: Vec<u32>,
    /// The current folder no longer exists when the command starts.
    pub cwd_removed: bool,
    /// The whole case.
    pub source: Json,
}

/// A file to create.
#[derive(Debug, Clone)]
pub struct File {
    /// What it is.
    pub content: Content,
    /// Its mode.
    pub mode: Option<u32>,
    /// Its time of modification, in seconds.
    pub mtime: Option<f64>,
}

/// What a file to create is.
#[derive(Debug, Clone)]
pub enum Content {
    /// Text with placeholders.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// So many bytes of a repeating pattern.
    Size(usize),
    /// A symbolic link.
    Link(String),
    /// A named pipe.
    Fifo,
    /// A folder.
    Folder,
}

/// A canned response.
#[derive(Debug, Clone)]
pub struct Response {
    /// Which requests it answers.
    pub when: When,
    /// How many of them.
    pub times: usize,
    /// The status code.
    pub status: u16,
    /// Headers with placeholders.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
    /// How long the answer takes.
    pub delay: Duration,
    /// The connection closes without an answer.
    pub drop: bool,
    /// The connection closes after so many bytes of the body.
    pub truncate: Option<usize>,
    /// The connection closes after the answer.
    pub close: bool,
}

/// The body of a canned response.
#[derive(Debug, Clone)]
pub enum Body {
    /// Text with placeholders.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// So many zeros.
    Zeros(usize),
    /// All that goes over the connection, instead of a well-formed response.
    Raw(String),
}

/// Conditions on a request; all that are given must hold.
#[derive(Debug, Clone, Default)]
pub struct When {
    /// The method.
    pub method: Option<String>,
    /// A pattern in the request target.
    pub path: Option<String>,
    /// Part of `X-Amz-Target`.
    pub target: Option<String>,
    /// Patterns in headers.
    pub headers: Vec<(String, String)>,
    /// A pattern in the body.
    pub body: Option<String>,
}

/// When a signal is sent.
#[derive(Debug, Clone)]
pub struct SignalPlan {
    /// The name without `SIG`.
    pub name: String,
    /// With this request. 1 where the case says nothing, even where it gives a time.
    pub after_requests: usize,
    /// After this time, where no number of requests is given.
    pub after: Option<Duration>,
}

impl Case {
    /// Reads a line.
    ///
    /// # Errors
    /// When it isn't JSON or a key holds something unexpected.
    pub fn parse(line: &str) -> Result<Case, String> {
        let source = json::parse(line)?;
        let id = text(&source, "id")?.ok_or("a case without an id")?;
        Case::read(&id, source)
    }

    fn read(id: &str, source: Json) -> Result<Case, String> {
        let flag = |key: &str| source.get(key).is_some_and(Json::is_truthy);
        let stdin = match text(&source, "stdin_b64")? {
            Some(encoded) => decode(&encoded)?,
            None => text(&source, "stdin")?.unwrap_or_default().into_bytes(),
        };
        let env = entries(&source, "env").map(|(name, value)| match value {
            Json::Null => Ok((name.clone(), None)),
            value => Ok((name.clone(), Some(value.as_text().ok_or("a variable that isn't text")?.to_owned()))),
        });
        let files = entries(&source, "files").map(|(name, file)| Ok((name.clone(), File::read(file)?)));
        let compare = match source.get("compare") {
            None => Dimension::ALL.to_vec(),
            Some(names) => Dimension::ALL
                .into_iter()
                .filter(|dimension| names.items().iter().any(|name| name.as_text() == Some(dimension.name())))
                .collect(),
        };
        let close_fds = items(&source, "close_fds").map(|fd| fd.as_int().ok_or("a descriptor that isn't a number"));
        Ok(Case {
            id: id.to_owned(),
            program: text(&source, "program")?,
            argv: texts(&source, "argv")?,
            env: env.collect::<Result<_, &str>>()?,
            files: files.collect::<Result<_, String>>()?,
            stdin,
            responses: items(&source, "responses").map(Response::read).collect::<Result<_, _>>()?,
            signal: source.get("signal").map(SignalPlan::read).transpose()?,
            close_stdout: flag("close_stdout"),
            stdout_to: text(&source, "stdout_to")?,
            check_files: texts(&source, "check_files")?,
            check_mtime: flag("check_mtime"),
            presigned: flag("presigned"),
            proxied: flag("proxied"),
            compare,
            unordered: flag("unordered"),
            close_fds: close_fds.collect::<Result<_, _>>()?,
            cwd_removed: flag("cwd_removed"),
            source,
        })
    }

    /// What the AWS CLI did, where that was recorded.
    pub fn expected(&self, dimension: Dimension) -> Option<&Json> {
        self.source.get("expect")?.get(dimension.name())
    }

    /// Whether the order of the lines of this output doesn't count.
    pub fn is_sorted(&self, dimension: Dimension) -> bool {
        self.source.get(&format!("sort_{dimension}")).is_some_and(Json::is_truthy)
    }

    /// The pattern that this output may match instead of being equal.
    pub fn pattern(&self, dimension: Dimension) -> Option<&str> {
        self.source.get(&format!("{dimension}_match"))?.as_text().filter(|pattern| !pattern.is_empty())
    }
}

impl File {
    fn read(file: &Json) -> Result<File, String> {
        let mode = text(file, "mode")?;
        let mode = mode.map(|m| u32::from_str_radix(&m, 8).map_err(|_| format!("the mode {m}"))).transpose()?;
        Ok(File { content: Content::read(file)?, mode, mtime: file.get("mtime").and_then(Json::as_number) })
    }
}

impl Content {
    fn read(file: &Json) -> Result<Content, String> {
        if let Some(text) = file.as_text() {
            return Ok(Content::Text(text.to_owned()));
        }
        let flag = |key: &str| file.get(key).is_some_and(Json::is_truthy);
        if let Some(target) = text(file, "link")? {
            Ok(Content::Link(target))
        } else if flag("fifo") {
            Ok(Content::Fifo)
        } else if flag("dir") {
            Ok(Content::Folder)
        } else if let Some(text) = text(file, "text")? {
            Ok(Content::Text(text))
        } else if let Some(encoded) = text(file, "b64")? {
            decode(&encoded).map(Content::Bytes)
        } else {
            file.get("size").and_then(Json::as_int).map(Content::Size).ok_or("a file without contents".into())
        }
    }
}

impl Response {
    fn read(response: &Json) -> Result<Response, String> {
        let flag = |key: &str| response.get(key).is_some_and(Json::is_truthy);
        let number = |key: &str| response.get(key).and_then(Json::as_int::<usize>);
        let body = if let Some(raw) = text(response, "raw")? {
            Body::Raw(raw)
        } else if let Some(size) = number("size") {
            Body::Zeros(size)
        } else if let Some(encoded) = text(response, "b64")? {
            Body::Bytes(decode(&encoded)?)
        } else {
            Body::Text(text(response, "body")?.unwrap_or_default())
        };
        let unlimited = if flag("repeat") { usize::MAX } else { 1 };
        let delay = response.get("delay").and_then(Json::as_number).unwrap_or(0.0);
        Ok(Response {
            when: response.get("when").map(When::read).transpose()?.unwrap_or_default(),
            times: number("times").unwrap_or(unlimited),
            status: response.get("status").and_then(Json::as_int).unwrap_or(200),
            headers: pairs(response, "headers")?,
            body,
            delay: Duration::try_from_secs_f64(delay).unwrap_or_default(),
            drop: flag("drop"),
            truncate: number("truncate"),
            close: flag("close"),
        })
    }

    /// The answer to a request that no response is left for.
    pub fn empty() -> Response {
        Response {
            when: When::default(),
            times: 1,
            status: 200,
            headers: Vec::new(),
            body: Body::Text(String::new()),
            delay: Duration::ZERO,
            drop: false,
            truncate: None,
            close: false,
        }
    }
}

impl When {
    fn read(when: &Json) -> Result<When, String> {
        Ok(When {
            method: text(when, "method")?,
            path: text(when, "path")?,
            target: text(when, "target")?,
            headers: pairs(when, "header")?,
            body: text(when, "body")?,
        })
    }
}

impl SignalPlan {
    fn read(plan: &Json) -> Result<SignalPlan, String> {
        let requests = plan.get("after_requests").and_then(Json::as_int::<usize>);
        let seconds = plan.get("after").and_then(Json::as_number).filter(|_| requests.unwrap_or(0) == 0);
        Ok(SignalPlan {
            name: text(plan, "name")?.unwrap_or_else(|| "INT".to_owned()),
            after_requests: requests.unwrap_or(1),
            after: seconds.and_then(|s| Duration::try_from_secs_f64(s).ok()),
        })
    }
}

/// The text of a key; `None` where the key is missing or null.
fn text(value: &Json, key: &str) -> Result<Option<String>, String> {
    match value.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Text(text)) => Ok(Some(text.clone())),
        Some(_) => Err(format!("`{key}` isn't text")),
    }
}

fn items<'v>(value: &'v Json, key: &str) -> impl Iterator<Item = &'v Json> {
    value.get(key).into_iter().flat_map(Json::items)
}

fn entries<'v>(value: &'v Json, key: &str) -> impl Iterator<Item = &'v (String, Json)> {
    value.get(key).into_iter().flat_map(Json::entries)
}

fn texts(value: &Json, key: &str) -> Result<Vec<String>, String> {
    let text =
        |item: &Json| item.as_text().map(str::to_owned).ok_or_else(|| format!("`{key}` holds something but text"));
    items(value, key).map(text).collect()
}

fn pairs(value: &Json, key: &str) -> Result<Vec<(String, String)>, String> {
    let pair = |(name, value): &(String, Json)| {
        let value = value.as_text().ok_or_else(|| format!("`{key}` holds something but text"))?;
        Ok((name.clone(), value.to_owned()))
    };
    entries(value, key).map(pair).collect()
}

fn decode(encoded: &str) -> Result<Vec<u8>, String> {
    STANDARD.decode(encoded).map_err(|e| format!("base64: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_case() {
        let case = Case::parse(
            r#"{"id": "a/b", "argv": ["s3", "ls"], "env": {"A": "1", "B": null}, "files": {"~/x": "t", "d": {"dir": true, "mode": "700"},
            "f": {"size": 3, "mtime": 1.5}}, "stdin_b64": "AAE=", "responses": [{"when": {"path": "x", "header": {"range": "r"}}, "repeat": true,
            "delay": 0.5}, {"raw": "x"}, {"times": 2, "b64": "AA==", "truncate": 1}], "compare": ["stdout", "rc"], "sort_stderr": true,
            "stdout_match": "a.", "signal": {"after": 3}, "expect": {"rc": 0}}"#,
        )
        .unwrap();
        assert_eq!(case.env, [("A".to_owned(), Some("1".to_owned())), ("B".to_owned(), None)]);
        assert!(matches!(case.files[1].1, File { content: Content::Folder, mode: Some(0o700), mtime: None }));
        assert!(matches!(case.files[2].1, File { content: Content::Size(3), mtime: Some(1.5), .. }));
        assert_eq!(case.stdin, [0, 1]);
        assert_eq!(case.responses.iter().map(|r| r.times).collect::<Vec<_>>(), [usize::MAX, 1, 2]);
        assert_eq!(case.responses[0].delay, Duration::from_millis(500));
        assert!(matches!(case.responses[1].body, Body::Raw(_)) && case.responses[2].truncate == Some(1));
        assert_eq!(case.compare, [Dimension::Rc, Dimension::Stdout]);
        assert!(case.is_sorted(Dimension::Stderr) && !case.is_sorted(Dimension::Stdout));
        assert_eq!(case.pattern(Dimension::Stdout), Some("a."));
        let signal = case.signal.as_ref().unwrap();
        assert_eq!(
            (signal.name.as_str(), signal.after_requests, signal.after),
            ("INT", 1, Some(Duration::from_secs(3)))
        );
        assert_eq!(case.expected(Dimension::Rc), Some(&Json::int(0)));
    }

    #[test]
    fn names_what_is_wrong() {
        for line in [
            "{}",
            "[",
            r#"{"id": "a", "argv": [1]}"#,
            r#"{"id": "a", "env": {"A": 1}}"#,
            r#"{"id": "a", "files": {"x": {}}}"#,
        ] {
            assert!(Case::parse(line).is_err(), "{line}");
        }
    }
}
