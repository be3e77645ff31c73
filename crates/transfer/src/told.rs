//! What those who watch are told of a call: its parameters, under their names in the model. The engine builds requests, not
//! parameters; these are read back from the request where somebody watches.

use crate::body::Body;
use crate::client::Call;
use crate::xml::{NotXml, Reader, Token};
use oxaws_client::STREAM;
use oxaws_model::{Location, Member, Operation, Shape, ShapeKind};
use oxaws_python::percent_decode;
use oxaws_value::{Map, Value};

/// Names the algorithm of an upload's checksum; sent where the checksum is.
const CHECKSUM_HEADER: &str = "x-amz-sdk-checksum-algorithm";
/// How headers end that are made from another parameter.
const MADE: &str = "customer-key-md5";
/// A parameter of each listing that the AWS CLI adds only when it is sent.
const ENCODING: &str = "encoding-type";
/// What comes first.
const FIRST: [&str; 2] = ["Bucket", "Key"];

/// The parameters of a call.
pub(crate) fn params(call: &Call<'_>, operation: Operation) -> Map {
    let members = || operation.input().into_iter().flat_map(|input| input.members());
    let is_first = |m: &Member| FIRST.contains(&m.name());
    let mut out = Map::new();
    for member in members().filter(is_first).chain(members().filter(|m| !is_first(m))) {
        if let Some(value) = param(call, member) {
            out.insert(member.name(), value);
        }
    }
    out
}

fn param(call: &Call<'_>, member: Member) -> Option<Value> {
    let name = member.wire_name();
    match member.location() {
        Some(Location::Uri) => Some(Value::from(if member.name() == "Bucket" { call.bucket } else { call.key })),
        Some(Location::QueryString) if name == ENCODING => None,
        Some(Location::QueryString) => {
            let pairs = call.query.split('&').filter_map(|part| part.split_once('='));
            let (_, value) = pairs.into_iter().find(|(n, _)| *n == name)?;
            Some(scalar(member.shape(), &String::from_utf8_lossy(&percent_decode(value))))
        }
        Some(Location::Header) => header(call, member),
        Some(Location::Headers) => {
            let own = call.headers.iter().filter_map(|(n, v)| Some((n.get(name.len()..)?, n.get(..name.len())?, v)));
            let own = own.filter(|(_, prefix, _)| prefix.eq_ignore_ascii_case(name));
            let map: Map = own.map(|(n, _, v)| (n.to_owned(), Value::from(&*String::from_utf8_lossy(v)))).collect();
            (!map.is_empty()).then_some(Value::Map(map))
        }
        Some(Location::StatusCode) => None,
        None if call.op.uploads() => Some(STREAM.into()),
        None => match &call.body {
            Body::Bytes(document) => structure(document, member.shape()).ok(),
            _ => None,
        },
    }
}

fn header(call: &Call<'_>, member: Member) -> Option<Value> {
    let name = member.wire_name();
    if name.eq_ignore_ascii_case(CHECKSUM_HEADER) && call.op.uploads() {
        return call.checksum.map(|algorithm| algorithm.name().into());
    }
    if name.eq_ignore_ascii_case(call.unasked) || name.to_ascii_lowercase().ends_with(MADE) {
        return None;
    }
    let (_, value) = call.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name))?;
    let text = String::from_utf8_lossy(value);
    Some(if member.name() == "CopySource" { copy_source(&text) } else { scalar(member.shape(), &text) })
}

/// The AWS CLI gives the source of a copy as a structure of two.
fn copy_source(text: &str) -> Value {
    let text = String::from_utf8_lossy(&percent_decode(text)).into_owned();
    let parts = if text.starts_with("arn:") { text.split_once("/object/") } else { text.split_once('/') };
    match parts {
        Some((bucket, key)) => {
            Value::Map([("Bucket", Value::from(bucket)), ("Key", Value::from(key))].into_iter().collect())
        }
        None => text.into(),
    }
}

fn scalar(shape: Shape, text: &str) -> Value {
    match shape.kind() {
        ShapeKind::Integer | ShapeKind::Long => text.parse().map_or_else(|_| Value::from(text), Value::Int),
        ShapeKind::Boolean => Value::Bool(text == "true"),
        _ => text.into(),
    }
}

/// The document of a request as the structure that it was made from.
fn structure(document: &[u8], shape: Shape) -> Result<Value, NotXml> {
    let mut reader = Reader::new(document);
    reader.root()?;
    element(&mut reader, shape)
}

