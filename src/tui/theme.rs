//! What the parts of the screen look like: one table for each theme.
//!
//! No meaning is told by colour alone: each part that has one also has a word or a sign.

use ratatui::style::{Color, Modifier, Style};

use crate::domain::wording::Role;

/// How many colours a terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colours {
    /// Any, given as red, green and blue. Other terminals make other colours, or blinking, of them.
    All,
    /// The 256 of xterm.
    Cube,
    /// The sixteen that a person has chosen, or eight of them.
    Sixteen,
}

impl Colours {
    /// What the variables `TERM` and `COLORTERM` tell of a terminal. The second does not come through ssh,
    /// so over that the 256 are used, which hardly differ and are fewer bytes.
    #[must_use]
    pub fn of(term: &str, colorterm: &str) -> Self {
        /// Terminals with 256 colours or more whose names do not say so.
        const KNOWN: [&str; 6] = ["kitty", "alacritty", "wezterm", "foot", "ghostty", "contour"];
        if matches!(colorterm, "truecolor" | "24bit") || term.ends_with("-direct") {
            Self::All
        } else if term.contains("256color") || KNOWN.iter().any(|name| term.contains(name)) {
            Self::Cube
        } else {
            Self::Sixteen
        }
    }
}

/// A part of the screen that has a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Ordinary text.
    Text,
    /// What is there to be overlooked: rules, help, empty fields.
    Faint,
    /// The title of a pane.
    Head,
    /// The title of the pane that has the keys.
    HeadFocused,
    /// The name of a key.
    Key,
    /// A section tag.
    Tag,
    /// The row that commands serve.
    Selected,
    /// Selected text.
    Selection,
    /// A problem that stops an order.
    MustFix,
    /// A problem worth a look.
    Look,
    /// Time passes.
    Waiting,
    /// Being made or fetched.
    Running,
    /// There is something to hear.
    Arrived,
    /// A person should look.
    Attention,
    /// It ended without a song.
    Bad,
}

const PARTS: usize = Part::Bad as usize + 1;

/// A look for every [`Part`].
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    name: &'static str,
    looks: [Style; PARTS],
}

const PLAIN: Style = Style::new();
const BOLD: Style = PLAIN.add_modifier(Modifier::BOLD);
const DIM: Style = PLAIN.add_modifier(Modifier::DIM);
const UNDERLINED: Style = PLAIN.add_modifier(Modifier::UNDERLINED);
const REVERSED: Style = PLAIN.add_modifier(Modifier::REVERSED);

const fn rgb(hex: u32) -> Style {
    PLAIN.fg(Color::Rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8))
}

const fn on(look: Style, hex: u32) -> Style {
    look.bg(Color::Rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8))
}

