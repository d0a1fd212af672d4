//! What changed in the store since one last looked.

pub use crate::store::changes::{Changes, Feed};
pub use crate::store::facts::{Fact, Said, Topic};
