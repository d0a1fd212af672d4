//! What is wrong with the references of a draft: what is no reference at all, and what the model, the service
//! or the key may not take.

use super::check::{Order, misfit, shortened};
use super::{Grade, Holds, Problem};
use crate::domain::catalogue::{FieldSpec, Firmness, Kind, Limit};
use crate::domain::length::to_clock;
use crate::domain::recording;
use crate::domain::reference::Reference;
use crate::domain::service::Service;
use crate::domain::setting;
use crate::domain::wording::megabytes;

/// Milliseconds in a second.
const MILLISECONDS: u64 = 1000;

/// How files of sound end.
const ENDINGS: [&str; 12] =
    [".mp3", ".wav", ".flac", ".m4a", ".mp4", ".aac", ".ogg", ".oga", ".opus", ".aif", ".aiff", ".wma"];

/// A setting that should be a reference, and what is known of it.
struct Case<'a> {
    order: &'a Order<'a>,
    field: &'a FieldSpec,
    typed: &'a str,
    reference: Option<&'a Reference>,
}

/// How grave it is, and what is said after the value.
type Said = (Grade, String);

/// What makes a setting useless; the first that fits is told.
const USELESS: [fn(&Case<'_>) -> Option<Said>; 3] = [file_for_an_id, file_for_an_address, file_for_a_reference];

/// What may be wrong with a reference; all that fits is told.
const DOUBTS: [fn(&Case<'_>) -> Option<Said>; 6] =
    [too_short_or_long, too_large, of_another_service, of_another_key, refused, forgotten];

/// Every problem with the references that the model would get.
pub(super) fn problems(order: &Order<'_>) -> Vec<Problem> {
    let fields = order.spec.fields.iter().filter(|field| field.kind.is_reference());
    let got = fields.filter(|field| order.draft.silencer(order.spec, &field.name).is_none());
    let set = got.filter_map(|field| Some((field, order.draft.setting(&field.name)?)));
    let case = |(field, typed)| Case { order, field, typed, reference: order.known.meant_by(typed) };
    set.map(case).flat_map(|case| case.problems()).collect()
}

impl Case<'_> {
    fn problems(&self) -> Vec<Problem> {
        if let Some(useless) = USELESS.iter().find_map(|rule| rule(self)) {
            return vec![self.problem(useless)];
        }
        if setting::read(self.field, self.typed).is_none() {
            return vec![misfit(self.order, self.field, self.typed, Grade::MustFix, "takes")];
        }
        DOUBTS.iter().filter_map(|rule| rule(self)).map(|said| self.problem(said)).collect()
    }

    fn problem(&self, (grade, rule): Said) -> Problem {
        let value = shortened(self.reference.map_or(self.typed, |reference| &reference.name));
        Problem { field: self.field.name.clone(), value, holds: Holds::Typed, rule, grade }
    }

    /// Whether it is a file of this machine, be it named by its path or kept in the library.
    fn is_file(&self) -> bool {
        recording::named_in(self.typed).is_some() || is_path(self.typed)
    }

    /// A rule of the model, as sure as the limit behind it.
    fn limit(&self, has: &str, limit: Limit, most: &str) -> Said {
        let (grade, takes) = match limit.firmness {
            Firmness::Hard => (Grade::MustFix, "takes"),
            Firmness::Soft => (Grade::Look, "is said to take"),
        };
        (grade, format!("{has}, {}", self.order.rule(&format!("{takes} {most}"))))
    }
}

fn file_for_an_id(case: &Case<'_>) -> Option<Said> {
    let wrong = case.field.kind != Kind::Url && case.is_file();
    let takes = || case.order.rule(&format!("takes {}", setting::takes(case.field)));
    wrong.then(|| {
        (
            Grade::MustFix,
            format!("a file of this machine, {}: upload it (a in References, or `refrain upload`)", takes()),
        )
    })
}

fn file_for_an_address(case: &Case<'_>) -> Option<Said> {
    let wrong = case.field.kind == Kind::Url && case.field.recording.encoding.is_none() && case.is_file();
    let takes = || case.order.rule("takes only an address");
    wrong.then(|| {
        (
            Grade::MustFix,
            format!("a file of this machine, {}: put it on the web, or choose a model that takes files", takes()),
        )
    })
}

fn file_for_a_reference(case: &Case<'_>) -> Option<Said> {
    let wrong = case.field.kind == Kind::Url && is_path(case.typed);
    let rule = "a file of this machine, to be added first (a in References, or `--reference FILE`)";
    wrong.then(|| (Grade::MustFix, rule.to_owned()))
}

fn too_short_or_long(case: &Case<'_>) -> Option<Said> {
    let ms = case.reference?.duration_ms?;
    let rules = &case.field.recording;
    let at = |limit: Limit| limit.value.saturating_mul(MILLISECONDS);
    let clock = |limit: Limit| to_clock(limit.value);
    let rows = [
        (rules.longer_than.filter(|limit| ms <= at(*limit)), ms / MILLISECONDS, "more than"),
        (rules.shortest.filter(|limit| ms < at(*limit)), ms / MILLISECONDS, "at least"),
        // What is a moment past the limit is not shown as being at it.
        (rules.longest.filter(|limit| ms > at(*limit)), ms.div_ceil(MILLISECONDS), "at most"),
    ];
    let (limit, seconds, word) = rows.into_iter().find_map(|(limit, seconds, word)| Some((limit?, seconds, word)))?;
    Some(case.limit(&format!("{} long", to_clock(seconds)), limit, &format!("{word} {}", clock(limit))))
}

fn too_large(case: &Case<'_>) -> Option<Said> {
    let bytes = case.reference?.bytes?;
    let limit = case.field.recording.most_bytes.filter(|limit| bytes > limit.value)?;
    Some(case.limit(&format!("{} MB", megabytes(bytes)), limit, &format!("at most {} MB", megabytes(limit.value))))
}

/// What was uploaded to the sandbox means nothing to a real service, nor the other way round. Two addresses may
/// be one service.
fn of_another_service(case: &Case<'_>) -> Option<Said> {
    let (own, here) = (case.reference?.service.as_ref()?, case.order.known.service?);
    let words = |service: &Service| match service {
        Service::Sandbox => "the sandbox".to_owned(),
        Service::Paid(url) => format!("`{url}`"),
    };
    match (own == here, own.is_sandbox() != here.is_sandbox()) {
        (true, _) => None,
        (false, true) => Some((
            Grade::MustFix,
            format!("uploaded to {} and unknown to {}: upload it there, too", words(own), words(here)),
        )),
        (false, false) => {
            Some((Grade::Look, format!("uploaded to {}, perhaps unknown to {}", words(own), words(here))))
        }
    }
}

fn of_another_key(case: &Case<'_>) -> Option<Said> {
    let (own, here) = (case.reference?.key_print.as_deref()?, case.order.known.key_print?);
    let same_service = case.reference?.service.as_ref() == case.order.known.service;
    (own != here && same_service)
        .then(|| (Grade::Look, "uploaded with another key, perhaps unknown to this one".to_owned()))
}

fn refused(case: &Case<'_>) -> Option<Said> {
    let reference = case.reference.filter(|reference| reference.refused.is_some())?;
    let next = match reference.upload {
        Some(_) => "it is being uploaded again".to_owned(),
        None => format!("r in References, or `refrain reference again {}`, uploads it again", reference.id.0),
    };
    Some((Grade::Look, format!("no longer taken by the service: {next}")))
}

fn forgotten(case: &Case<'_>) -> Option<Said> {
    let gone = case.order.known.library.is_some() && case.reference.is_none();
    (gone && recording::named_in(case.typed).is_some())
        .then(|| (Grade::Look, "a file that is in the references no more: add it again, or choose another".to_owned()))
}

/// Whether a text is the path of a file rather than an address or an id.
fn is_path(text: &str) -> bool {
    let small = text.to_lowercase();
    let begins = ["/", "~/", "./", "../", "\\\\", "file:"].iter().any(|start| small.starts_with(start));
    let drive = matches!(small.as_bytes(), [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_lowercase());
    let ends = !small.contains("://") && ENDINGS.iter().any(|ending| small.ends_with(ending));
    begins || drive || (ends && recording::named_in(text).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_told_from_an_address_and_an_id() {
        for path in [
            "demo.mp3",
            "Mara, dry.WAV",
            "/home/mara/demo",
            "~/demo.flac",
            "./demo",
            "../demo.ogg",
            "C:\\Songs\\demo.wav",
            "c:/songs/demo.wav",
            "\\\\server\\demo",
            "file:///home/mara/demo.mp3",
        ] {
            assert!(is_path(path), "{path}");
        }
        for other in [
            "https://a.example/demo.mp3",
            "vocal-2025082518145625-6XW9wCOF",
            "instrumental-1.5",
            "recording:ab12.mp3",
            "demo",
        ] {
            assert!(!is_path(other), "{other}");
        }
    }
}
