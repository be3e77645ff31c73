//! What a call gave.

use crate::types::stream::StreamBody;
use oxaws_http::Headers;
use oxaws_value::{Map, Value};

/// What a call gave.
#[derive(Debug)]
pub struct Reply {
    /// The output structure.
    pub value: Map,
    /// The streaming payload, still on its way.
    pub stream: Option<StreamBody>,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: Headers,
    /// The id that the service gave the request.
    pub request_id: Option<String>,
    /// The body as it came, where [`Session::call_raw`](crate::Session::call_raw) asked for it.
    pub body: Vec<u8>,
    /// How many attempts were made before.
    pub retries: u32,
}

impl Reply {
    /// An answer that isn't read.
    pub(crate) fn of(answer: Answer) -> Reply {
        Reply {
            value: Map::new(),
            stream: None,
            status: answer.status,
            headers: answer.headers,
            request_id: None,
            body: answer.body,
            retries: 0,
        }
    }

    /// What botocore tells of a reply beside its value, under `ResponseMetadata`.
    pub fn metadata(&self) -> Map {
        let mut headers = Map::new();
        for (name, value) in self.headers.iter() {
            add_header(&mut headers, &name.to_ascii_lowercase(), value);
        }
        let mut out =
            response_metadata(self.status, headers, self.request_id.as_deref(), self.headers.get("x-amz-id-2"));
        out.insert("RetryAttempts", i64::from(self.retries));
        out
    }
}

/// Adds a header; one that comes more than once is one, with all values.
pub(crate) fn add_header(headers: &mut Map, name: &str, value: &str) {
    let found = headers.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name));
    if let Some((_, Value::String(before))) = found {
        before.push_str(", ");
        before.push_str(value);
        return;
    }
    headers.insert(name.to_owned(), value);
}

/// `ResponseMetadata` as a parser gives it: `headers` have names in lower case.
pub(crate) fn response_metadata(status: u16, headers: Map, request_id: Option<&str>, host_id: Option<&str>) -> Map {
    let mut out = Map::new();
    if let Some(id) = request_id {
        out.insert("RequestId", id);
    }
    if let Some(id) = host_id {
        out.insert("HostId", id);
    }
    out.insert("HTTPStatusCode", i64::from(status));
    out.insert("HTTPHeaders", headers);
    out
}

/// An answer as it came, for those who must look behind its meaning.
#[derive(Debug, Default)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The reason phrase of the status line.
    pub reason: String,
    /// The headers.
    pub headers: Headers,
    /// The body, empty for one that streams.
    pub body: Vec<u8>,
}