/// The tables; the looks of each stand in the order of [`Part`].
const THEMES: [Theme; 4] = [
    Theme {
        name: "dark",
        looks: [
            PLAIN,
            rgb(0xa0_a5_ae),
            rgb(0xb8_bd_c6).add_modifier(Modifier::BOLD),
            rgb(0xff_d7_87).add_modifier(Modifier::BOLD),
            rgb(0x87_d7_ff),
            rgb(0xd7_af_ff),
            on(BOLD, 0x2a_2e_3c),
            on(PLAIN, 0x2c_3a_56),
            rgb(0xff_87_87).add_modifier(Modifier::BOLD),
            rgb(0xff_d7_87),
            rgb(0xa2_ac_ba),
            rgb(0x87_d7_ff),
            rgb(0x87_ff_af).add_modifier(Modifier::BOLD),
            rgb(0xff_d7_87),
            rgb(0xff_87_87),
        ],
    },
    Theme {
        name: "light",
        looks: [
            PLAIN,
            rgb(0x54_5a_62),
            rgb(0x40_44_4a).add_modifier(Modifier::BOLD),
            rgb(0x6a_44_00).add_modifier(Modifier::BOLD),
            rgb(0x00_5f_87),
            rgb(0x6a_2f_a0),
            on(BOLD, 0xe4_e8_f2),
            on(PLAIN, 0xd8_e4_fa),
            rgb(0xa8_00_00).add_modifier(Modifier::BOLD),
            rgb(0x6a_44_00),
            rgb(0x4c_52_5a),
            rgb(0x00_5f_87),
            rgb(0x00_6b_2d).add_modifier(Modifier::BOLD),
            rgb(0x6a_44_00),
            rgb(0xa8_00_00),
        ],
    },
    Theme {
        name: "16",
        looks: [
            PLAIN,
            DIM,
            BOLD,
            PLAIN.fg(Color::Yellow).add_modifier(Modifier::BOLD),
            PLAIN.fg(Color::Cyan),
            PLAIN.fg(Color::Magenta),
            REVERSED,
            REVERSED,
            PLAIN.fg(Color::Red).add_modifier(Modifier::BOLD),
            PLAIN.fg(Color::Yellow),
            DIM,
            PLAIN.fg(Color::Cyan),
            PLAIN.fg(Color::Green).add_modifier(Modifier::BOLD),
            PLAIN.fg(Color::Yellow),
            PLAIN.fg(Color::Red),
        ],
    },
    Theme {
        name: "none",
        looks: [
            PLAIN, PLAIN, PLAIN, BOLD, BOLD, BOLD, REVERSED, REVERSED, UNDERLINED, UNDERLINED, PLAIN, PLAIN, BOLD,
            UNDERLINED, UNDERLINED,
        ],
    },
];

impl Theme {
    /// The names of the themes.
    pub const NAMES: [&str; 4] = ["dark", "light", "16", "none"];

