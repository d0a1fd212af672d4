//! A terminal as a person has it, and what stands in front of it.

/// What stands between the person's terminal and refrain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapper {
    None,
    Tmux,
    Screen,
    Ssh,
}

/// A terminal, and what refrain is told about it.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub term: &'static str,
    /// Further variables; one with an empty value is as good as none.
    pub environment: &'static [(&'static str, &'static str)],
    /// What stands in the configuration.
    pub theme: &'static str,
    pub columns: u16,
    pub rows: u16,
    pub wrapper: Wrapper,
}

/// What most people have.
pub const USUAL: Row =
    Row { term: "xterm-256color", environment: &[], theme: "dark", columns: 80, rows: 24, wrapper: Wrapper::None };
