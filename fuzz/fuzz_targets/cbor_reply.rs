//! Replies of the smithy-rpc-v2-cbor protocol: results, errors, headers.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oxaws_fuzz::parse_reply("smithy-rpc-v2-cbor", data));
