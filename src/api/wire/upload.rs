//! The answer to an upload: `{"voice_id", "instrumental_id", "base_resp": {"status_code", "status_msg"}}`.

use serde_json::Value;

use super::lenient;
use crate::domain::reference::Purpose;

/// The longest message that is shown.
const LONGEST: usize = 400;

/// The ids that a recording got.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ids {
    pub voice: Option<String>,
    pub instrumental: Option<String>,
}

/// What the service says is wrong within an answer whose status says that nothing is.
pub fn fault(answer: &Value) -> Option<String> {
    let about = answer.get("base_resp")?;
    let code = about.get("status_code").and_then(lenient::number).filter(|code| *code != 0.0)?;
    let message = about.get("status_msg").and_then(|message| lenient::words(message, LONGEST));
    Some(message.unwrap_or_else(|| format!("the service gave no reason (its code {code})")))
}

impl Ids {
    /// The ids that a purpose promises, and no others.
    ///
    /// # Errors
    /// Where one is missing: what it is of.
    pub fn promised(answer: &Value, purpose: Purpose) -> Result<Self, &'static str> {
        let id = |name: &str| answer.get(name).and_then(lenient::id);
        let voice = || id("voice_id").map(Some).ok_or("voice");
        let instrumental = || id("instrumental_id").map(Some).ok_or("music");
        Ok(match purpose {
            Purpose::Voice => Self { voice: voice()?, instrumental: None },
            Purpose::Instrumental => Self { voice: None, instrumental: instrumental()? },
            Purpose::Song => Self { voice: voice()?, instrumental: instrumental()? },
            Purpose::Url | Purpose::File => return Err("use"),
        })
    }
}
