//! The contract: what refrain sends and what it must read, held against an `OpenAPI` document of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod bodies;
mod document;
mod shared;
