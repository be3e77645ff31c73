//! `rekognition`: `--image-bytes` and its like for the bytes of images.

use crate::arguments::tweak;
use crate::hoisted_blob::{hoist, put};
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::ArgTable;
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_model::Operation;
use oxaws_value::{Map, Value};

pub(crate) const TWEAKS: &[Tweak] = &[
    tweak("rekognition", "compare-faces", Hook::Arguments(compared)),
    tweak("rekognition", "*", Hook::Arguments(image)),
];

const HELP: &str = "The image itself: fileb://image.png.";

fn image(table: &mut ArgTable, _: Operation) {
    hoist(table, "image", "Bytes", "image-bytes", HELP, |p, v| set(p, "Image", v));
}

fn compared(table: &mut ArgTable, _: Operation) {
    hoist(table, "source-image", "Bytes", "source-image-bytes", HELP, |p, v| set(p, "SourceImage", v));
    hoist(table, "target-image", "Bytes", "target-image-bytes", HELP, |p, v| set(p, "TargetImage", v));
}

fn set(params: &mut Map, image: &'static str, value: Value) -> Result<(), Failure> {
    put(params, image, "Bytes", value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_join_the_image() {
        let mut params = Map::new();
        set(&mut params, "Image", Value::Bytes(vec![1])).unwrap();
        assert_eq!(params.get("Image").and_then(|i| i.get("Bytes")), Some(&Value::Bytes(vec![1])));
    }
}
