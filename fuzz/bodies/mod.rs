//! What must hold of whatever comes from outside, as plain functions of bytes: the fuzzer calls them with bytes of
//! its own, `tests/fuzz_seeds.rs` with the seeds and what they become when they are spoiled.

mod answer;
mod held_open;
mod input;
mod message;
mod overlay;
mod words;

pub use answer::answer;
pub use held_open::held_open;
pub use input::input;
pub use overlay::overlay;
