//! What the parts of the screen look like: one table for each theme.
//!
//! No meaning is told by colour alone: each part that has one also has a word or a sign.

use ratatui::style::{Color, Modifier, Style};

use crate::domain::wording::Role;

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
            rgb(0x8a_8f_98),
            rgb(0xb8_bd_c6).add_modifier(Modifier::BOLD),
            rgb(0xff_d7_87).add_modifier(Modifier::BOLD),
            rgb(0x87_d7_ff),
            rgb(0xd7_af_ff),
            on(BOLD, 0x30_34_46),
            on(PLAIN, 0x3a_4a_6a),
            rgb(0xff_87_87).add_modifier(Modifier::BOLD),
            rgb(0xff_d7_87),
            rgb(0x9a_a5_b5),
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
            rgb(0x6b_70_78),
            rgb(0x40_44_4a).add_modifier(Modifier::BOLD),
            rgb(0x8a_4b_00).add_modifier(Modifier::BOLD),
            rgb(0x00_5f_87),
            rgb(0x6a_2f_a0),
            on(BOLD, 0xdd_e3_ee),
            on(PLAIN, 0xc4_d6_f2),
            rgb(0xa8_00_00).add_modifier(Modifier::BOLD),
            rgb(0x8a_4b_00),
            rgb(0x5a_60_68),
            rgb(0x00_5f_87),
            rgb(0x00_6b_2d).add_modifier(Modifier::BOLD),
            rgb(0x8a_4b_00),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_theme_exists_and_the_colourless_one_has_no_colour() {
        for name in Theme::NAMES {
            assert_eq!(Theme::named(name).map(|theme| theme.name()), Some(name));
        }
        assert!(Theme::colourless().looks.iter().all(|look| look.fg.is_none() && look.bg.is_none()));
        assert_eq!(Theme::colourless().name(), "none");
    }
}
