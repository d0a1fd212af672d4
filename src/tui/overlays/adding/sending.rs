//! Enter: the recording is read to its end, and then uploaded, kept, or noted down.

use jiff::Timestamp;

use super::{Adding, CHOICES, Stage, Whence};
use crate::domain::address;
use crate::domain::catalogue::Catalogue;
use crate::domain::recording::{Frozen, Part, Rules, Unfit};
use crate::domain::reference::{Purpose, ReferenceId, name_of};
use crate::domain::wording::Role;
use crate::engine::intent::{Intent, Reply, Source, UploadOrder};
use crate::tui::effect::{Check, Effect};
use crate::tui::overlays::{Outcome, Overlay};
use crate::tui::state::{Asked, State};
use crate::tui::update::use_reference;

/// What a check is begun with, once everything was answered.
struct Answers {
    purpose: Purpose,
    name: String,
    part: Option<Part>,
}

/// Enter, at every stage.
pub(super) fn take(state: &mut State, adding: &mut Adding, now: Timestamp) -> Outcome {
    match &adding.stage {
        Stage::Known { reference, .. } => {
            leave(state);
            state.library.select(*reference);
            use_reference(state, *reference, now);
            return Outcome::close();
        }
        Stage::Sending { .. } | Stage::Checking(_) => return Outcome::stay(),
        Stage::Asking | Stage::MayInsist => {}
    }
    let force = adding.stage == Stage::MayInsist;
    let answers = match answers(state, adding) {
        Ok(answers) => answers,
        Err(why) => {
            adding.say(why, Role::Attention);
            return Outcome::stay();
        }
    };
    Outcome::stay().with(vec![go(state, adding, answers, force)])
}

fn answers(state: &State, adding: &Adding) -> Result<Answers, String> {
    let choices = CHOICES.len();
    let purpose = adding.purpose().ok_or_else(|| format!("what is it? 1 to {choices} say so"))?;
    let part = Part::parse(Some(adding.from.text()), Some(adding.to.text()))?;
    let typed = adding.name.text().trim();
    let name = match &adding.whence {
        _ if !typed.is_empty() => typed.to_owned(),
        Whence::Address(url) => name_of(url),
        Whence::File(_) => return Err("it needs a name".to_owned()),
    };
    if let Whence::Address(url) = &adding.whence
        && purpose.is_uploaded()
    {
        address::may_be_fetched(url).map_err(|slip| slip.to_string())?;
    }
    if purpose == Purpose::Url && part.is_some() {
        return Err("an address goes to the service as it is; a part is taken of what is uploaded".to_owned());
    }
    if purpose == Purpose::File && rules_of_orders(&state.opening.catalogue).is_none() {
        return Err("no model of the catalogue takes a file along with an order".to_owned());
    }
    Ok(Answers { purpose, name, part })
}

/// An address goes its way at once; a file is read first.
fn go(state: &mut State, adding: &mut Adding, answers: Answers, force: bool) -> Effect {
    let Answers { purpose, name, part } = answers;
    match adding.whence.clone() {
        Whence::File(file) => {
            let check = state.tickets.number();
            let rules = rules_for(state, purpose);
            adding.stage = Stage::Checking(check);
            adding.say("checking ... Esc stops it", Role::Running);
            Effect::Check(Check { check, file, part, rules, force })
        }
        Whence::Address(url) if purpose == Purpose::Url => {
            send(state, adding, None, Intent::AddReference { name, url })
        }
        Whence::Address(url) => have_fetched(state, adding, Answers { purpose, name, part }, url, false),
    }
}

/// What is at the address is fetched and uploaded by the worker, which looks at it then.
fn have_fetched(state: &mut State, adding: &mut Adding, answers: Answers, url: String, anew: bool) -> Effect {
    let Answers { purpose, name, part } = answers;
    let (service, source) = (state.opening.service.clone(), Source::Url(url));
    let order = UploadOrder { name, purpose, service, source, part, force: false, anew };
    send(state, adding, None, Intent::Upload(order))
}

/// What is asked of a recording for that purpose.
fn rules_for(state: &State, purpose: Purpose) -> Rules {
    if purpose.is_uploaded() {
        return Rules::UPLOAD;
    }
    let takes = |rules: &Rules| rules.encoding.is_some();
    let of_model = state.spec().and_then(|spec| spec.fields.iter().map(|field| field.recording).find(takes));
    of_model.or_else(|| rules_of_orders(&state.opening.catalogue)).unwrap_or_default()
}

/// What the first model asks of a recording that goes along with an order.
fn rules_of_orders(catalogue: &Catalogue) -> Option<Rules> {
    let fields = catalogue.models().iter().flat_map(|model| &model.fields);
    fields.map(|field| field.recording).find(|rules| rules.encoding.is_some())
}

fn send(state: &mut State, adding: &mut Adding, frozen: Option<Frozen>, intent: Intent) -> Effect {
    adding.stage = Stage::Sending { frozen };
    state.carry(intent, Asked::Reference)
}

