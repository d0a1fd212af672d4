//! The key of an account: shown to nobody.

use std::fmt;
use std::io::{self, Write};

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// A key of the service. Its `Debug` prints nothing of it; the memory is wiped when it goes.
#[derive(Clone)]
pub struct ApiKey(SecretString);

/// Why a text cannot be a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing but white space.
    #[error("the key is empty; copy it from the service's page of keys")]
    Empty,
    /// A line break, an accent or a control character within it.
    #[error("the key has characters that no key has; copy it again, without quotes or line breaks")]
    Characters,
}

impl ApiKey {
    /// A key from what a person pasted or a command printed; white space around it is dropped.
    ///
    /// # Errors
    /// When nothing is left, or when it holds anything but visible ASCII characters.
    pub fn new(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(KeyError::Empty);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(KeyError::Characters);
        }
        Ok(Self(SecretString::from(text)))
    }

    /// The first 12 hexadecimal digits of the key's SHA-256: enough to tell two keys apart in a row of
    /// the store, useless for finding the key.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(self.0.expose_secret().as_bytes());
        let first = digest.iter().take(6).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        format!("{first:012x}")
    }

    /// Writes the key itself into `out`: the pipe to the process that will use it, or the file in which
    /// `login` keeps it. The only way out.
    ///
    /// # Errors
    /// What `out` says.
    pub fn hand_over(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(self.0.expose_secret().as_bytes())
    }

    /// The value of the `Authorization` header, marked as sensitive so that nothing prints it.
    pub(super) fn authorization(&self) -> Result<HeaderValue, KeyError> {
        let bearer = format!("Bearer {}", self.0.expose_secret());
        let mut value = HeaderValue::from_str(&bearer).map_err(|_| KeyError::Characters)?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// `text` without the key, should the service have echoed it; nothing where it has not. A key too short to
    /// be a secret, as one made up for a sandbox, stays: it may as well be a word of the answer.
    pub(super) fn scrubbed(&self, text: &str) -> Option<String> {
        const SHORTEST_SECRET: usize = 16;
        let key = self.0.expose_secret();
        (key.len() >= SHORTEST_SECRET && text.contains(key)).then(|| text.replace(key, "(your key)"))
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_never_prints_itself() {
        let key = ApiKey::new("  very-secret-key\n").unwrap();
        assert_eq!(format!("{key:?}"), "ApiKey");
        assert_eq!(format!("{:?}", key.authorization().unwrap()), "Sensitive");
    }

    #[test]
    fn a_fingerprint_is_twelve_digits_of_the_hash() {
        // printf %s abc | sha256sum
        assert_eq!(ApiKey::new("abc").unwrap().fingerprint(), "ba7816bf8f01");
    }

    #[test]
    fn what_cannot_be_a_key_is_told_apart() {
        assert_eq!(ApiKey::new(" \n").unwrap_err(), KeyError::Empty);
        assert_eq!(ApiKey::new("two\nlines").unwrap_err(), KeyError::Characters);
        assert_eq!(ApiKey::new("\u{201c}quoted\u{201d}").unwrap_err(), KeyError::Characters);
    }

    #[test]
    fn a_key_echoed_by_the_service_is_taken_out() {
        let key = ApiKey::new("k-0123456789abcdef").unwrap();
        assert_eq!(key.scrubbed("key k-0123456789abcdef is wrong").as_deref(), Some("key (your key) is wrong"));
        assert_eq!(key.scrubbed("something is wrong"), None);
        assert_eq!(ApiKey::new("message").unwrap().scrubbed(r#"{"message":"no"}"#), None);
    }
}