/// The element that was just opened, up to its end. How deep this goes is limited by the reader.
fn element(reader: &mut Reader<'_>, shape: Shape) -> Result<Value, NotXml> {
    if shape.kind() != ShapeKind::Structure {
        return Ok(scalar(shape, &reader.text()?));
    }
    let mut out = Map::new();
    // At the document's end nothing is left, and nothing closes.
    while let Some(token) = reader.next()? {
        let name = match token {
            Token::Open(name) => name,
            Token::Text(_) => continue,
            Token::Close(_) => break,
        };
        let Some(member) = shape.members().find(|m| m.wire_name().as_bytes() == name) else {
            reader.skip()?;
            continue;
        };
        // Lists in the documents that are sent have no element around them.
        if member.shape().kind() == ShapeKind::List && member.flattened() {
            let item = element(reader, member.shape().element().shape())?;
            match out.get_mut(member.name()) {
                Some(Value::List(items)) => items.push(item),
                _ => drop(out.insert(member.name(), Value::List(vec![item]))),
            }
        } else {
            out.insert(member.name(), element(reader, member.shape())?);
        }
    }
    Ok(Value::Map(out))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Op;
    use oxaws_sign::Algorithm;
    use oxaws_value::{JsonStyle, to_json};

    fn of(call: &Call<'_>) -> String {
        let service = oxaws_pack::facts().service_by_directory("s3").expect("the service");
        let operation = service.operation_named(call.op.name()).expect("the operation");
        to_json(&Value::Map(params(call, operation)), JsonStyle::PYTHON)
    }

    #[test]
    fn uploads() {
        let mut call = Call::new(Op::PutObject, "b", "a key");
        call.header("x-amz-acl", "private");
        call.header("x-amz-meta-Colour", "blue");
        call.header("x-amz-server-side-encryption-customer-key", "k");
        call.header("x-amz-server-side-encryption-customer-key-MD5", "m");
        call.checksum = Some(Algorithm::Crc32);
        call.body = Body::Bytes(b"never shown");
        assert_eq!(
            of(&call),
            r#"{"Bucket": "b", "Key": "a key", "ACL": "private", "Body": "<stream>", "ChecksumAlgorithm": "CRC32", "Metadata": {"Colour": "blue"}, "SSECustomerKey": "k"}"#
        );
        let mut call = Call::new(Op::UploadPart, "b", "k");
        call.query = "partNumber=7&uploadId=a%2Bb".into();
        assert_eq!(of(&call), r#"{"Bucket": "b", "Key": "k", "Body": "<stream>", "PartNumber": 7, "UploadId": "a+b"}"#);
    }

    #[test]
    fn documents() {
        let mut call = Call::new(Op::CompleteUpload, "b", "k");
        call.query = "uploadId=u".into();
        call.body = Body::Bytes(
            b"<CompleteMultipartUpload xmlns=\"x\"><Part><ETag>&quot;e&quot;</ETag><PartNumber>1</PartNumber></Part>\
              <Part><PartNumber>2</PartNumber><Novel/></Part></CompleteMultipartUpload>",
        );
        assert_eq!(
            of(&call),
            r#"{"Bucket": "b", "Key": "k", "MultipartUpload": {"Parts": [{"ETag": "\"e\"", "PartNumber": 1}, {"PartNumber": 2}]}, "UploadId": "u"}"#
        );
        let mut call = Call::new(Op::DeleteObjects, "b", "");
        call.query = "delete".into();
        call.body = Body::Bytes(
            b"<Delete><Object><Key>a&amp;b</Key></Object><Object><Key/></Object><Quiet>true</Quiet></Delete>",
        );
        assert_eq!(
            of(&call),
            r#"{"Bucket": "b", "Delete": {"Objects": [{"Key": "a&b"}, {"Key": ""}], "Quiet": true}}"#
        );
        call.body = Body::Bytes(b"<Delete><Object>");
        assert_eq!(of(&call), r#"{"Bucket": "b"}"#);
    }

    #[test]
    fn what_is_added_in_passing_is_no_parameter() {
        let mut call = Call::new(Op::ListObjects, "b", "");
        call.query = "list-type=2&prefix=a%2F&max-keys=5&encoding-type=url".into();
        assert_eq!(of(&call), r#"{"Bucket": "b", "MaxKeys": 5, "Prefix": "a/"}"#);
        let mut call = Call::new(Op::GetObject, "b", "k");
        call.header("Range", "bytes=0-9");
        call.header("x-amz-checksum-mode", "ENABLED");
        assert_eq!(of(&call), r#"{"Bucket": "b", "Key": "k", "Range": "bytes=0-9", "ChecksumMode": "ENABLED"}"#);
        call.unasked = "x-amz-checksum-mode";
        assert_eq!(of(&call), r#"{"Bucket": "b", "Key": "k", "Range": "bytes=0-9"}"#);
    }

    #[test]
    fn sources_of_copies_have_two_parts() {
        let of = |source| to_json(&copy_source(source), JsonStyle::PYTHON);
        assert_eq!(of("b/a/b%20c"), r#"{"Bucket": "b", "Key": "a/b c"}"#);
        let arn = "arn:aws:s3:eu-west-1:123456789012:accesspoint/p";
        assert_eq!(of(&format!("{arn}/object/a/k")), format!(r#"{{"Bucket": "{arn}", "Key": "a/k"}}"#));
    }
}
