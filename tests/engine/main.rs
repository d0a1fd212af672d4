//! The engine: what each outcome makes of a row, and what the worker does with a service that misbehaves.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

#[path = "../support/mod.rs"]
mod support;

mod account_log;
mod costs;
mod cover;
mod crashes;
mod credits;
mod damage;
mod facts;
mod fetched_uploads;
mod files;
mod held_open;
mod interrupted;
mod line;
mod looks;
mod patience;
mod reach;
mod reconcile;
mod resuming;
mod room;
mod site;
mod steps;
mod strangers;
mod strays;
mod troubles;
mod upload_leaving;
mod upload_steps;
mod uploads;
