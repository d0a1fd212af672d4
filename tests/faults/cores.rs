//! No process leaves its memory behind.
