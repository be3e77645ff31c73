//! The type of a file's content by its name: Python's `mimetypes`, which the AWS CLI asks. The system's lists count over
//! the built-in one, as there.

use std::collections::HashMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// Where systems keep lists of types; the later ones count.
const LISTS: [&str; 8] = [
    "/etc/mime.types",
    "/etc/httpd/mime.types",
    "/etc/httpd/conf/mime.types",
    "/etc/apache/mime.types",
    "/etc/apache2/mime.types",
    "/usr/local/etc/httpd/conf/mime.types",
    "/usr/local/lib/netscape/mime.types",
    "/usr/local/etc/mime.types",
];

/// Endings that stand for two.
const DOUBLE: [(&str, &str); 6] = [
    ("svgz", ".svg.gz"),
    ("tgz", ".tar.gz"),
    ("taz", ".tar.gz"),
    ("tz", ".tar.gz"),
    ("tbz2", ".tar.bz2"),
    ("txz", ".tar.xz"),
];

/// Endings that tell of an encoding, not of a type. Case counts here.
const ENCODINGS: [&str; 5] = ["gz", "Z", "bz2", "xz", "br"];

/// The type of a file's content by its path; `None` where the name tells nothing.
pub fn guess(path: &str) -> Option<String> {
    static SYSTEM: OnceLock<Vec<String>> = OnceLock::new();
    static INDEX: OnceLock<HashMap<&str, &str>> = OnceLock::new();
    static ASKED: AtomicBool = AtomicBool::new(false);
    let lists = SYSTEM.get_or_init(|| LISTS.iter().rev().filter_map(|l| std::fs::read_to_string(l).ok()).collect());
    // For one file a look through the lists is cheaper than an index of them.
    if !ASKED.swap(true, Ordering::Relaxed) {
        return guess_with(path, |ending| lists.iter().find_map(|list| in_list(list, ending)));
    }
    let index = INDEX.get_or_init(|| index(lists));
    guess_with(path, |ending| index.get(ending).copied())
}

/// The type of each ending: the first list counts, and in it the last line.
fn index(lists: &[String]) -> HashMap<&str, &str> {
    let mut index = HashMap::new();
    for list in lists.iter().rev() {
        for line in list.lines() {
            let mut words = line.split_whitespace().take_while(|w| !w.starts_with('#'));
            if let Some(kind) = words.next() {
                index.extend(words.map(|ending| (ending, kind)));
            }
        }
    }
    index
}

fn guess_with<'l>(path: &str, listed: impl Fn(&str) -> Option<&'l str>) -> Option<String> {
    let (base, ending) = split_ending(path);
    let doubled = DOUBLE.iter().find(|(e, _)| ending.eq_ignore_ascii_case(e)).map(|(_, to)| format!("{base}{to}"));
    let whole = doubled.as_deref().unwrap_or(path);
    let (base, mut ending) = split_ending(whole);
    if ENCODINGS.contains(&ending) {
        ending = split_ending(base).1;
    }
    if ending.is_empty() {
        return None;
    }
    let find = |ending: &str| {
        listed(ending)
            .map(str::to_owned)
            .or_else(|| BUILT_IN.binary_search_by(|(e, _)| (*e).cmp(ending)).ok().map(|at| BUILT_IN[at].1.to_owned()))
    };
    find(ending).or_else(|| find(&ending.to_lowercase()))
}

/// What stands before the last dot of the last part, and after it (Python's `splitext`): dots at its start don't count.
fn split_ending(path: &str) -> (&str, &str) {
    let name_at = path.rfind('/').map_or(0, |at| at + 1);
    let name = &path[name_at..];
    match name.rfind('.') {
        Some(dot) if name[..dot].bytes().any(|b| b != b'.') => (&path[..name_at + dot], &name[dot + 1..]),
        _ => (path, ""),
    }
}

