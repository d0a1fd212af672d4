//! What joins the store, the service and the files.
//!
//! Two halves. [`intent`], [`orders`] and [`feed`] are for the faces (screen and commands): they touch
//! the store and nothing else, so they answer at once. The rest is for the worker: it alone talks to a
//! service. [`recordings`] stands between: both use it, in a thread of its own, and it knows no service.

pub mod account;
mod adoption;
mod answer_file;
mod costs;
mod deliver;
pub mod driver;
pub mod example;
mod facts;
pub mod feed;
mod held_open;
pub mod intent;
mod library;
pub mod orders;
pub mod pace;
pub mod poll;
mod reason;
mod reconcile;
pub mod recordings;
mod refused;
mod refusing;
mod room;
pub mod salvage;
pub mod site;
mod spoiled;
mod standing;
mod strays;
pub mod submit;
pub mod uploads;
