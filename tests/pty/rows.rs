//! The terminals that people have: one row each.

pub use crate::row::{Row, USUAL, Wrapper};

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
