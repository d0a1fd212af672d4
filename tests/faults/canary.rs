//! A key that must be found nowhere.
