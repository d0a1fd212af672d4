//! Commands of the queue. Each serves the marked takes, or else the selected one.

use jiff::Timestamp;

use super::releasing;
use crate::domain::generation::{Status, Take, TakeId};
use crate::domain::wording::Role;
use crate::engine::intent::Intent;
use crate::tui::editor::Edit;
use crate::tui::effect::Effect;
use crate::tui::keymap::Action;
use crate::tui::message::Sound;
use crate::tui::overlays::{Ask, Overlay, Prompt, Strip};
use crate::tui::panes;
use crate::tui::state::{Scope, State, Step, Text};

/// Runs a command of the queue.
pub(super) fn run(state: &mut State, action: Action, now: Timestamp) -> Vec<Effect> {
    match action {
        Action::Scope => {
            state.queue.scope = if state.queue.scope == Scope::Song { Scope::All } else { Scope::Song };
            state.queue.refresh(state.compose.song, false);
            return Vec::new();
        }
        Action::NextNew => return next_new(state, now),
        Action::ReleaseAll => return releasing::release_all(state, now),
        _ => {}
    }
    let Some(take) = state.queue.selected().cloned() else {
        let order = state.opening.keymap.how(Action::Order);
        state.say(format!("there is no take yet; {order} orders one"), Role::Quiet, now);
        return Vec::new();
    };
    match action {
        Action::Open => {
            state.queue.open = !state.queue.open;
            state.queue.scrolled = 0;
        }
        Action::Mark => mark(state, take.id),
        Action::Play => return play(state, &take, now),
        Action::Note => state.overlays.push(Overlay::Line(Prompt::new(Ask::TakeNote(take.id), &take.note))),
        Action::Copy => return copy(state, &take, now),
        Action::UseText => use_text(state, &take, now),
        Action::OrderAgain => {
            let strip = Strip::of_take(state, &take);
            state.overlays.push(Overlay::Strip(strip));
        }
        Action::Pick => {
            let said = if take.pick { "no longer the pick" } else { "is the pick of its song" };
            let intent = Intent::Pick { take: take.id, pick: !take.pick };
            return vec![state.carry_and_say(intent, format!("{} {said}", name(&take)))];
        }
        action => return serve_all(state, action, now),
    }
    Vec::new()
}

/// Shows only takes that contain the text.
pub(in crate::tui) fn filter(state: &mut State, text: &str) {
    state.queue.set_filter(text);
    state.queue.refresh(state.compose.song, false);
}

/// What a take is called in messages.
fn name(take: &Take) -> String {
    format!("take {}", take.number)
}

fn mark(state: &mut State, take: TakeId) {
    if !state.queue.marked.remove(&take) {
        state.queue.marked.insert(take);
    }
    let height = panes::queue::height(&state.areas(), state.focus);
    state.queue.go(Step::Down, height);
}

fn next_new(state: &mut State, now: Timestamp) -> Vec<Effect> {
    match state.queue.next_new() {
        Some(take) => {
            let height = panes::queue::height(&state.areas(), state.focus);
            state.queue.select(take, height);
        }
        None => state.say("every take was heard", Role::Quiet, now),
    }
    Vec::new()
}

fn play(state: &mut State, take: &Take, now: Timestamp) -> Vec<Effect> {
    if state.playing == Some(Sound::Take(take.id)) {
        return vec![Effect::StopPlaying];
    }
    if take.file.is_none() {
        state.say(format!("{} has no sound yet", name(take)), Role::Quiet, now);
        return Vec::new();
    }
    if !state.opening.player_found {
        let text = "there is no player on this machine; y copies the path, or a line that plays it over ssh";
        state.say(text, Role::Attention, now);
        return Vec::new();
    }
    vec![Effect::Play { take: take.id }]
}

/// Copies the path; pressed again, the line that fetches it; again, the line that plays it from afar.
fn copy(state: &mut State, take: &Take, now: Timestamp) -> Vec<Effect> {
    let forms = panes::take::ways_to_hear(state, take);
    if forms.is_empty() {
        state.say(format!("{} has no file yet", name(take)), Role::Quiet, now);
        return Vec::new();
    }
    let form = match state.queue.copied {
        Some((id, last)) if id == take.id => (last + 1) % forms.len(),
        _ => 0,
    };
    state.queue.copied = Some((take.id, form));
    let (what, text) = forms[form].clone();
    state.say(format!("copied {what}: {text}"), Role::Quiet, now);
    vec![Effect::Copy(text)]
}

