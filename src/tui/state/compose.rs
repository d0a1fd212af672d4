//! What is being written, in step with what the store holds of it.

use jiff::Timestamp;

use super::facts::Facts;
use super::place::Place;
use crate::domain::catalogue::{Catalogue, ModelSpec};
use crate::domain::draft::{Draft, Known};
use crate::domain::fit::Fit;
use crate::domain::generation::TakeId;
use crate::domain::song::{DraftRow, Revision, SongId};
use crate::engine::intent::Intent;
use crate::tui::editor::{Applied, Edit, Editor, EditorKind};

/// A draft is saved after so many milliseconds without a key ...
const PAUSE_MS: i64 = 300;
/// ... and at the latest so many after the first unsaved one.
const LONGEST_UNSAVED_MS: i64 = 900;
/// After a save that failed, the next attempt waits so long.
const RETRY_MS: i64 = 2_000;

/// One of the two texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    Style,
    Lyrics,
}

/// What the store holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Base {
    revision: Revision,
    saved: Timestamp,
}

/// A change of what one model gets.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FitStep {
    model: String,
    /// What it got before, if that was special.
    before: Option<Fit>,
    /// The steps of style and lyrics when it was made: those made since are taken back first.
    steps: [usize; 2],
}

/// The draft of one song on this screen.
#[derive(Clone, Debug)]
pub struct Compose {
    pub(in crate::tui) song: Option<SongId>,
    pub(in crate::tui) style: Editor,
    pub(in crate::tui) lyrics: Editor,
    /// The selected row of the model and its settings.
    pub(in crate::tui) form: Place,
    /// The take whose text was put into the draft last: takes ordered now come from it.
    pub(in crate::tui) from: Option<TakeId>,
    draft: Draft,
    /// What was chosen for single models, the last one last, to be taken back in its turn.
    fits: Vec<FitStep>,
    base: Option<Base>,
    /// When the oldest unsaved change was made, and the newest.
    unsaved: Option<(Timestamp, Timestamp)>,
    /// Whether a save is on its way to the store. There is never a second one: on which revision it
    /// would have to be based is known only when the first is answered, and a guess could overwrite
    /// what another screen wrote.
    saving: bool,
    stuck: bool,
    facts: Facts,
    stale: bool,
}

impl Compose {
    /// An empty draft.
    #[must_use]
    pub fn new(song: Option<SongId>) -> Self {
        Self {
            song,
            style: Editor::new("", EditorKind::Paragraph),
            lyrics: Editor::new("", EditorKind::Lines),
            form: Place::default(),
            from: None,
            draft: Draft::default(),
            fits: Vec::new(),
            base: None,
            unsaved: None,
            saving: false,
            stuck: false,
            facts: Facts::default(),
            stale: true,
        }
    }

    /// The draft as it is on the screen.
    #[must_use]
    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    /// What is known of the draft.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// When the store last took the draft.
    #[must_use]
    pub fn saved(&self) -> Option<Timestamp> {
        self.base.map(|base| base.saved)
    }

    /// Whether the last attempt to save failed. What waits for its save for less than a second, as every
    /// letter does, is not worth two changes of the screen.
    #[must_use]
    pub fn is_stuck(&self) -> bool {
        self.stuck
    }

    /// Edits one of the texts.
    pub fn edit(&mut self, text: Text, edit: Edit, now: Timestamp) -> Applied {
        let (editor, kept) = match text {
            Text::Style => (&mut self.style, &mut self.draft.style),
            Text::Lyrics => (&mut self.lyrics, &mut self.draft.lyrics),
        };
        let applied = editor.apply(edit);
        if applied.changed {
            editor.text().clone_into(kept);
            self.changed(now);
        }
        applied
    }

    /// Chooses a model; no text changes.
    pub fn set_model(&mut self, model: &str, now: Timestamp) {
        if self.draft.model != model {
            model.clone_into(&mut self.draft.model);
            self.form = Place::default();
            self.changed(now);
        }
    }

    /// Chooses the sections that a model does not get; no text changes.
    pub fn leave_out(&mut self, model: &str, left_out: Vec<usize>, now: Timestamp) {
        let before = self.draft.fits.get(model).cloned();
        let fit = Fit { left_out, style: before.as_ref().and_then(|fit| fit.style.clone()) };
        if before.clone().unwrap_or_default() == fit {
            return;
        }
        for editor in [&mut self.style, &mut self.lyrics] {
            editor.begin_step();
        }
        self.fits.push(FitStep { model: model.to_owned(), before, steps: self.steps() });
        self.put_fit(model, Some(fit).filter(|fit| *fit != Fit::default()), now);
    }

    /// Takes the last choice of sections back, unless a text was changed since; tells for which model.
    pub fn take_fit_back(&mut self, now: Timestamp) -> Option<String> {
        let steps = self.steps();
        let last = self.fits.pop_if(|last| last.steps.iter().zip(steps).all(|(then, now)| now <= *then))?;
        self.put_fit(&last.model, last.before, now);
        Some(last.model)
    }

    fn steps(&self) -> [usize; 2] {
        [self.style.steps(), self.lyrics.steps()]
    }

    fn put_fit(&mut self, model: &str, fit: Option<Fit>, now: Timestamp) {
        match fit {
            Some(fit) => drop(self.draft.fits.insert(model.to_owned(), fit)),
            None => drop(self.draft.fits.remove(model)),
        }
        self.changed(now);
    }

