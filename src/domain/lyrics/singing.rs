//! How long a lyric is likely to be sung.
//!
//! A rough estimate: nobody but the model knows its tempo. The figures below are rules of thumb, chosen so
//! that a usual pop lyric of 200 to 300 words comes out at the three to four minutes of a usual pop song,
//! the range from brisk to slow. They are meant to show a lyric that is far too long or short, no more.

use super::{LineKind, line_kind, sections, syllables, tag};

/// A range of seconds in which a lyric is likely to be sung.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SingingTime {
    pub least: u32,
    pub most: u32,
}

/// Tenths of a second for a least and a most: an estimate is no finer.
#[derive(Clone, Copy)]
struct Tenths(u32, u32);

/// A syllable: 2.5 a second when brisk, 1.7 when slow, breaths between the lines included.
const SYLLABLE: Tenths = Tenths(4, 6);
/// An empty line within a section: a breath.
const PAUSE: Tenths = Tenths(5, 15);
/// The step from one section to the next: up to a bar or two.
const BREAK: Tenths = Tenths(10, 30);
/// A section with a tag and no words is played: four to eight bars.
const PLAYED: Tenths = Tenths(80, 160);
/// What is played before the first and after the last word where no tag says so.
const FRAME: Tenths = Tenths(50, 150);

impl SingingTime {
    /// The middle of the range: what to ask for where a length must be named.
    #[must_use]
    pub fn middle(self) -> u32 {
        u32::midpoint(self.least, self.most)
    }
}

/// How long the lyric is likely to last when sung, or nothing when there are no words.
#[must_use]
pub fn singing_time(lyrics: &str) -> Option<SingingTime> {
    let lines: Vec<&str> = lyrics.lines().collect();
    let sung: u32 = lines.iter().filter(|line| tag(line).is_none()).map(|line| syllables(line)).sum();
    if sung == 0 {
        return None;
    }
    let sections = sections(lyrics);
    let bodies = || sections.iter().map(|section| &lines[section.lines.clone()]);
    let played = bodies().filter(|body| is_played(body)).count() as u32;
    let pauses: u32 = bodies().map(pauses).sum();
    let breaks = sections.len() as u32 - 1;
    let parts = [(SYLLABLE, sung), (PAUSE, pauses), (BREAK, breaks), (PLAYED, played), (FRAME, 1)];
    let seconds = |of: fn(Tenths) -> u32| {
        let tenths =
            parts.iter().fold(0_u32, |sum, (part, count)| sum.saturating_add(of(*part).saturating_mul(*count)));
        tenths.div_ceil(10)
    };
    Some(SingingTime { least: seconds(|part| part.0), most: seconds(|part| part.1) })
}

/// A section with a tag and nothing to sing.
fn is_played(body: &[&str]) -> bool {
    let kinds = || body.iter().map(|line| line_kind(line));
    kinds().any(|kind| kind == LineKind::Tag) && kinds().all(|kind| kind != LineKind::Words)
}

/// Runs of empty lines between words of a section.
fn pauses(body: &[&str]) -> u32 {
    let mut count = 0;
    let mut kinds = body.iter().map(|line| line_kind(line)).skip_while(|kind| *kind != LineKind::Words).peekable();
    while let Some(kind) = kinds.next() {
        count += u32::from(kind == LineKind::Blank && kinds.peek() == Some(&LineKind::Words));
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(lyrics: &str) -> (u32, u32) {
        let time = singing_time(lyrics).unwrap();
        (time.least, time.most)
    }

    #[test]
    fn nothing_to_sing_takes_no_time() {
        for lyrics in ["", "\n\n", "[Intro]\n[Solo]", "... !"] {
            assert_eq!(singing_time(lyrics), None, "{lyrics:?}");
        }
    }

    #[test]
    fn a_usual_pop_lyric_lasts_about_as_long_as_a_usual_pop_song() {
        let line = "The last boat leaves at ten to nine\n";
        let section = |name: &str| format!("[{name}]\n{}", line.repeat(5));
        let lyrics: String = ["Verse", "Chorus", "Verse", "Chorus", "Bridge", "Chorus"].map(section).concat();
        assert_eq!(lyrics.split_whitespace().count(), 246);
        let (least, most) = time(&lyrics);
        assert!((100..150).contains(&least) && (160..240).contains(&most), "{least} to {most}");
    }

    #[test]
    fn words_pauses_breaks_and_played_sections_add_up() {
        let ten = "la la la la la la la la la la";
        let alone = time(ten);
        assert_eq!(alone, (9, 21));
        assert_eq!(time(&format!("{ten}\n\n{ten}")), (14, 29));
        assert_eq!(time(&format!("[Verse]\n{ten}\n[Verse]\n{ten}")), (14, 30));
        assert_eq!(time(&format!("[Verse]\n{ten}\n\n[Solo]\n")), (18, 40));
        assert_eq!(time(&format!("{ten}\n\n\n")), alone);
    }

    #[test]
    fn the_middle_of_the_range_is_what_to_ask_for() {
        assert_eq!(SingingTime { least: 150, most: 190 }.middle(), 170);
    }
}
