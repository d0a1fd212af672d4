//! What several test programs share: a place to work in, a service to work with, and ways to wait.
//!
//! Each test program uses a part of it.
#![allow(dead_code, reason = "each test program uses a part of it")]

pub mod answering;
pub mod elsewhere;
pub mod found;
pub mod line;
pub mod lost;
pub mod orders;
pub mod patience;
pub mod powerless;
pub mod process;
pub mod recording;
pub mod recordings;
pub mod rows;
pub mod service;
pub mod sounds;
pub mod studio;
pub mod uploadable;
pub mod worker;
