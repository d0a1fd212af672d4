//! What the screen starts from.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::catalogue::Catalogue;
use crate::domain::service::Service;
use crate::domain::song::SongId;
use crate::domain::wording::Ticks;
use crate::tui::keymap::Keymap;
use crate::tui::theme::Theme;
use crate::worker::session::Peril;

/// What a player takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plays {
    /// Files of this machine alone, as far as is known.
    Files,
    /// What lies at an address, too.
    FilesAndAddresses,
}

/// What the screen is opened with.
#[derive(Clone, Debug)]
pub struct Opening {
    pub catalogue: Arc<Catalogue>,
    pub keymap: Arc<Keymap>,
    pub theme: Theme,
    /// Where takes are ordered.
    pub service: Service,
    /// The song to open; without one, the song touched last.
    pub song: Option<SongId>,
    pub columns: u16,
    pub rows: u16,
    pub zone: TimeZone,
    /// For the lines that fetch and play a take from another machine.
    pub user: String,
    /// How this refrain is called from elsewhere: with its data directory, if that is not the usual one.
    pub command: String,
    pub host: String,
    /// Whether this machine can play a file.
    pub player_found: bool,
    /// What its player takes.
    pub plays: Plays,
    /// Where files that came from other machines are looked for; it need not exist.
    pub inbox: PathBuf,
    /// The folder of frozen recordings.
    pub recordings: PathBuf,
    /// What `~` means in a path.
    pub home: Option<PathBuf>,
    /// Fingerprint of the key at hand.
    pub key_print: Option<String>,
    /// Whether the work is done by this process, so that leaving would stop it.
    pub in_process: bool,
    /// What would end a worker when a person leaves, if anything is known to.
    pub peril: Option<Peril>,
    /// Whether the bell rings when a take arrives, and when no credits are left.
    pub bell: bool,
    /// An order above this many US dollars counts only once its price was on the screen.
    pub confirm_above_usd: Option<f64>,
    /// When the last screen was left.
    pub last_left: Option<Timestamp>,
    /// Something to say at once.
    pub notice: Option<String>,
    /// How often the clock of a running take goes on.
    pub ticks: Ticks,
    /// What is wrong and stays on the screen until a person has read it.
    pub warning: Option<String>,
    /// Why nothing can be ordered where it costs money, if so.
    pub no_orders: Option<String>,
}
