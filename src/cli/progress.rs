//! What a run is busy with, shown on a terminal once it has taken longer than a user waits without wondering.

use std::io::{self, IsTerminal};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use sysd::render::visible::visible;

/// Nothing is shown of what is over sooner.
const UNNOTICED: Duration = Duration::from_millis(500);

/// A line on standard error from half a second on until this is dropped. Nothing where standard error is no terminal.
pub struct Progress {
    shown: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Begins to wait. `doing` says what takes its time: "deriving the design of `auction.sysd`".
    pub fn of(doing: &str) -> Progress {
        if !io::stderr().is_terminal() {
            return Progress { shown: None };
        }
        let (over, wait) = mpsc::channel();
        let doing = visible(doing).into_owned();
        let show = move || {
            if wait.recv_timeout(UNNOTICED) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let line = ProgressBar::new_spinner().with_message(doing);
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
                line.set_style(style);
            }
            line.enable_steady_tick(Duration::from_millis(100));
            // Ends when the other side is dropped.
            let _ = wait.recv();
            line.finish_and_clear();
        };
        // Without a thread there is no line; the work is done all the same.
        Progress { shown: thread::Builder::new().spawn(show).ok().map(|thread| (over, thread)) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((over, thread)) = self.shown.take() {
            drop(over);
            // The line is gone before anything else is written.
            let _ = thread.join();
        }
    }
}