fn use_text(state: &mut State, take: &Take, now: Timestamp) {
    let texts = [(Text::Style, &take.draft.style, "the style"), (Text::Lyrics, &take.draft.lyrics, "the lyrics")];
    let mut changed = Vec::new();
    for (text, words, place) in texts {
        let same = match text {
            Text::Style => state.compose.style.text() == words,
            Text::Lyrics => state.compose.lyrics.text() == words,
        };
        if !same {
            state.compose.edit(text, Edit::Replace(words.clone()), now);
            changed.push(place);
        }
    }
    if changed.is_empty() {
        return state.say(format!("the draft already has the text of {}", name(take)), Role::Quiet, now);
    }
    state.compose.from = Some(take.id);
    let (undo, places) = (state.opening.keymap.how(Action::Undo), changed.join(" and in "));
    let said = format!("the text of {} is in the draft; {undo} in {places} brings yours back", name(take));
    state.say(said, Role::Quiet, now);
}

fn serve_all(state: &mut State, action: Action, now: Timestamp) -> Vec<Effect> {
    let served = state.queue.served();
    state.queue.marked.clear();
    let takes: Vec<Take> = served.iter().filter_map(|id| state.queue.get(*id)).cloned().collect();
    let mut effects = Vec::new();
    for take in takes {
        match intent_for(action, &take) {
            Ok((Intent::Release { .. }, _)) if !take.service.is_sandbox() && state.opening.no_orders.is_some() => {
                let why = state.opening.no_orders.clone().unwrap_or_default();
                state.say(format!("{} stays held: {why}", name(&take)), Role::Attention, now);
            }
            Ok((intent, said)) => effects.push(state.carry_and_say(intent, format!("{} {said}", name(&take)))),
            Err(why) => state.say(format!("{} {why}", name(&take)), Role::Attention, now),
        }
    }
    effects
}

/// What a command wants of a take, with what is said when it is done; or why it cannot be.
fn intent_for(action: Action, take: &Take) -> Result<(Intent, String), &'static str> {
    let id = take.id;
    let sent = "was sent, and the service has no way to cancel it";
    let done = |intent: Intent, said: &str| Ok((intent, said.to_owned()));
    match action {
        Action::Withdraw if take.status.is_unsent() => done(Intent::Withdraw { take: id }, "is taken back"),
        Action::Withdraw if matches!(take.status, Status::Saved | Status::Failed | Status::Unwatched) => {
            let said = format!("is out of the queue, its file stays; `refrain hide --undo {}` brings it back", id.0);
            Ok((Intent::Hide { take: id, hidden: true }, said))
        }
        Action::Hold if take.status == Status::Held => done(Intent::Release { take: id }, "is in line again"),
        Action::Hold if take.status == Status::Ordered => done(Intent::Hold { take: id }, "is held; h lets it go"),
        Action::MoveLater | Action::MoveEarlier if take.status.is_unsent() => {
            let later = action == Action::MoveLater;
            let said = if later { "is sent later" } else { "is sent sooner" };
            done(Intent::Move { take: id, by: if later { 1 } else { -1 } }, said)
        }
        Action::Withdraw | Action::Hold | Action::MoveLater | Action::MoveEarlier => Err(sent),
        Action::AskNow if take.status.is_unsent() => Err("was not sent yet; h lets a held one go"),
        Action::AskNow if matches!(take.status, Status::Saved | Status::Failed) => Err("is over: nothing to ask"),
        Action::AskNow if take.status == Status::Unknown => done(Intent::LookUp { take: id }, "is being looked for"),
        Action::AskNow => done(Intent::AskNow { take: id }, "is being asked about"),
        action => match rating(action) {
            Some(0) => done(Intent::Rate { take: id, rating: 0 }, "has no rating"),
            Some(rating) => Ok((Intent::Rate { take: id, rating }, format!("is rated {rating}"))),
            None => Err("has no such command"),
        },
    }
}

fn rating(action: Action) -> Option<u8> {
    const RATINGS: [Action; 6] =
        [Action::Rate0, Action::Rate1, Action::Rate2, Action::Rate3, Action::Rate4, Action::Rate5];
    RATINGS.iter().position(|other| *other == action).map(|rating| rating as u8)
}
