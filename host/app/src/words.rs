//! The command line in the reader's language: help, answers and errors pass
//! through the catalogue where they leave. What `--json` answers is for programs
//! and never changes.

use clap::{Arg, Command};
use rialto_kernel::{Locale, words::said};
use std::sync::OnceLock;

static SPOKEN: OnceLock<Locale> = OnceLock::new();

/// Say everything in this language from now on.
pub fn speak(locale: Locale) {
    // The first word counts; a test that runs two commands keeps it.
    let _ = SPOKEN.set(locale);
}

/// The language things are said in.
#[must_use]
pub fn spoken() -> Locale {
    SPOKEN.get().copied().unwrap_or_default()
}

/// A few lines of ours, each in the language spoken.
#[must_use]
pub fn lines(text: &str) -> String {
    let locale = spoken();
    let mut out = String::with_capacity(text.len());
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push('\n');
        }
        out.push_str(&said(line, locale));
    }
    out
}

/// An error and its causes in one line.
#[must_use]
pub fn chain(error: &anyhow::Error) -> String {
    let locale = spoken();
    let causes = error.chain().map(|cause| said(&cause.to_string().replace('\n', " "), locale).into_owned());
    causes.collect::<Vec<_>>().join(locale.pick(": ", "："))
}

/// The help of every command in a language.
#[must_use]
pub fn in_language(command: Command, locale: Locale) -> Command {
    if locale == Locale::En {
        return command;
    }
    let mut command = command;
    // Help's own flags and command exist only afterwards.
    command.build();
    translated(command, locale)
}

/// What stands around the parts that clap writes; it knows English headings only.
const HELP: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

fn translated(command: Command, locale: Locale) -> Command {
    let about = command.get_about().map(|text| said(&text.to_string(), locale).into_owned());
    let long = command.get_long_about().map(|text| said(&text.to_string(), locale).into_owned());
    let names: Vec<String> = command.get_subcommands().map(|one| one.get_name().to_owned()).collect();
    let mut command = command.help_template(HELP).subcommand_help_heading("命令");
    if let Some(about) = about {
        command = command.about(about);
    }
    if let Some(long) = long {
        command = command.long_about(long);
    }
    command = command.mut_args(|arg| argument(arg, locale));
    for name in names {
        command = command.mut_subcommand(name, |one| translated(one, locale));
    }
    command
}

fn argument(arg: Arg, locale: Locale) -> Arg {
    let help = arg.get_help().map(|text| said(&text.to_string(), locale).into_owned());
    let long = arg.get_long_help().map(|text| said(&text.to_string(), locale).into_owned());
    let heading = if arg.is_positional() { "参数" } else { "选项" };
    let mut arg = arg.help_heading(heading);
    if let Some(help) = help {
        arg = arg.help(help);
    }
    if let Some(long) = long {
        arg = arg.long_help(long);
    }
    arg
}
