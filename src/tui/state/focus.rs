//! Which part of the screen has the keys.

use super::compose::Text;
use crate::tui::keymap::Context;

/// What has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    Model,
    Style,
    Lyrics,
    Queue,
    References,
}

impl Focus {
    /// The order of Tab.
    pub const ORDER: [Self; 5] = [Self::Model, Self::Style, Self::Lyrics, Self::Queue, Self::References];

    /// Where its keys are looked up, nearest first.
    #[must_use]
    pub fn contexts(self) -> &'static [Context] {
        match self {
            Self::Model => &[Context::Form, Context::Anywhere],
            Self::Style | Self::Lyrics => &[Context::Typing, Context::Anywhere],
            Self::Queue => &[Context::Queue, Context::List, Context::Anywhere],
            Self::References => &[Context::References, Context::List, Context::Anywhere],
        }
    }

    /// The text that is typed into, if any.
    #[must_use]
    pub fn text(self) -> Option<Text> {
        match self {
            Self::Style => Some(Text::Style),
            Self::Lyrics => Some(Text::Lyrics),
            _ => None,
        }
    }
}
