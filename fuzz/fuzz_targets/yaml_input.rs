//! YAML given on the command line.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = (oxaws_input::yaml::parse(text), oxaws_input::yaml::parse_marked(text));
});
