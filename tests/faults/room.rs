//! A disk that is really full.
