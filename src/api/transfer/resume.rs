//! Going on with a file of which some has come: the rest is asked for, and taken only where the host says that it is
//! the rest of the same file.

use reqwest::header::{CONTENT_RANGE, ETAG, HeaderMap, HeaderName, IF_RANGE, RANGE};
use reqwest::{Response, StatusCode};

/// The longest name of a state that is kept.
const LONGEST_ETAG: usize = 200;

/// What is there of a file already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resume {
    /// Bytes that are there.
    pub from: u64,
    /// What the host called the state of the file that they are of.
    pub etag: String,
    /// Bytes of that whole file, where the host said that.
    pub whole: Option<u64>,
}

/// Where the bytes of an answer belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The first of them.
    pub from: u64,
    /// Bytes of the whole file, where that is said.
    pub whole: Option<u64>,
}

impl Resume {
    /// Whether it can be asked with: it may come from a file that anybody could have written.
    pub(super) fn is_sound(&self) -> bool {
        self.from > 0 && is_strong(&self.etag)
    }

    /// What asks for the rest, or for all of it where the file is another one by now.
    pub(super) fn headers(&self) -> [(HeaderName, String); 2] {
        [(RANGE, format!("bytes={}-", self.from)), (IF_RANGE, self.etag.clone())]
    }

    /// Where an answer to that belongs; nothing where it is neither the file nor its rest, and all of it has to be
    /// asked for anew.
    pub(super) fn place(&self, response: &Response) -> Option<Place> {
        if response.status() == StatusCode::OK {
            return Some(beginning(response));
        }
        let said = header(response.headers(), &CONTENT_RANGE).and_then(Range::parse)?;
        // A host that answers the condition says again what it was about; one that does not may not have looked.
        let is_named = etag(response.headers()).is_some_and(|etag| etag == self.etag);
        let is_same = is_named && self.whole.is_none_or(|whole| whole == said.whole);
        let goes_on = response.status() == StatusCode::PARTIAL_CONTENT && said.first == self.from;
        (goes_on && is_same).then_some(Place { from: said.first, whole: Some(said.whole) })
    }
}

/// Where an answer belongs that holds a file from its beginning.
pub(super) fn beginning(response: &Response) -> Place {
    Place { from: 0, whole: response.content_length() }
}

/// What the host calls this state of the file, where the same name means the same bytes. A weak one does not, and
/// what no header could repeat is none.
pub(super) fn etag(headers: &HeaderMap) -> Option<String> {
    header(headers, &ETAG).filter(|etag| is_strong(etag)).map(str::to_owned)
}

fn is_strong(etag: &str) -> bool {
    let name = etag.strip_prefix('"').and_then(|etag| etag.strip_suffix('"')).unwrap_or_default();
    let is_plain = name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
    is_plain && !name.is_empty() && etag.len() <= LONGEST_ETAG
}

fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// What a `Content-Range` says.
struct Range {
    first: u64,
    whole: u64,
}

impl Range {
    /// Nothing where it is no range of a file whose length is known.
    fn parse(text: &str) -> Option<Self> {
        let (range, whole) = text.strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let [first, last, whole] = [first, last, whole].map(|number| number.trim().parse::<u64>().ok());
        let said = Self { first: first?, whole: whole? };
        let last = last?;
        (said.first <= last && last < said.whole).then_some(said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_strong_name_of_a_state_is_one() {
        let long = format!("\"{}\"", "x".repeat(LONGEST_ETAG));
        let table = [
            ("\"abc\"", true),
            ("\"a-b:c/d==\"", true),
            ("W/\"abc\"", false),
            ("abc", false),
            ("\"\"", false),
            ("\"a\"b\"", false),
            ("\"a b\"", false),
            (long.as_str(), false),
        ];
        for (text, is_strong) in table {
            let headers = HeaderMap::from_iter([(ETAG, text.parse().unwrap())]);
            assert_eq!(etag(&headers), is_strong.then(|| text.to_owned()), "{text}");
        }
    }

    #[test]
    fn only_a_range_of_a_file_of_known_length_is_one() {
        let table = [
            ("bytes 5-9/10", Some((5, 10))),
            ("bytes 0-0/1", Some((0, 1))),
            ("bytes 5-9/*", None),
            ("bytes */10", None),
            ("bytes 9-5/10", None),
            ("bytes 5-10/10", None),
            ("bytes -5-9/10", None),
            ("lines 5-9/10", None),
            ("bytes 5-99999999999999999999/99999999999999999999", None),
        ];
        for (text, expected) in table {
            assert_eq!(Range::parse(text).map(|range| (range.first, range.whole)), expected, "{text}");
        }
    }
}
