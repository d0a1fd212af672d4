//! refrain: a keyboard-driven terminal studio for AI songs.
//!
//! The layers, from the inside out: [`domain`] is pure; [`api`], [`store`] and [`audio`] each own one
//! outside thing (the service, the database, sound files); [`engine`] joins them; [`worker`] runs the
//! engine in a process of its own; [`tui`] and [`cli`] are two faces, [`plain`] the prompt that takes the
//! commands of `cli`. [`sandbox`] is a whole
//! pretend service that shares nothing with the rest but the wire format. [`process`] tells one process from every
//! other; [`cores`] keeps what is in memory from the disk; [`failpoint`] is where tests break it.
//! `tests/architecture.rs` holds the direction of these arrows.

pub mod api;
pub mod audio;
pub mod cli;
pub mod clock;
pub mod config;
pub mod cores;
pub mod domain;
pub mod editor;
pub mod engine;
pub mod failpoint;
pub mod front;
pub mod log;
pub mod models;
pub mod paths;
pub mod plain;
pub mod process;
pub mod sandbox;
pub mod store;
pub mod tui;
pub mod worker;
