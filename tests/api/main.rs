//! The client against raw sockets: every way in which an exchange can end, byte by byte.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod asks;
mod connecting;
mod download;
mod outcome;
mod proxy;
mod sandbox;
mod server;
mod submit;
mod upload;
mod uploaded;
