//! The two streams: data goes to standard output, what is said about it to standard error.

use std::io::{self, ErrorKind, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use sysd::render::visible::visible;

use super::Stop;

/// Writes, uncoloured where colours are not wanted, and remembers when nobody listens any more.
#[derive(Default)]
pub struct Output {
    closed: bool,
}

impl Output {
    /// Data. A reader that went away (`| head`) is not an error; a full disk is.
    pub fn print(&mut self, text: &str) -> Result<(), Stop> {
        if self.closed {
            return Ok(());
        }
        // A large design goes out as it is: looking for colours in it takes as long as deriving some of it.
        let (mut plain, mut coloured) = (io::stdout(), anstream::stdout());
        let stdout: &mut dyn Write = if text.contains('\u{1b}') { &mut coloured } else { &mut plain };
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => self.closed = true,
            Err(error) => return Err(Stop(format!("cannot write to standard output: {}", error.kind()))),
            Ok(()) => {}
        }
        Ok(())
    }

    /// A remark. Where standard error is gone there is nobody to tell.
    pub fn note(&self, text: &str) {
        let _ = anstream::stderr().lock().write_all(text.as_bytes());
    }

    /// `error: …`
    pub fn error(&self, message: &str) {
        self.note(&labelled(AnsiColor::Red, "error", message));
    }

    /// `warning: …`
    pub fn warning(&self, message: &str) {
        self.note(&labelled(AnsiColor::Yellow, "warning", message));
    }
}

/// The columns to lay text out for: those of the terminal, those of `COLUMNS`, or a readable hundred.
pub fn width() -> usize {
    let terminal = || terminal_size::terminal_size().filter(|_| io::stdout().is_terminal());
    let variable = || std::env::var("COLUMNS").ok()?.parse().ok();
    let width = terminal().map(|(width, _)| width.0.into()).or_else(variable);
    width.unwrap_or(100).max(20)
}

fn labelled(color: AnsiColor, label: &str, message: &str) -> String {
    let style: Style = color.on_default().bold();
    format!("{style}{label}{style:#}: {}\n", visible(message))
}
