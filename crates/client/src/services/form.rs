//! Forms, read back.

/// The pairs of a form.
pub fn pairs(body: &[u8]) -> Vec<(String, String)> {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        String::from_utf8_lossy(&oxaws_python::percent_decode(&text)).into_owned()
    };
    let text = String::from_utf8_lossy(body);
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

#[cfg(test)]
mod tests {

    #[test]
    fn forms_are_read_back() {
        let pairs = [("a b".to_owned(), "é&=+".to_owned()), ("c".into(), String::new())];
        assert_eq!(super::pairs(oxaws_python::form_encode(&pairs).as_bytes()), pairs);
    }
}
