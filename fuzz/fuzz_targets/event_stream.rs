//! Event streams, in pieces of any size.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oxaws_fuzz::operation;
use oxaws_protocol::{MessageDecoder, ParseOptions, Timestamps, parse_event, parse_initial_response};
use oxaws_python::LocalClock;

fuzz_target!(|data: &[u8]| {
    let Some((piece, stream)) = data.split_first() else { return };
    let offset = |_| 0;
    let options = ParseOptions { timestamps: Timestamps::Iso8601, clock: LocalClock { now: 0, offset: &offset } };
    let operation = operation("json", "Listen");
    let mut decoder = MessageDecoder::new();
    for piece in stream.chunks(usize::from(*piece) + 1) {
        decoder.feed(piece);
        loop {
            match decoder.next_message() {
                Ok(Some(message)) => {
                    let _ = parse_event(operation, &message, &options);
                    let _ = parse_initial_response(operation, &message, &options);
                }
                Ok(None) => break,
                Err(_) => return,
            }
        }
    }
});
