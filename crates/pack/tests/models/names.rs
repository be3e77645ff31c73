//! Command names, worked out anew.

/// The command of the service in a directory.
pub fn command_name(directory: &str) -> &str {
    match directory {
        "s3" => "s3api",
        "codedeploy" => "deploy",
        "config" => "configservice",
        "eventbridgev2" => "eventsv2",
        "agenttoolkit" => "agent-toolkit",
        other => other,
    }
}

/// The command name of an operation or a waiter.
pub fn dashed(name: &str) -> String {
    // botocore keeps a list of names that its rule would cut to pieces.
    let name = match name {
        "ExecutePartiQLStatement" | "ExecutePartiQLTransaction" | "ExecutePartiQLBatch" => {
            name.replace("PartiQL", "Partiql")
        }
        "UpdateOTelEnrichment" => name.replace("OTel", "Otel"),
        "ListHITsForQualificationType" => name.replace("HITs", "Hits"),
        _ => name.replace("iSCSI", "Iscsi").replace("WhatsApp", "Whatsapp"),
    };
    // A plural of an abbreviation at the end (`ListWebACLs`) is one word.
    let stem = name.strip_suffix('s').unwrap_or_default();
    let plural = stem.trim_end_matches(|c: char| c.is_ascii_uppercase());
    let words = if stem.len() >= plural.len() + 2 {
        format!("{plural}-{}", name[plural.len()..].to_lowercase())
    } else {
        name.clone()
    };
    let letters: Vec<char> = words.chars().collect();
    let mut dashed = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|b| letters[b]);
        let starts_word = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        let after_small = before.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if letter.is_ascii_uppercase() && before.is_some() && (starts_word || after_small) {
            dashed.push('-');
        }
        dashed.push(letter.to_ascii_lowercase());
    }
    dashed
}
