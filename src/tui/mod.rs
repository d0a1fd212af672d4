//! The screen: one [`State`](state::State), one [`Message`](message::Message) type,
//! [`update`](update::update) that answers with [`Effect`](effect::Effect)s, and
//! [`draw`](view::draw) that shows a state and changes nothing.
//!
//! A pane or an overlay is a file with plain functions; adding one is a file and a line in a table.

pub mod cells;
pub mod desk;
pub mod editor;
pub mod effect;
pub mod errand;
pub mod folder;
pub mod input;
pub mod keymap;
pub mod layout;
pub mod listening;
pub mod message;
pub mod outside;
pub mod overlays;
pub mod palette;
pub mod panes;
pub mod run;
mod scout;
mod signals;
pub mod state;
pub mod terminal;
pub mod theme;
pub mod update;
pub mod view;
mod warning;
