//! What came before the store had said what there is.

use jiff::Timestamp;

use crate::tui::input::Input;

/// An input, and when it came.
pub type Held = (Input, Timestamp);

/// What waits for the first word of the store, and why that has not come.
#[derive(Clone, Debug, Default)]
pub struct Ahead {
    /// In the order of typing.
    pub held: Vec<Held>,
    /// What was said of a look at the store that failed.
    pub trouble: Option<String>,
}
