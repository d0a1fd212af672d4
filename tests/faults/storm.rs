//! Screens and commands at once on one store.
