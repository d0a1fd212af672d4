//! The terminals that people have: one row each.

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

/// Makes a constant and a test of each row: the test goes through every ending.
macro_rules! rows {
    ($($test:ident: $row:expr,)*) => {
        /// Every row.
        pub const ROWS: &[Row] = &[$($row,)*];

        $(
            #[test]
            fn $test() {
                crate::endings::every_ending(&$row);
            }
        )*
    };
}

rows! {
    xterm_with_256_colours: USUAL,
    xterm_with_16_colours: Row { term: "xterm", ..USUAL },
    a_linux_console: Row { term: "linux", columns: 100, rows: 37, ..USUAL },
    a_screen_terminal_by_name: Row { term: "screen", ..USUAL },
    a_tmux_terminal_by_name: Row { term: "tmux-256color", ..USUAL },
    an_old_vt220: Row { term: "vt220", ..USUAL },
    rxvt: Row { term: "rxvt-unicode-256color", ..USUAL },
    kitty_with_all_colours: Row { term: "xterm-kitty", environment: &[("COLORTERM", "truecolor")], ..USUAL },
    no_color: Row { environment: &[("NO_COLOR", "1")], ..USUAL },
    no_color_on_a_linux_console: Row { term: "linux", environment: &[("NO_COLOR", "1")], ..USUAL },
    no_utf8_in_the_locale: Row { environment: &[("LANG", "C")], ..USUAL },
    no_locale_at_all_on_a_linux_console: Row { term: "linux", environment: &[("LANG", "")], ..USUAL },
    a_light_background: Row { theme: "light", environment: &[("COLORFGBG", "0;15")], ..USUAL },
    a_light_background_in_16_colours: Row { term: "xterm", theme: "light", ..USUAL },
    the_smallest_window: Row { columns: 40, rows: 12, ..USUAL },
    the_largest_window: Row { columns: 300, rows: 80, ..USUAL },
    inside_tmux: Row { wrapper: Wrapper::Tmux, ..USUAL },
    inside_screen: Row { wrapper: Wrapper::Screen, ..USUAL },
    over_ssh: Row { wrapper: Wrapper::Ssh, ..USUAL },
}