    /// Sets a setting; an empty value leaves it to the service.
    pub fn set(&mut self, field: &str, value: &str, now: Timestamp) {
        let before = self.draft.settings.get(field).map_or("", String::as_str);
        if before == value {
            return;
        }
        if value.is_empty() {
            self.draft.settings.remove(field);
        } else {
            self.draft.settings.insert(field.to_owned(), value.to_owned());
        }
        self.changed(now);
    }

    fn changed(&mut self, now: Timestamp) {
        let since = self.unsaved.map_or(now, |(since, _)| since);
        self.unsaved = Some((since, now));
        self.stale = true;
    }

    /// Has the facts made anew: what is known around the draft changed.
    pub fn look_again(&mut self) {
        self.stale = true;
    }

    /// Makes the facts anew if the draft changed since, or what is known around it. A draft without a model gets the catalogue's first.
    pub fn recount(&mut self, catalogue: &Catalogue, known: Known<'_>) {
        if !std::mem::take(&mut self.stale) {
            return;
        }
        if self.draft.model.is_empty()
            && let Some(first) = catalogue.models().first()
        {
            first.id.clone_into(&mut self.draft.model);
        }
        self.facts = Facts::of(&self.draft, catalogue.find(&self.draft.model), known);
    }

    /// The chosen model, if the catalogue has it.
    #[must_use]
    pub fn spec<'a>(&self, catalogue: &'a Catalogue) -> Option<&'a ModelSpec> {
        catalogue.find(&self.draft.model)
    }

    /// When the draft should be saved: nothing where it is, or is being.
    #[must_use]
    pub fn save_due(&self) -> Option<Timestamp> {
        let (since, last) = self.unsaved?;
        if self.saving || self.base.is_none() {
            return None;
        }
        let pause = later(last, PAUSE_MS);
        Some(pause.min(later(since, LONGEST_UNSAVED_MS)).max(since))
    }

    /// The save that keeps what is unsaved, without taking note of it.
    #[must_use]
    pub fn unsaved(&self) -> Option<Intent> {
        self.unsaved?;
        let (song, base) = (self.song?, self.base?);
        Some(Intent::SaveDraft { song, based_on: base.revision, draft: self.draft.clone() })
    }

    /// The save that keeps what is unsaved, unless one is on its way; its answer comes to
    /// [`Compose::store_took`] or its siblings.
    pub fn save(&mut self) -> Option<Intent> {
        if self.saving {
            return None;
        }
        let intent = self.unsaved()?;
        self.saving = true;
        self.unsaved = None;
        Some(intent)
    }

    /// Whether a save is on its way and more was typed since.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.saving && self.unsaved.is_some()
    }

    /// The store took the draft.
    pub fn store_took(&mut self, revision: Revision, now: Timestamp) {
        (self.saving, self.stuck) = (false, false);
        if self.base.is_none_or(|base| base.revision <= revision) {
            self.base = Some(Base { revision, saved: now });
        }
    }

    /// The store could not take the draft: it is tried again a little later.
    pub fn store_failed(&mut self, now: Timestamp) {
        (self.saving, self.stuck) = (false, true);
        let later = later(now, RETRY_MS);
        self.unsaved = Some((later, later));
    }

    /// Another screen wrote first; the store kept what was typed as a version. What was typed since is
    /// still unsaved and based on the old revision, so it becomes a version too before this draft is
    /// let go. Tells whether the other draft is on the screen now.
    pub fn store_refused(&mut self, current: &DraftRow) -> bool {
        (self.saving, self.stuck) = (false, false);
        if self.unsaved.is_none() {
            self.load(current);
        }
        self.unsaved.is_none()
    }

    /// The store says what it holds. Tells whether the text on the screen became another one.
    pub fn follow(&mut self, row: &DraftRow) -> bool {
        let Some(base) = self.base else {
            return self.meet(row);
        };
        // What is on its way decides first: its answer says the revision, or that it lost.
        if row.revision <= base.revision || self.saving {
            return false;
        }
        if self.draft == row.draft {
            self.base = Some(Base { revision: row.revision, saved: row.saved });
            self.unsaved = None;
            return false;
        }
        if self.unsaved.is_some() {
            return false;
        }
        self.load(row);
        true
    }

    /// The first time that the store's draft comes: what was typed before it goes to its start, where the
    /// cursor would have been, and the cursor stays in it.
    fn meet(&mut self, row: &DraftRow) -> bool {
        let typed = [(Text::Style, &self.style), (Text::Lyrics, &self.lyrics)];
        let typed = typed.map(|(text, editor)| (text, editor.text().to_owned(), editor.cursor()));
        let last = self.unsaved.map(|(_, last)| last);
        self.style = Editor::new(&row.draft.style, EditorKind::Paragraph);
        self.lyrics = Editor::new(&row.draft.lyrics, EditorKind::Lines);
        self.load(row);
        for (text, words, cursor) in typed {
            if let Some(last) = last.filter(|_| !words.is_empty()) {
                self.edit(text, Edit::Paste(words), last);
                match text {
                    Text::Style => self.style.set_cursor(cursor),
                    Text::Lyrics => self.lyrics.set_cursor(cursor),
                }
            }
        }
        true
    }

    fn load(&mut self, row: &DraftRow) {
        self.style.follow(&row.draft.style);
        self.lyrics.follow(&row.draft.lyrics);
        self.draft = row.draft.clone();
        self.fits.clear();
        self.base = Some(Base { revision: row.revision, saved: row.saved });
        self.unsaved = None;
        self.stale = true;
    }
}

fn later(at: Timestamp, ms: i64) -> Timestamp {
    at.checked_add(jiff::SignedDuration::from_millis(ms)).unwrap_or(at)
}
