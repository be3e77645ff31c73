//! Config, credentials and alias files with any contents.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oxaws_config::ini::Ini;

fuzz_target!(|data: &[u8]| {
    let Ok(file) = Ini::parse(data.to_vec()) else { return };
    for section in file.sections() {
        let _ = (section.name().len(), section.entries().count(), section.get("region"));
        let _ = file.section(section.name());
    }
});
