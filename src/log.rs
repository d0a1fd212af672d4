//! The log: a file a day in the data directory, the last seven kept; nothing on the terminal.

use std::path::Path;

use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

use crate::paths;

/// The variable that makes the log louder: `REFRAIN_LOG=debug`.
pub const VARIABLE: &str = "REFRAIN_LOG";

/// How many days of log are kept.
const DAYS: usize = 7;

/// Sends what is traced in this process to a file in `folder`. A log that cannot be written is gone
/// without: nothing that matters stands in it alone.
pub fn to_file(folder: &Path) {
    // Made beforehand: the appender complains on standard error about a folder that is not there yet. A
    // folder that cannot be made shows in the next step.
    let _ = paths::make_private(folder);
    let Ok(file) = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("refrain")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(folder)
    else {
        return;
    };
    let filter = EnvFilter::try_from_env(VARIABLE).unwrap_or_else(|_| EnvFilter::new("refrain=info,warn"));
    let subscriber = tracing_subscriber::fmt().with_writer(std::sync::Mutex::new(file)).with_ansi(false);
    // Fails only where a log is set up already, as in a test.
    let _ = subscriber.with_env_filter(filter).try_init();
}
