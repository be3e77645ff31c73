//! Config, credentials and alias files with any contents: the quick look at a file must find what parsing it whole finds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oxaws_config::document::Document;
use oxaws_config::ini::Ini;

fuzz_target!(|data: &[u8]| {
    let quick = Document::parse(data.to_vec());
    let whole = Document::parse_whole(data.to_vec());
    assert_eq!(quick.is_some(), whole.is_some());
    if let (Some(quick), Some(whole)) = (quick, whole) {
        assert!(quick.names().eq(whole.names()));
        for (number, name) in whole.names().enumerate() {
            assert_eq!(quick.section(number), whole.section(number));
            assert_eq!(quick.find(name), whole.find(name));
        }
    }
    let Ok(file) = Ini::parse(data.to_vec()) else { return };
    for section in file.sections() {
        let _ = (section.name().len(), section.entries().count(), section.get("region"));
        let _ = file.section(section.name());
    }
});
