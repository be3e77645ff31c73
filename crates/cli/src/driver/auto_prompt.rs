//! The AWS CLI can ask for what is missing on the command line (`--cli-auto-prompt`, `AWS_CLI_AUTO_PROMPT`, the profile's
//! `cli_auto_prompt`). This program can't yet, and says so wherever the AWS CLI would have asked: somebody waits for a
//! prompt that doesn't come.

use crate::exit::Exit;
use crate::term::ui::Ui;
use oxaws_config::Config;

const ON: &str = "warning: auto-prompt is not supported by oxaws yet; the command runs exactly as it was entered.";
const PARTIAL: &str =
    "warning: auto-prompt is not supported by oxaws yet; correct the command shown above and run it again.";

/// When the AWS CLI would ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AutoPrompt {
    Off,
    /// Before the command runs.
    On,
    /// After it ended with 252.
    Partial,
}

impl AutoPrompt {
    /// What options, environment and profile say, in the AWS CLI's order (`awscli.autoprompt.core: resolve_mode`). A
    /// profile that doesn't exist leaves it off.
    pub(crate) fn of(args: &[String], config: &Config) -> AutoPrompt {
        let has = |word: &str| args.iter().any(|a| a == word);
        if has("help") || has("--version") || has("--no-cli-auto-prompt") {
            return AutoPrompt::Off;
        }
        if has("--cli-auto-prompt") {
            return AutoPrompt::On;
        }
        match config.text("cli_auto_prompt").ok().flatten().map(|mode| mode.to_lowercase()).as_deref() {
            Some("on") => AutoPrompt::On,
            Some("on-partial") => AutoPrompt::Partial,
            _ => AutoPrompt::Off,
        }
    }

    /// Before the command.
    pub(crate) fn before(self, ui: &Ui) {
        if self == AutoPrompt::On {
            ui.warn_plain(ON);
        }
    }

    /// After the command.
    pub(crate) fn after(self, ui: &Ui, exit: Exit) {
        if self == AutoPrompt::Partial && exit == Exit::Usage {
            ui.warn_plain(PARTIAL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_env::Fixed;

    #[test]
    fn modes() {
        let mode = |args: &[&str], variable: &str, file: &str| {
            let mut world = Fixed::new().with_var("HOME", "/h").with_file("/h/.aws/config", file);
            if !variable.is_empty() {
                world = world.with_var("AWS_CLI_AUTO_PROMPT", variable);
            }
            let args: Vec<String> = args.iter().map(|a| (*a).to_owned()).collect();
            AutoPrompt::of(&args, &Config::load(&world, None))
        };
        use AutoPrompt::{Off, On, Partial};
        let on = "[default]\ncli_auto_prompt = on\n";
        assert_eq!(mode(&["sts"], "", ""), Off);
        assert_eq!(mode(&["sts"], "on", ""), On);
        assert_eq!(mode(&["sts"], "ON-Partial", on), Partial);
        assert_eq!(mode(&["sts"], "sometimes", on), Off);
        assert_eq!(mode(&["sts"], "", on), On);
        assert_eq!(mode(&["sts", "--cli-auto-prompt"], "off", ""), On);
        assert_eq!(mode(&["sts", "--no-cli-auto-prompt"], "on", on), Off);
        assert_eq!(mode(&["sts", "help", "--cli-auto-prompt"], "on", on), Off);
        assert_eq!(mode(&["--version"], "on", on), Off);
    }
}
