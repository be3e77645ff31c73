//! Telling the user where to authorize.

use super::browser;
use oxaws_cli::{Context, Failure};

/// Whether a browser is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Browser {
    /// It is.
    Open,
    /// The user is told the address alone.
    LeaveClosed,
}

/// Where to authorize.
#[derive(Debug, Clone, Copy)]
pub struct Announcement<'a> {
    /// The page.
    pub url: &'a str,
    /// The page with the code filled in.
    pub complete_url: &'a str,
    /// The code to enter there, where one is.
    pub code: Option<&'a str>,
    /// The option for users whose browser is on another device.
    pub other_device: &'a str,
}

impl Announcement<'_> {
    /// Tells the user, and opens the browser where that is wanted.
    ///
    /// # Errors
    /// When it can't be told.
    pub fn make(&self, cx: &Context, browser: Browser) -> Result<(), Failure> {
        // A page that isn't opened must not be announced as if it were.
        let browser =
            if browser::may_open(self.complete_url, self.code.is_none()) { browser } else { Browser::LeaveClosed };
        cx.ui.text(&self.text(browser))?;
        if browser == Browser::Open {
            browser::open(cx.world, self.complete_url);
        }
        Ok(())
    }

    fn text(&self, browser: Browser) -> String {
        let url = self.url;
        match (browser, self.code) {
            (Browser::LeaveClosed, code) => {
                let mut text =
                    format!("Browser will not be automatically opened.\nPlease visit the following URL:\n\n{url}\n");
                if let Some(code) = code {
                    text.push_str(&format!(
                        "\nThen enter the code:\n\n{code}\n\nAlternatively, you may visit the following URL which will \
                         autofill the code upon loading:\n{}\n",
                        self.complete_url
                    ));
                }
                text
            }
            (Browser::Open, Some(code)) => format!(
                "Attempting to open your default browser.\nIf the browser does not open or you wish to use a different \
                 device to authorize this request, open the following URL:\n\n{url}\n\nThen enter the code:\n\n{code}\n"
            ),
            (Browser::Open, None) => format!(
                "Attempting to open your default browser. If the browser does not open, open the following URL.\nIf you \
                 are unable to open the URL on this device, run this command again with the '{}' option.\n\n{url}\n\n",
                self.other_device
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        let at = Announcement { url: "U", complete_url: "U?c", code: Some("C"), other_device: "--remote" };
        assert_eq!(
            at.text(Browser::LeaveClosed),
            "Browser will not be automatically opened.\nPlease visit the following URL:\n\nU\n\nThen enter the code:\n\n\
             C\n\nAlternatively, you may visit the following URL which will autofill the code upon loading:\nU?c\n"
        );
        assert!(at.text(Browser::Open).ends_with("\n\nU\n\nThen enter the code:\n\nC\n"));
        let no_code = Announcement { code: None, ..at };
        let text = no_code.text(Browser::Open);
        assert!(text.ends_with("with the '--remote' option.\n\nU\n\n"), "{text}");
    }
}