/// The same recording, though it is in the library already.
pub(super) fn upload_anew(state: &mut State, adding: &mut Adding, frozen: Option<Frozen>) -> Vec<Effect> {
    let effect = match (adding.whence.clone(), frozen) {
        (Whence::File(_), Some(frozen)) => hand_in(state, adding, frozen, true),
        (Whence::File(_), None) => None,
        (Whence::Address(url), _) => {
            answers(state, adding).ok().map(|answers| have_fetched(state, adding, answers, url, true))
        }
    };
    effect.into_iter().collect()
}

/// The frozen recording goes to the store.
fn hand_in(state: &mut State, adding: &mut Adding, frozen: Frozen, anew: bool) -> Option<Effect> {
    let Answers { purpose, name, part } = answers(state, adding).ok()?;
    let Whence::File(file) = adding.whence.clone() else { return None };
    let intent = if purpose == Purpose::File {
        Intent::KeepRecording { name, file, part, frozen: frozen.clone() }
    } else {
        let service = state.opening.service.clone();
        let source = Source::File { file, frozen: frozen.clone() };
        // Whoever insisted did so before the file was read.
        Intent::Upload(UploadOrder { name, purpose, service, source, part, force: false, anew })
    };
    Some(send(state, adding, Some(frozen), intent))
}

/// A file was read to its end, if these questions still wait for it.
pub(in crate::tui) fn checked(state: &mut State, check: u64, result: Result<Frozen, Unfit>) -> Option<Vec<Effect>> {
    let waits =
        |overlay: &Overlay| matches!(overlay, Overlay::Adding(adding) if adding.stage == Stage::Checking(check));
    let place = state.overlays.iter().position(waits)?;
    let Overlay::Adding(mut adding) = state.overlays.remove(place) else { return None };
    let mut effects = Vec::new();
    match result {
        Ok(frozen) => effects.extend(hand_in(state, &mut adding, frozen, false)),
        Err(unfit) => {
            adding.stage = if unfit.may_force { Stage::MayInsist } else { Stage::Asking };
            let insist = if unfit.may_force { "; Enter takes it all the same" } else { "" };
            adding.say(format!("{}{insist}", unfit.sentence), Role::Attention);
        }
    }
    state.overlays.insert(place, Overlay::Adding(adding));
    Some(effects)
}

/// What the store made of it: the questions close once it is in the library. Tells what is to be said.
pub(in crate::tui) fn answered(state: &mut State, reply: Result<Reply, String>) -> Option<String> {
    let waits =
        |overlay: &Overlay| matches!(overlay, Overlay::Adding(adding) if matches!(adding.stage, Stage::Sending { .. }));
    let place = state.overlays.iter().position(waits);
    match (reply, place) {
        (Ok(Reply::KnownReference { reference }), None) => {
            state.library.select(reference);
            Some(format!("{} is in the library already; Enter uses it", name_of_known(state, reference)))
        }
        (Ok(Reply::KnownReference { reference }), Some(place)) => {
            let known = name_of_known(state, reference);
            if let Some(Overlay::Adding(adding)) = state.overlays.get_mut(place) {
                let Stage::Sending { frozen } = std::mem::replace(&mut adding.stage, Stage::Asking) else {
                    return None;
                };
                adding.stage = Stage::Known { reference, frozen };
                let anew = if adding.may_be_anew() { ", ! uploads it anew" } else { "" };
                let text = format!("{known} is in the library already, the same recording; Enter uses it{anew}");
                adding.say(text, Role::Attention);
            }
            None
        }
        (Ok(Reply::Reference { reference }), _) => {
            let said = match place.and_then(|place| state.overlays.get(place)) {
                Some(Overlay::Adding(adding)) => added(adding),
                // The questions were left, so nobody knows here what it is.
                _ => "it is in the library".to_owned(),
            };
            leave(state);
            state.library.select(reference);
            Some(said)
        }
        (Ok(Reply::TooLate(why)) | Err(why), Some(place)) => {
            if let Some(Overlay::Adding(adding)) = state.overlays.get_mut(place) {
                adding.stage = Stage::Asking;
                adding.say(why, Role::Attention);
            }
            None
        }
        (Ok(Reply::TooLate(why)) | Err(why), None) => Some(why),
        (Ok(_), _) => None,
    }
}

/// What is said of a recording that was taken: what was done to it first, as it is not the file any more.
fn added(adding: &Adding) -> String {
    let frozen = if let Stage::Sending { frozen } = &adding.stage { frozen.as_ref() } else { None };
    let converted = frozen.and_then(|frozen| frozen.converted.as_ref());
    let converted = converted.map(|converted| format!("{converted}, ")).unwrap_or_default();
    let is_uploaded = adding.purpose().is_some_and(Purpose::is_uploaded);
    let goes = if is_uploaded { "being uploaded; Enter uses it once it has arrived" } else { "added; Enter uses it" };
    format!("{converted}{goes}")
}

fn name_of_known(state: &State, reference: ReferenceId) -> String {
    state.library.get(reference).map_or("it".to_owned(), |known| format!("`{}`", known.name))
}

/// Closes the questions, and the list that they came from.
fn leave(state: &mut State) {
    state.overlays.retain(|overlay| !matches!(overlay, Overlay::Adding(_) | Overlay::Files(_)));
}
