//! A recording on this machine on its way to a service: which part of it, what is asked of it, and what was
//! frozen of it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::catalogue::{Firmness, Limit};
use super::length::{from_clock, to_clock};

/// Milliseconds in a second.
const MILLISECONDS: u64 = 1000;

/// What begins the value of a setting that is a frozen recording.
const SCHEME: &str = "recording:";

/// A part of a recording, chosen by a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub from_ms: u64,
    /// Its end; the recording's where none is given.
    pub to_ms: Option<u64>,
}

impl Part {
    /// The part between two moments as people type them, `0:32` and `1:05`; nothing where neither is given.
    ///
    /// # Errors
    /// With a sentence, where one is no moment or the end is not after the beginning.
    pub fn parse(from: Option<&str>, to: Option<&str>) -> Result<Option<Self>, String> {
        let moment = |typed: &str| {
            let seconds = from_clock(typed.trim());
            seconds.ok_or_else(|| format!("`{}` is no moment of a recording; it is typed as 0:32", typed.trim()))
        };
        let given = |typed: Option<&str>| typed.filter(|typed| !typed.trim().is_empty()).map(moment).transpose();
        let (from, to) = (given(from)?, given(to)?);
        if from.is_none() && to.is_none() {
            return Ok(None);
        }
        let from = from.unwrap_or(0);
        match to {
            Some(to) if to <= from => {
                Err(format!("a part ends after it begins; `{}` is not after `{}`", to_clock(to), to_clock(from)))
            }
            _ => Ok(Some(Self { from_ms: from * MILLISECONDS, to_ms: to.map(|to| to * MILLISECONDS) })),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = to_clock(self.from_ms / MILLISECONDS);
        match self.to_ms {
            Some(to) => write!(f, "{from} to {}", to_clock(to / MILLISECONDS)),
            None => write!(f, "{from} to the end"),
        }
    }
}

/// How a recording travels within a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// The letters of Base64 alone.
    Base64,
    /// Base64 behind `data:audio/mpeg;base64,`.
    DataUri,
}

/// What is asked of a recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// Seconds that it must be longer than.
    pub longer_than: Option<Limit>,
    /// Seconds that it must last at least.
    pub shortest: Option<Limit>,
    /// Seconds that it may last.
    pub longest: Option<Limit>,
    /// Bytes that it may have.
    pub most_bytes: Option<Limit>,
    /// How it is sent within the request; absent where only an address is taken.
    pub encoding: Option<Encoding>,
}

impl Rules {
    /// What the vendor's pages ask of an upload. Whether the service insists on the lengths could not be tried.
    pub const UPLOAD: Self = Self {
        longer_than: Some(Limit { value: 10, firmness: Firmness::Soft }),
        shortest: None,
        longest: Some(Limit { value: 600, firmness: Firmness::Soft }),
        most_bytes: None,
        encoding: None,
    };
}

/// A recording that was read to its end, found fit, and copied to where nobody changes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// The copy's file name: the SHA-256 of its bytes, and its kind.
    pub name: String,
    /// What it was made from: the SHA-256 of the person's file, and the part where one was chosen.
    pub content: String,
    /// Length of the copy.
    pub bytes: u64,
    pub duration_ms: u64,
    /// What was done to it, as a sentence; nothing where it goes as it is.
    pub converted: Option<String>,
}

impl Frozen {
    /// The value of a setting that means this recording.
    #[must_use]
    pub fn setting(&self) -> String {
        setting(&self.name)
    }
}

/// The value of a setting that means the frozen recording of that name.
#[must_use]
pub fn setting(name: &str) -> String {
    format!("{SCHEME}{name}")
}

/// The name of the frozen recording that a setting means, if it means one. A name that could lead out of the
/// folder is none.
#[must_use]
pub fn named_in(setting: &str) -> Option<&str> {
    setting.trim().strip_prefix(SCHEME).filter(|name| is_name(name))
}

/// Whether that can be the name of a frozen recording: a digest and a kind, and no way out of its folder.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    name.split_once('.').is_some_and(|(digest, kind)| plain(digest) && plain(kind))
}

/// The content type of a frozen recording of that name.
#[must_use]
pub fn content_type(name: &str) -> &'static str {
    /// Kinds of sound files and what the web calls them.
    const TYPES: [(&str, &str); 8] = [
        ("mp3", "audio/mpeg"),
        ("wav", "audio/wav"),
        ("flac", "audio/flac"),
        ("ogg", "audio/ogg"),
        ("opus", "audio/ogg"),
        ("m4a", "audio/mp4"),
        ("aac", "audio/aac"),
        ("aiff", "audio/aiff"),
    ];
    let kind = name.rsplit('.').next().unwrap_or_default();
    let row = TYPES.iter().find(|(own, _)| own.eq_ignore_ascii_case(kind));
    row.map_or("application/octet-stream", |(_, content_type)| content_type)
}

/// Why a recording is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// What it is, the rule, and what can be done: for a person.
    pub sentence: String,
    /// Whether the rule is hearsay, so that a person may insist.
    pub may_force: bool,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_read_as_people_type_it_and_its_slips_are_named() {
        let part = |from, to| Part::parse(from, to);
        assert_eq!(part(None, None), Ok(None));
        assert_eq!(part(Some(" "), Some("")), Ok(None));
        let both = Part { from_ms: 32_000, to_ms: Some(65_000) };
        assert_eq!(part(Some("0:32"), Some("1:05")), Ok(Some(both)));
        assert_eq!(both.to_string(), "0:32 to 1:05");
        assert_eq!(part(Some("0:32"), None), Ok(Some(Part { to_ms: None, ..both })));
        assert_eq!(part(None, Some("1:05")), Ok(Some(Part { from_ms: 0, ..both })));
        assert!(part(Some("1:05"), Some("0:32")).unwrap_err().contains("`0:32` is not after `1:05`"));
        assert!(part(Some("soon"), None).unwrap_err().contains("`soon`"));
    }

    #[test]
    fn a_setting_means_a_recording_only_by_a_name_that_stays_in_its_folder() {
        assert_eq!(named_in(&setting("ab12.mp3")), Some("ab12.mp3"));
        for wrong in
            ["ab12.mp3", "recording:", "recording:../x.mp3", "recording:a/b.mp3", "recording:ab12", "recording:.mp3"]
        {
            assert_eq!(named_in(wrong), None, "{wrong}");
        }
    }
}
