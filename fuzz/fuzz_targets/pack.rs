//! A pack with damaged bytes: reading all of it ends, without a panic.
#![no_main]

use std::hint::black_box;

use libfuzzer_sys::fuzz_target;
use oxaws_fuzz::{pack_bytes, patched};
use oxaws_model::{Member, Pack, Service, Shape};

/// Records looked at in one run: damaged counts may ask for any number.
const RECORDS: u32 = 20_000;

fuzz_target!(|data: &[u8]| {
    // Half of the runs read the input itself, the others the model with the input's patches.
    let bytes = match data.split_first() {
        Some((choice, rest)) if choice & 1 == 1 => rest.to_vec(),
        _ => patched(pack_bytes(), data.get(1..).unwrap_or_default()),
    };
    let given = Box::into_raw(bytes.into_boxed_slice());
    // SAFETY: the bytes live until the end of this block, and nothing read from the pack leaves it.
    unsafe {
        read(&*given);
        drop(Box::from_raw(given));
    }
});

fn read(data: &'static [u8]) {
    let Ok(pack) = Pack::new(data) else { return };
    let mut left = RECORDS;
    black_box((pack.source().len(), pack.partitions().len(), pack.service("query").is_some()));
    for (name, service) in pack.service_names().take(50) {
        black_box((name.len(), service.cli_name().len()));
    }
    for service in pack.services().take(50) {
        read_service(service, &mut left);
    }
}

fn read_service(service: Service, left: &mut u32) {
    black_box((service.directory(), service.service_id(), service.signing_name(), service.protocol()));
    black_box((service.auth().count(), service.client_context_params().count(), service.rules().len()));
    black_box((service.operation("get").is_some(), service.operation_named("Get").is_some(), service.member_range()));
    for operation in service.operations() {
        if !spend(left) {
            return;
        }
        black_box((operation.name(), operation.cli_name(), operation.uri(), operation.host_prefix()));
        black_box((operation.auth().count(), operation.http_checksum().is_some(), operation.checksum_required()));
        black_box((operation.static_context_params().count(), operation.operation_context_params().count()));
        black_box((
            operation.has_streaming_output(),
            operation.has_event_stream_input(),
            operation.input_xml_namespace(),
        ));
        if let Some(pages) = operation.paginator() {
            black_box((pages.input_tokens().count(), pages.result_keys().count(), pages.limit_key()));
        }
        for shape in operation.input().into_iter().chain(operation.output()).chain(operation.errors().take(20)) {
            read_shape(shape, left);
        }
    }
    for shape in service.shapes() {
        if !spend(left) {
            return;
        }
        read_shape(shape, left);
    }
    for waiter in service.waiters().take(50) {
        black_box((waiter.name(), waiter.operation(), waiter.delay(), waiter.acceptors().count()));
    }
}

fn read_shape(shape: Shape, left: &mut u32) {
    black_box((shape.name(), shape.kind(), shape.min(), shape.pattern(), shape.error_code(), shape.error_status()));
    black_box((shape.enum_values().count(), shape.payload().is_some(), shape.member("Text").is_some()));
    black_box((shape.timestamp_format(), shape.xml_namespace(), shape.location_name()));
    for member in shape.members().chain([shape.element(), shape.key(), shape.value()]) {
        if !spend(left) {
            return;
        }
        read_member(member);
    }
}

fn read_member(member: Member) {
    black_box((member.name(), member.shape().kind(), member.location(), member.wire_name(), member.query_name()));
    black_box((member.flattened(), member.streaming(), member.context_param(), member.enum_values().count()));
}

fn spend(left: &mut u32) -> bool {
    *left = left.saturating_sub(1);
    *left > 0
}