/// The type of an ending in a list of the form `type ending ending # comment`; the last line counts.
fn in_list<'a>(list: &'a str, ending: &str) -> Option<&'a str> {
    let mut found = None;
    for line in list.lines() {
        if !line.contains(ending) {
            continue;
        }
        let mut words = line.split_whitespace().take_while(|w| !w.starts_with('#'));
        if let Some(kind) = words.next()
            && words.any(|w| w == ending)
        {
            found = Some(kind);
        }
    }
    found
}

/// Python 3.11's own list, sorted.
const BUILT_IN: [(&str, &str); 149] = [
    ("3g2", "audio/3gpp2"),
    ("3gp", "audio/3gpp"),
    ("3gpp", "audio/3gpp"),
    ("3gpp2", "audio/3gpp2"),
    ("a", "application/octet-stream"),
    ("aac", "audio/aac"),
    ("adts", "audio/aac"),
    ("ai", "application/postscript"),
    ("aif", "audio/x-aiff"),
    ("aifc", "audio/x-aiff"),
    ("aiff", "audio/x-aiff"),
    ("ass", "audio/aac"),
    ("au", "audio/basic"),
    ("avi", "video/x-msvideo"),
    ("avif", "image/avif"),
    ("bat", "text/plain"),
    ("bcpio", "application/x-bcpio"),
    ("bin", "application/octet-stream"),
    ("bmp", "image/bmp"),
    ("c", "text/plain"),
    ("cdf", "application/x-netcdf"),
    ("cpio", "application/x-cpio"),
    ("csh", "application/x-csh"),
    ("css", "text/css"),
    ("csv", "text/csv"),
    ("dll", "application/octet-stream"),
    ("doc", "application/msword"),
    ("dot", "application/msword"),
    ("dvi", "application/x-dvi"),
    ("eml", "message/rfc822"),
    ("eps", "application/postscript"),
    ("etx", "text/x-setext"),
    ("exe", "application/octet-stream"),
    ("gif", "image/gif"),
    ("gtar", "application/x-gtar"),
    ("h", "text/plain"),
    ("h5", "application/x-hdf5"),
    ("hdf", "application/x-hdf"),
    ("heic", "image/heic"),
    ("heif", "image/heif"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("ico", "image/vnd.microsoft.icon"),
    ("ief", "image/ief"),
    ("jpe", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("js", "application/javascript"),
    ("json", "application/json"),
    ("ksh", "text/plain"),
    ("latex", "application/x-latex"),
    ("loas", "audio/aac"),
    ("m1v", "video/mpeg"),
    ("m3u", "application/vnd.apple.mpegurl"),
    ("m3u8", "application/vnd.apple.mpegurl"),
    ("man", "application/x-troff-man"),
    ("me", "application/x-troff-me"),
    ("mht", "message/rfc822"),
    ("mhtml", "message/rfc822"),
    ("mif", "application/x-mif"),
    ("mjs", "application/javascript"),
    ("mov", "video/quicktime"),
    ("movie", "video/x-sgi-movie"),
    ("mp2", "audio/mpeg"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("mpa", "video/mpeg"),
    ("mpe", "video/mpeg"),
    ("mpeg", "video/mpeg"),
    ("mpg", "video/mpeg"),
    ("ms", "application/x-troff-ms"),
    ("n3", "text/n3"),
    ("nc", "application/x-netcdf"),
    ("nq", "application/n-quads"),
    ("nt", "application/n-triples"),
    ("nws", "message/rfc822"),
    ("o", "application/octet-stream"),
    ("obj", "application/octet-stream"),
    ("oda", "application/oda"),
    ("opus", "audio/opus"),
    ("p12", "application/x-pkcs12"),
    ("p7c", "application/pkcs7-mime"),
    ("pbm", "image/x-portable-bitmap"),
    ("pdf", "application/pdf"),
    ("pfx", "application/x-pkcs12"),
    ("pgm", "image/x-portable-graymap"),
    ("pl", "text/plain"),
    ("png", "image/png"),
    ("pnm", "image/x-portable-anymap"),
    ("pot", "application/vnd.ms-powerpoint"),
    ("ppa", "application/vnd.ms-powerpoint"),
    ("ppm", "image/x-portable-pixmap"),
    ("pps", "application/vnd.ms-powerpoint"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("ps", "application/postscript"),
    ("pwz", "application/vnd.ms-powerpoint"),
    ("py", "text/x-python"),
    ("pyc", "application/x-python-code"),
    ("pyo", "application/x-python-code"),
    ("qt", "video/quicktime"),
    ("ra", "audio/x-pn-realaudio"),
    ("ram", "application/x-pn-realaudio"),
    ("ras", "image/x-cmu-raster"),
    ("rdf", "application/xml"),
    ("rgb", "image/x-rgb"),
    ("roff", "application/x-troff"),
    ("rtx", "text/richtext"),
    ("sgm", "text/x-sgml"),
    ("sgml", "text/x-sgml"),
    ("sh", "application/x-sh"),
    ("shar", "application/x-shar"),
    ("snd", "audio/basic"),
    ("so", "application/octet-stream"),
    ("src", "application/x-wais-source"),
    ("srt", "text/plain"),
    ("sv4cpio", "application/x-sv4cpio"),
    ("sv4crc", "application/x-sv4crc"),
    ("svg", "image/svg+xml"),
    ("swf", "application/x-shockwave-flash"),
    ("t", "application/x-troff"),
    ("tar", "application/x-tar"),
    ("tcl", "application/x-tcl"),
    ("tex", "application/x-tex"),
    ("texi", "application/x-texinfo"),
    ("texinfo", "application/x-texinfo"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("tr", "application/x-troff"),
    ("trig", "application/trig"),
    ("tsv", "text/tab-separated-values"),
    ("txt", "text/plain"),
    ("ustar", "application/x-ustar"),
    ("vcf", "text/x-vcard"),
    ("vtt", "text/vtt"),
    ("wasm", "application/wasm"),
    ("wav", "audio/x-wav"),
    ("webm", "video/webm"),
    ("webmanifest", "application/manifest+json"),
    ("wiz", "application/msword"),
    ("wsdl", "application/xml"),
    ("xbm", "image/x-xbitmap"),
    ("xlb", "application/vnd.ms-excel"),
    ("xls", "application/vnd.ms-excel"),
    ("xml", "text/xml"),
    ("xpdl", "application/xml"),
    ("xpm", "image/x-xpixmap"),
    ("xsl", "application/xml"),
    ("xwd", "image/x-xwindowdump"),
    ("zip", "application/zip"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_by_name() {
        let lists = [
            "# x\napplication/gzip\t\tgz\ntext/older odd\ntext/odd odd # not\n".to_owned(),
            "text/shadowed odd\n".to_owned(),
        ];
        for (name, expected) in [
            ("/a/b.txt", Some("text/plain")),
            ("a.TXT", Some("text/plain")),
            ("a.tar.gz", Some("application/x-tar")),
            ("a.tgz", Some("application/x-tar")),
            ("a.gz", None),
            ("a.css.GZ", Some("application/gzip")),
            ("x/.txt", None),
            ("..txt", None),
            ("a..txt", Some("text/plain")),
            ("a.", None),
            ("a.b/c", None),
            ("a.html.br", Some("text/html")),
            ("a.odd", Some("text/odd")),
            ("a.not", None),
        ] {
            let by_line = |ending: &str| lists.iter().find_map(|list| in_list(list, ending));
            assert_eq!(guess_with(name, by_line).as_deref(), expected, "{name}");
            assert_eq!(guess_with(name, |ending| index(&lists).get(ending).copied()).as_deref(), expected, "{name}");
        }
        assert!(BUILT_IN.is_sorted());
    }
}
