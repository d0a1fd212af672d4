//! A line that is slow, stalls and breaks.
