//! What is known around a draft: its words and settings alone do not say whether its references can be used.

use crate::domain::reference::{self, Reference};
use crate::domain::service::Service;

/// What is known around a draft. What is not known is not checked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// The references.
    pub library: Option<&'a [Reference]>,
    /// Where it would be ordered.
    pub service: Option<&'a Service>,
    /// Fingerprint of the key at hand.
    pub key_print: Option<&'a str>,
}

impl<'a> Known<'a> {
    /// The reference that a setting of that value means: one that can be used where it would be ordered, before
    /// one of another service that has the same id.
    #[must_use]
    pub fn meant_by(&self, value: &str) -> Option<&'a Reference> {
        reference::meant_by(value, self.library?, self.service)
    }
}
