//! A screen over a line that breaks.
