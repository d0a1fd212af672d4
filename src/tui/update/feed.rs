//! What was committed, by the worker or by another screen.

use jiff::Timestamp;

use super::songs;
use crate::domain::generation::Take;
use crate::domain::money::{charged, day_of};
use crate::domain::news;
use crate::domain::reference::Reference;
use crate::domain::song::DraftRow;
use crate::domain::uploading;
use crate::domain::usual::spans;
use crate::domain::wording::{Role, Words};
use crate::engine::feed::{Changes, Fact, Said};
use crate::tui::effect::Effect;
use crate::tui::keymap::Action;
use crate::tui::overlays;
use crate::tui::state::{Asked, Compose, Focus, Notice, State};

/// Takes in what changed.
pub(super) fn take_in(state: &mut State, changes: Changes, now: Timestamp) -> Vec<Effect> {
    let first = !std::mem::replace(&mut state.filled, true);
    state.songs.extend(changes.songs.into_iter().map(|song| (song.id, song)));
    for song in &changes.gone_songs {
        state.songs.remove(song);
        state.drafts.remove(song);
        state.shelf.remove(song);
    }
    for row in changes.drafts {
        take_draft(state, row, now);
    }
    let terms_changed = !(changes.facts.is_empty() && changes.takes.is_empty());
    for fact in changes.facts {
        if fact.service == state.opening.service {
            take_fact(state, fact, now);
        }
    }
    let library_changed = !(changes.references.is_empty() && changes.gone_references.is_empty());
    if library_changed {
        tell_of_uploads(state, &changes.references, now);
        state.library.change(changes.references, &changes.gone_references);
        state.compose.look_again();
        state.shelf.values_mut().for_each(Compose::look_again);
    }
    let mut effects = Vec::new();
    for take in changes.takes {
        effects.extend(take_take(state, take, first, now));
    }
    for take in changes.gone_takes {
        state.queue.remove(take);
        state.out_of_credits.forget(take);
    }
    effects.extend(tell_of_credits(state, now));
    state.queue.refresh(state.compose.song, state.focus == Focus::Queue);
    count_money(state, now);
    if terms_changed {
        let own = state.queue.all().rev().filter(|take| take.service == state.opening.service);
        state.terms.spans = spans(own);
    }
    if terms_changed || library_changed {
        overlays::see_terms(state);
    }
    if first {
        effects.extend(open(state, now));
    }
    effects
}

/// Takes in what is known of the service, and says so where a person asked for it.
fn take_fact(state: &mut State, fact: Fact, now: Timestamp) {
    let answered = state.awaiting.remove(&fact.topic) && fact.wanted.is_none();
    if fact.wanted.is_some() {
        state.awaiting.insert(fact.topic);
    }
    if let Some(why) = fact.failed.as_ref().filter(|_| answered) {
        let text = format!("the {} could not be asked: {why}", fact.topic.words());
        state.say(text, Role::Attention, now);
    }
    match fact.said {
        Some((Said::Balance(usd), at)) => state.money.balance = Some((usd, at)),
        Some((Said::Prices(listed), at)) => state.terms.listed = Some((listed, at)),
        Some((Said::Paces(paces), at)) => state.terms.paces = Some((paces, at)),
        None => {}
    }
}

fn take_draft(state: &mut State, row: DraftRow, now: Timestamp) {
    let older = state.drafts.get(&row.song).is_some_and(|held| held.revision > row.revision);
    if older {
        return;
    }
    if state.compose.song == Some(row.song) {
        let known = state.compose.saved().is_some();
        if state.compose.follow(&row) && known {
            state.say(format!("{} wrote; this is its text", row.writer), Role::Quiet, now);
        }
    } else if let Some(compose) = state.shelf.get_mut(&row.song) {
        compose.follow(&row);
    }
    state.drafts.insert(row.song, row);
}

/// Says of what was being uploaded that it has arrived, or failed.
fn tell_of_uploads(state: &mut State, changed: &[Reference], now: Timestamp) {
    let service = state.opening.service.clone();
    for reference in changed.iter().filter(|reference| reference.belongs_to(&service)) {
        let before = state.library.get(reference.id);
        if let Some(text) = before.and_then(|before| uploading::news(before, reference)) {
            let role = if reference.upload.is_some() { Role::Attention } else { Role::Arrived };
            state.say(text, role, now);
        }
    }
}

/// Takes in a take, and says what became of it.
fn take_take(state: &mut State, take: Take, first: bool, now: Timestamp) -> Vec<Effect> {
    let before = state.queue.get(take.id).map(|old| old.status);
    let news = if first { None } else { news::of(&take, before, now, &state.opening.zone) };
    if first {
        state.out_of_credits.know(&take);
    } else {
        state.out_of_credits.see(&take);
    }
    state.queue.put(take);
    let Some(Words { text, role }) = news else { return Vec::new() };
    state.say(text, role, now);
    if role == Role::Arrived && state.opening.bell { vec![Effect::Bell] } else { Vec::new() }
}

/// Says once, however many they are, that orders stand still for want of credits.
fn tell_of_credits(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let notices = state.out_of_credits.notices();
    let rings = state.opening.bell && !notices.is_empty();
    for notice in notices {
        let here = notice.service == state.opening.service;
        let key = here.then(|| state.opening.keymap.how_from_anywhere(Action::ReleaseAll));
        state.say(notice.sentence(key.as_deref()), Role::Attention, now);
    }
    if rings { vec![Effect::Bell] } else { Vec::new() }
}

/// Counts anew where another day has begun.
pub(super) fn turn_day(state: &mut State, now: Timestamp) {
    if state.money.day.is_some_and(|day| day != state.day(now)) {
        count_money(state, now);
    }
}

/// What takes of this day cost.
fn count_money(state: &mut State, now: Timestamp) {
    let today = state.day(now);
    let here = |take: &&Take| take.service == state.opening.service && !take.service.is_sandbox();
    let of_today = |take: &&Take| here(take) && day_of(take, &state.opening.zone) == today;
    // The newest takes come first, and one created before today cannot be followed by one of today.
    let recent = state.queue.all().rev().take_while(|take| state.day(take.created) >= yesterday(today));
    state.money.spent = recent.filter(of_today).filter_map(charged).sum();
    state.money.day = Some(today);
}

fn yesterday(day: jiff::civil::Date) -> jiff::civil::Date {
    day.yesterday().unwrap_or(day)
}

/// The first time: opens the song that was meant, or starts one, and says what happened meanwhile.
fn open(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let meant = state.compose.song.filter(|song| state.songs.contains_key(song));
    let newest = state.songs.values().max_by_key(|song| (song.touched, song.id)).map(|song| song.id);
    let notice = state.notice.take();
    let effects = match (meant, newest) {
        (Some(_), _) => Vec::new(),
        (None, Some(song)) => {
            state.compose.song = None;
            songs::open_song(state, song, now)
        }
        (None, None) if state.tickets.is_out(&Asked::NewSong) => Vec::new(),
        (None, None) => {
            state.compose.song = None;
            songs::new_song(state, "")
        }
    };
    state.notice = match (state.opening.last_left.and_then(|left| news::since(left, state.queue.all())), notice) {
        (None, notice) => notice,
        (Some(text), None) => Some(Notice { text, role: Role::Arrived, at: now }),
        // What was to be said at the start is said at every start; the news is said once.
        (Some(text), Some(notice)) => Some(Notice { text: format!("{text}; {}", notice.text), ..notice }),
    };
    effects
}
