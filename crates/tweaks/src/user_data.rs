//! `ec2 run-instances` and `autoscaling create-launch-configuration`: user data is sent in base64, always encoded here,
//! even where it looks encoded already.

use crate::arguments::tweak;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oxaws_cli::error::Failure;
use oxaws_cli::operation::OperationCall;
use oxaws_cli::registry::{Hook, Tweak};
use oxaws_value::{Map, Value};

pub(crate) const TWEAKS: &[Tweak] = &[
    tweak("ec2", "run-instances", Hook::BeforeCall(encode)),
    tweak("autoscaling", "create-launch-configuration", Hook::BeforeCall(encode)),
];

fn encode(call: &mut OperationCall) -> Result<(), Failure> {
    encode_in(&mut call.params);
    Ok(())
}

fn encode_in(params: &mut Map) {
    let encoded = match params.get("UserData") {
        Some(Value::String(text)) => STANDARD.encode(text),
        Some(Value::Bytes(bytes)) => STANDARD.encode(bytes),
        // Validation says what is wrong with it.
        _ => return,
    };
    params.insert("UserData", encoded);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bytes() {
        for (value, want) in [(Value::from("ü"), "w7w="), (Value::Bytes(vec![0xff]), "/w=="), (Value::from("aGk="), "YUdrPQ==")] {
            let mut params: Map = [("UserData", value)].into_iter().collect();
            encode_in(&mut params);
            assert_eq!(params.get("UserData"), Some(&Value::from(want)));
        }
    }
}
