//! Whatever a server answers: interim answers, heads, bodies of a length, in chunks with trailers, up to the end.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok((status, body)) = oxaws_fuzz::wire::ask(data, "http://{ADDRESS}/", false) {
        assert!((200..=999).contains(&status) || status == 101, "{status} is not a final status");
        assert!(body.len() <= data.len(), "a body of {} bytes from an answer of {}", body.len(), data.len());
    }
});