    /// The theme of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        THEMES.into_iter().find(|theme| theme.name == name)
    }

    /// The theme without any colour, for `NO_COLOR` and for eyes that want none.
    #[must_use]
    pub fn colourless() -> Self {
        let [.., last] = THEMES;
        last
    }

    /// The theme as a terminal with these colours can show it; one that cannot show it at all has the
    /// theme of sixteen colours.
    #[must_use]
    pub fn in_colours(self, colours: Colours) -> Self {
        let of_all =
            self.looks.iter().any(|look| [look.fg, look.bg].iter().any(|it| matches!(it, Some(Color::Rgb(..)))));
        match colours {
            Colours::Sixteen if of_all => Self::named("16").unwrap_or(self),
            Colours::Cube => Self { looks: self.looks.map(in_cube), ..self },
            Colours::All | Colours::Sixteen => self,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The look of a part.
    #[must_use]
    pub fn look(&self, part: Part) -> Style {
        self.looks[part as usize]
    }

    /// The look of a status.
    #[must_use]
    pub fn status(&self, role: Role) -> Style {
        self.look(match role {
            Role::Waiting => Part::Waiting,
            Role::Running => Part::Running,
            Role::Arrived => Part::Arrived,
            Role::Quiet => Part::Text,
            Role::Attention => Part::Attention,
            Role::Bad => Part::Bad,
        })
    }
}

/// The look in the colours of xterm that are nearest to its own.
fn in_cube(look: Style) -> Style {
    let nearest = |colour: Option<Color>| match colour {
        Some(Color::Rgb(red, green, blue)) => Some(Color::Indexed(nearest([red, green, blue]))),
        other => other,
    };
    Style { fg: nearest(look.fg), bg: nearest(look.bg), ..look }
}

/// The nearest of xterm's 216 colours (from 16) and 24 greys (from 232).
fn nearest(wanted: [u8; 3]) -> u8 {
    let distance =
        |colour: [u8; 3]| -> u32 { colour.iter().zip(wanted).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum() };
    (16..=255).min_by_key(|index| distance(colour_of_cube(*index))).unwrap_or(16)
}

/// Red, green and blue of one of xterm's colours from 16 on.
fn colour_of_cube(index: u8) -> [u8; 3] {
    const STEPS: [u8; 6] = [0x00, 0x5f, 0x87, 0xaf, 0xd7, 0xff];
    if index >= 232 {
        return [8 + (index - 232) * 10; 3];
    }
    let place = index.saturating_sub(16);
    [place / 36, place / 6 % 6, place % 6].map(|step| STEPS[usize::from(step)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_colours_that_it_has() {
        let table = [
            ("xterm-256color", "truecolor", Colours::All),
            ("xterm-256color", "", Colours::Cube),
            ("tmux-256color", "", Colours::Cube),
            ("xterm-kitty", "", Colours::Cube),
            ("xterm-direct", "", Colours::All),
            ("xterm", "", Colours::Sixteen),
            ("screen", "", Colours::Sixteen),
            ("linux", "", Colours::Sixteen),
            ("", "", Colours::Sixteen),
        ];
        for (term, colorterm, colours) in table {
            assert_eq!(Colours::of(term, colorterm), colours, "{term} {colorterm}");
        }
        let dark = Theme::named("dark").unwrap();
        let cube = dark.clone().in_colours(Colours::Cube);
        assert_eq!(cube.look(Part::Key).fg, Some(Color::Indexed(117)), "0x87d7ff is one of the 216");
        assert_eq!(cube.look(Part::Faint).fg, Some(Color::Indexed(248)), "the nearest grey");
        assert_eq!(cube.look(Part::Head).add_modifier, Modifier::BOLD);
        assert_eq!(dark.clone().in_colours(Colours::All), dark);
        assert_eq!(dark.in_colours(Colours::Sixteen).name(), "16");
        assert_eq!(Theme::colourless().in_colours(Colours::Sixteen).name(), "none");
    }

    #[test]
    fn every_named_theme_exists_and_the_colourless_one_has_no_colour() {
        for name in Theme::NAMES {
            assert_eq!(Theme::named(name).map(|theme| theme.name()), Some(name));
        }
        assert!(Theme::colourless().looks.iter().all(|look| look.fg.is_none() && look.bg.is_none()));
        assert_eq!(Theme::colourless().name(), "none");
    }

    /// How much lighter one colour is than another, as WCAG 2 reckons: from 1 to 21.
    fn contrast(one: u32, other: u32) -> f64 {
        let light = |hex: u32| {
            let part = |shift: u32| {
                let part = f64::from((hex >> shift) & 0xff) / 255.0;
                if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
        };
        let (one, other) = (light(one), light(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn hex(colour: Color) -> u32 {
        let [red, green, blue] = match colour {
            Color::Rgb(red, green, blue) => [red, green, blue],
            Color::Indexed(index) => colour_of_cube(index),
            other => panic!("nobody knows what {other:?} looks like"),
        };
        u32::from_be_bytes([0, red, green, blue])
    }

    #[test]
    fn contrast_is_reckoned_as_the_standard_does() {
        assert!((contrast(0x00_00_00, 0xff_ff_ff) - 21.0).abs() < 0.01);
        assert!((contrast(0x77_77_77, 0xff_ff_ff) - 4.48).abs() < 0.01);
    }

    #[test]
    fn every_colour_can_be_read_on_its_background_and_on_the_selected_row() {
        for (name, ground, text) in [("dark", 0x00_00_00, 0xc0_c0_c0), ("light", 0xff_ff_ff, 0x00_00_00)] {
            for kind in [Colours::All, Colours::Cube] {
                let theme = Theme::named(name).unwrap().in_colours(kind);
                let grounds = [Part::Selected, Part::Selection].map(|part| hex(theme.look(part).bg.unwrap()));
                for ground in grounds.into_iter().chain([ground]) {
                    let colours = theme.looks.iter().filter_map(|look| look.fg).map(hex).chain([text]);
                    for colour in colours {
                        let contrast = contrast(colour, ground);
                        assert!(contrast >= 4.5, "{name}: {colour:06x} on {ground:06x} has {contrast:.2}");
                    }
                }
            }
        }
    }
}
