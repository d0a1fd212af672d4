//! What the commands of the screen are without one: the command line that does the same, or the reason why
//! it makes no sense where nothing is shown.

use crate::tui::keymap::Action;

/// A command of the screen, without a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Headless {
    /// The words behind `refrain`, with the names of an example.
    Command(&'static [&'static str]),
    /// Why there is none.
    None(&'static str),
}

use Headless::{Command, None};

/// Why the cursor of a screen has no command.
const CURSOR: &str = "it moves the cursor of a screen; commands name what they serve";
/// Why layers of a screen have no command.
const LAYER: &str = "it opens, closes or leaves a part of the screen";
/// Why the terminal's own business has no command.
const TERMINAL: &str = "it is about the terminal that the screen is on";
/// Why single steps of typing have no command.
const TYPING: &str = "it is a step of typing; `song write` puts a whole text in, and keeps the one before as a version";

/// The commands of the screen, in the order of the palette. `Night Ferry` stands for a song, `1` for a take
/// that is meant, `Mara` for a reference.
pub const HEADLESS: &[(Action, Headless)] = &[
    (Action::Order, Command(&["song", "order", "Night Ferry"])),
    (Action::Songs, Command(&["song", "open", "Night Ferry"])),
    (Action::KeepVersion, Command(&["song", "keep", "Night Ferry"])),
    (Action::Palette, Command(&["--help"])),
    (Action::NextPane, None(LAYER)),
    (Action::PreviousPane, None(LAYER)),
    (Action::Back, None(LAYER)),
    (Action::Find, None("`refrain song show SONG --lyrics` prints the text; whatever finds in text finds in it")),
    (Action::Sections, None(TYPING)),
    (Action::Insert, None(TYPING)),
    (Action::Undo, None(TYPING)),
    (Action::Redo, None(TYPING)),
    (Action::Rename, Command(&["song", "rename", "Night Ferry", "Last Boat"])),
    (Action::NewSong, Command(&["song", "new", "Last Boat"])),
    (Action::Repaint, None(TERMINAL)),
    (Action::Suspend, None(TERMINAL)),
    (Action::Quit, None(TERMINAL)),
    (
        Action::EditOutside,
        None("`song show SONG --lyrics > FILE`, any editor, then `song write SONG --lyrics @FILE` do the same"),
    ),
    (Action::Restart, Command(&["restart"])),
    (Action::RefreshFacts, Command(&["balance"])),
    (Action::Play, Command(&["play", "1"])),
    (Action::NextNew, Command(&["list", "--new"])),
    (Action::Rate1, Command(&["rate", "1", "1"])),
    (Action::Rate2, Command(&["rate", "1", "2"])),
    (Action::Rate3, Command(&["rate", "1", "3"])),
    (Action::Rate4, Command(&["rate", "1", "4"])),
    (Action::Rate5, Command(&["rate", "1", "5"])),
    (Action::Rate0, Command(&["rate", "1", "0"])),
    (Action::Pick, Command(&["pick", "1"])),
    (Action::Note, Command(&["note", "1", "the second chorus is it"])),
    (Action::Copy, Command(&["path", "1"])),
    (Action::UseText, Command(&["song", "use", "1"])),
    (Action::OrderAgain, Command(&["again", "1"])),
    (Action::AskNow, Command(&["ask", "1"])),
    (Action::Hold, Command(&["hold", "1"])),
    (Action::ReleaseAll, Command(&["release", "--all"])),
    (Action::MoveLater, Command(&["move", "1", "later"])),
    (Action::MoveEarlier, Command(&["move", "1", "sooner"])),
    (Action::Withdraw, Command(&["withdraw", "1"])),
    (Action::Open, Command(&["show", "1"])),
    (Action::Filter, Command(&["list", "--match", "waltz"])),
    (Action::Mark, None("commands take several takes at once: `refrain rate 17 18 4`")),
    (Action::Scope, Command(&["list", "--song", "Night Ferry"])),
    (Action::UseReference, Command(&["reference", "use", "Mara", "Night Ferry"])),
    (Action::AddReference, Command(&["reference", "add", "https://example.org/mara.mp3"])),
    (Action::EditReference, Command(&["reference", "rename", "Mara", "Mara, dry"])),
    (Action::MadeWith, Command(&["reference", "takes", "Mara"])),
    (Action::UploadAgain, Command(&["reference", "again", "Mara"])),
    (Action::Forget, Command(&["reference", "forget", "Mara"])),
    (Action::Change, Command(&["song", "write", "Night Ferry", "--model", "lyria2"])),
    (Action::ValueBefore, None("it goes through the choices one by one; `song write --set` names the one")),
    (Action::ValueAfter, None("it goes through the choices one by one; `song write --set` names the one")),
    (Action::Unset, Command(&["song", "write", "Night Ferry", "--set", "length="])),
    (Action::Up, None(CURSOR)),
    (Action::Down, None(CURSOR)),
    (Action::PageUp, None(CURSOR)),
    (Action::PageDown, None(CURSOR)),
    (Action::First, None(CURSOR)),
    (Action::Last, None(CURSOR)),
    (Action::TakeRow, None(CURSOR)),
    (Action::Complete, None("it is a step of typing a path; a shell completes the paths of commands")),
    (Action::Leave, None(LAYER)),
    (Action::StripModels, Command(&["song", "order", "Night Ferry", "--model", "music-2.0", "--model", "lyria2"])),
    (Action::StripSent, Command(&["song", "order", "Night Ferry", "--dry-run"])),
    (Action::StripHold, Command(&["song", "order", "Night Ferry", "--hold"])),
    (Action::StripProblem, Command(&["check", "Night Ferry"])),
    (Action::Confirm, Command(&["song", "order", "Night Ferry", "--no-wait"])),
    (Action::Tick, None(CURSOR)),
    (
        Action::ProposeFit,
        None("which sections a model gets is chosen with its counts in view; the draft keeps the choice"),
    ),
    (Action::LeaveOut, None(CURSOR)),
];
