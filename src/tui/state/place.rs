//! Where one is in a list.

/// The selected row and the first one shown, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub selected: usize,
    pub top: usize,
}

/// A way to go in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
}

impl Place {
    /// Goes a step in a list of `length` rows of which `height` are shown.
    pub fn go(&mut self, step: Step, length: usize, height: usize) {
        let page = height.saturating_sub(1).max(1);
        self.selected = match step {
            Step::Up => self.selected.saturating_sub(1),
            Step::Down => self.selected.saturating_add(1),
            Step::PageUp => self.selected.saturating_sub(page),
            Step::PageDown => self.selected.saturating_add(page),
            Step::First => 0,
            Step::Last => length,
        };
        *self = self.fitted(length, height);
    }

    /// The same place with the selection inside the list and inside the window, and no empty rows below
    /// the list as long as there are rows above the window.
    #[must_use]
    pub fn fitted(self, length: usize, height: usize) -> Self {
        let selected = self.selected.min(length.saturating_sub(1));
        let lowest = (selected + 1).saturating_sub(height.max(1));
        let top = self.top.min(length.saturating_sub(height)).min(selected).max(lowest);
        Self { selected, top }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_follows_the_selection_and_shows_no_emptiness() {
        let mut place = Place::default();
        place.go(Step::Last, 10, 4);
        assert_eq!(place, Place { selected: 9, top: 6 });
        place.go(Step::PageUp, 10, 4);
        assert_eq!(place, Place { selected: 6, top: 6 });
        place.go(Step::Up, 10, 4);
        assert_eq!(place, Place { selected: 5, top: 5 });
        let mut boundless = Place { selected: 3, top: 0 };
        boundless.go(Step::PageDown, 10, usize::MAX);
        assert_eq!(boundless.selected, 9, "a page of any height ends at the end");
        assert_eq!(place.fitted(3, 4), Place { selected: 2, top: 0 });
        assert_eq!(place.fitted(0, 0), Place::default());
    }
}
