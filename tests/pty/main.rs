//! The built binary in a real terminal: what a person sees, types and gets back.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod afterwards;
mod configured;
mod hearing;
mod living;
mod measures;
mod picture;
mod service;
mod songs;
mod terminal;
