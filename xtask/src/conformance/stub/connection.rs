//! One connection to the stub server: reads requests and writes the canned answers.

use std::io::{BufRead as _, BufReader, Error, ErrorKind, Read as _, Result, Write as _};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use super::head::{self, BadHead, Head};
use super::{Request, State};
use crate::conformance::case::{Body, Response};

/// The methods that are answered from the case.
const METHODS: &[&str] = &["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH", "OPTIONS"];

/// Serves until the client or an answer closes the connection.
pub fn serve(state: &State, stream: &TcpStream) {
    let _nodelay = stream.set_nodelay(true);
    let mut reader = BufReader::new(stream);
    // An error means that the client is gone or sent something that can't be read on from: either way it is over.
    while let Ok(true) = exchange(state, stream, &mut reader) {}
    let _closed = stream.shutdown(Shutdown::Write);
}

/// Answers one request; says whether another may follow.
fn exchange(state: &State, mut stream: &TcpStream, reader: &mut BufReader<&TcpStream>) -> Result<bool> {
    let head = match head::read(reader) {
        Ok(head) => head,
        Err(BadHead::End) => return Ok(false),
        Err(BadHead::Refused(status)) => return refuse(stream, status),
    };
    let connection = head.headers.first("connection").unwrap_or_default().to_lowercase();
    let keeps_alive = (head.keeps_alive && connection != "close") || connection == "keep-alive";
    let expects = head.headers.first("expect").is_some_and(|e| e.eq_ignore_ascii_case("100-continue"));
    if expects && head.keeps_alive {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    if head.method == "CONNECT" {
        // As a proxy: which host was asked for is noted, and the tunnel refused.
        let request =
            Request { method: head.method, target: head.target, headers: head::Headers::default(), body: Vec::new() };
        state.noted().requests.push(request);
        return refuse(stream, 502);
    }
    if !METHODS.contains(&head.method.as_str()) {
        return refuse(stream, 501);
    }
    let body = read_body(&head, reader)?;
    let Head { method, mut target, headers, .. } = head;
    if state.proxied
        && let Some(rest) = target.strip_prefix("http://")
    {
        target = rest.find('/').map(|at| rest[at..].to_owned()).unwrap_or_default();
    }
    let is_head = method == "HEAD";
    let (reply, count) = state.note(Request { method, target, headers, body });
    (state.observer)(count);
    thread::sleep(reply.delay);
    if let Body::Raw(text) = &reply.body {
        stream.write_all(&latin_1(&state.place.expand_reply(text))?)?;
        return Ok(false);
    }
    if reply.drop {
        stream.shutdown(Shutdown::Both)?;
        return Ok(false);
    }
    let (answer, stays_open) = answer(state, &reply, is_head)?;
    stream.write_all(&answer)?;
    Ok(keeps_alive && stays_open)
}

/// Answers something that isn't a request of a case's.
fn refuse(mut stream: &TcpStream, status: u16) -> Result<bool> {
    let answer = format!("HTTP/1.1 {status} {}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", reason(status));
    stream.write_all(answer.as_bytes())?;
    Ok(false)
}

fn read_body(head: &Head, reader: &mut BufReader<&TcpStream>) -> Result<Vec<u8>> {
    let invalid = || Error::from(ErrorKind::InvalidData);
    let chunked = head.headers.first("transfer-encoding").is_some_and(|t| t.eq_ignore_ascii_case("chunked"));
    let mut body = Vec::new();
    if !chunked {
        let length = head.headers.first("content-length").map_or("", str::trim);
        let length: u64 = if length.is_empty() { 0 } else { length.parse().map_err(|_| invalid())? };
        // A body that ends early is noted as far as it came.
        reader.take(length).read_to_end(&mut body)?;
        return Ok(body);
    }
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(size, 16).map_err(|_| invalid())?;
        if size == 0 {
            break;
        }
        reader.take(size).read_to_end(&mut body)?;
        reader.read_line(&mut line)?;
    }
    // Trailers up to an empty line.
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            return Ok(body);
        }
    }
}

/// The bytes of an answer, and whether the connection stays open after it.
fn answer(state: &State, reply: &Response, is_head: bool) -> Result<(Vec<u8>, bool)> {
    let body = match &reply.body {
        Body::Text(text) => state.place.expand_reply(text).into_bytes(),
        Body::Bytes(bytes) => bytes.clone(),
        Body::Zeros(size) => vec![0; *size],
        Body::Raw(_) => Vec::new(),
    };
    let status = reply.status;
    let mut head =
        format!("HTTP/1.1 {status} {}\r\nServer: Stub \r\nDate: {}\r\n", reason(status), date(SystemTime::now()));
    let mut stays_open = !reply.close && reply.truncate.is_none();
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {}\r\n", state.place.expand_reply(value)));
        if name.eq_ignore_ascii_case("connection") && value.eq_ignore_ascii_case("close") {
            stays_open = false;
        }
    }
    let given = |name: &str| reply.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name));
    if !given("content-length") {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    if !given("x-amzn-requestid") {
        head.push_str("x-amzn-RequestId: 00000000-0000-4000-8000-000000000000\r\n");
    }
    if reply.close {
        head.push_str("Connection: close\r\n");
    }
    head.push_str("\r\n");
    let mut answer = latin_1(&head)?;
    if !is_head {
        let end = reply.truncate.unwrap_or(body.len()).min(body.len());
        answer.extend_from_slice(&body[..end]);
    }
    Ok((answer, stays_open))
}

/// Text as bytes of Latin-1. Text beyond it fails, so that the connection closes without an answer.
fn latin_1(text: &str) -> Result<Vec<u8>> {
    text.chars().map(|c| u8::try_from(c).map_err(|_| Error::from(ErrorKind::InvalidData))).collect()
}

/// A date as HTTP writes it.
fn date(time: SystemTime) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let days = seconds / 86_400;
    let is_leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let (mut year, mut day, mut month) = (1970, days, 0);
    while day >= 365 + u64::from(is_leap(year)) {
        day -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    while day >= lengths[month] {
        day -= lengths[month];
        month += 1;
    }
    let (weekday, month) = (DAYS[usize::try_from(days % 7).unwrap_or(0)], MONTHS[month]);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{weekday}, {:02} {month} {year} {hour:02}:{minute:02}:{second:02} GMT", day + 1)
}

/// The reason phrase of a status code.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Request Entity Too Large",
        414 => "Request-URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Requested Range Not Satisfiable",
        417 => "Expectation Failed",
        418 => "I'm a Teapot",
        422 => "Unprocessable Entity",
        423 => "Locked",
        424 => "Failed Dependency",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        509 => "Bandwidth Limit Exceeded",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn dates_are_http_s() {
        let at = |seconds| date(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(at(1_709_251_199), "Thu, 29 Feb 2024 23:59:59 GMT");
        assert_eq!(at(0), "Thu, 01 Jan 1970 00:00:00 GMT");
    }

    #[test]
    fn headers_are_latin_1() {
        assert_eq!(latin_1("é").unwrap(), [0xe9]);
        assert!(latin_1("☃").is_err());
    }
}
