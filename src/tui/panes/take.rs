//! The selected take: what it came from, how it stands, and how to hear it.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::{head, with_hidden};
use crate::domain::generation::{Status, Take};
use crate::domain::length::to_clock;
use crate::domain::made_with;
use crate::domain::price::dollars;
use crate::domain::way::Host;
use crate::domain::wording::{elapsed, wording_of, words_between};
use crate::tui::cells::{self, Sheet};
use crate::tui::message::Sound;
use crate::tui::state::{Focus, Opening, State};
use crate::tui::theme::Part;

/// What is said of a take, and how it looks.
type Lines = Vec<(String, Part)>;

/// Draws the take.
pub(super) fn draw(state: &State, now: Timestamp, area: Rect, frame: &mut Frame<'_>) -> Option<Position> {
    let theme = &state.opening.theme;
    let mut sheet = Sheet::new(frame.buffer_mut(), area);
    let columns = sheet.columns();
    let Some(take) = state.queue.selected() else {
        sheet.text(0, 0, &cells::heading("Take", "", columns), head(state, Focus::Queue));
        return None;
    };
    let mut right = take.duration_ms.map_or(String::new(), |ms| to_clock((ms + 500) / 1000));
    if state.playing == Some(Sound::Take(take.id)) {
        right = format!("playing   {right}");
    }
    let lines = lines(state, take, now, columns);
    let room = sheet.rows().saturating_sub(1);
    let top = if state.queue.open { state.queue.scrolled.min(lines.len().saturating_sub(room)) } else { 0 };
    for (n, (text, part)) in lines.iter().skip(top).enumerate() {
        sheet.text(n + 1, 1, text, theme.look(*part));
    }
    let below = lines.len().saturating_sub(top + room);
    let title = format!("Take {}", take.number);
    let title = if state.queue.open { with_hidden(&title, top, below) } else { title };
    sheet.text(0, 0, &cells::heading(&title, &right, columns), theme.look(Part::Head));
    // Where the take has the whole pane, the cursor is here.
    (state.focus == Focus::Queue && state.areas().queue.area() == 0).then(|| Position::new(area.x, area.y))
}

/// Everything said of a take, in lines of its pane.
fn lines(state: &State, take: &Take, now: Timestamp, columns: usize) -> Lines {
    let mut lines = summary(state, take, now, columns.saturating_sub(2));
    if state.queue.open {
        lines.extend(everything(state, take));
    }
    let wrap = |(text, part): (String, Part)| {
        cells::wrap(&text, columns.saturating_sub(2)).into_iter().map(move |line| (line, part))
    };
    lines.into_iter().flat_map(wrap).collect()
}

/// Goes a page on or back in the opened take.
pub(in crate::tui) fn scroll(state: &mut State, on: bool) {
    let area = state.areas().take;
    let Some(take) = state.queue.selected() else { return };
    let room = usize::from(area.height).saturating_sub(1);
    // What is said does not depend on the moment by more than a word.
    let rows = lines(state, take, take.created, area.width.into()).len();
    let most = rows.saturating_sub(room);
    let step = room.saturating_sub(1).max(1);
    let scrolled = state.queue.scrolled;
    state.queue.scrolled = if on { (scrolled + step).min(most) } else { scrolled.min(most).saturating_sub(step) };
}

/// What a person wants to know of it first, in a pane of so many columns.
fn summary(state: &State, take: &Take, now: Timestamp, columns: usize) -> Lines {
    let mut lines = Lines::new();
    if let Some(from) = take.from.and_then(|from| state.queue.get(from)) {
        lines.push((origin(state, take, from), Part::Text));
    }
    let said = words_between(state.opening.ticks, take, now, &state.opening.zone);
    lines.push((standing(state, take, now, &said.text), Part::Text));
    if let Some(message) = take.message.as_ref().filter(|message| !said.text.contains(*message)) {
        lines.push((message.clone(), Part::Attention));
    }
    if let Some(request) = take.service_request.as_ref().filter(|_| take.message.is_some() && !take.status.is_running())
    {
        lines.push((format!("for the vendor's support: request {request}"), Part::Faint));
    }
    if take.status == Status::Unknown {
        lines.push((format!("it can be found by its tag {}", take.request_tag), Part::Faint));
    }
    if take.is_adopted() {
        lines.push(("adopted: it was ordered elsewhere, in words that are not known here".to_owned(), Part::Faint));
    }
    lines.extend(ordered_with(state, take, columns).into_iter().map(|line| (line, Part::Text)));
    if !take.note.is_empty() {
        lines.push((format!("note: {}", take.note), Part::Text));
    }
    if take.service.is_sandbox() && !state.opening.service.is_sandbox() {
        lines.push(("made by the sandbox: nothing was charged".to_owned(), Part::Faint));
    }
    if let Some(usd) = take.cost.completed().usd.filter(|_| !take.service.is_sandbox()) {
        lines.push((format!("cost {}", dollars(usd)), Part::Text));
    }
    let ways = ways_to_hear(state, take);
    let shown = if state.opening.player_found && !state.player_failed && !state.queue.open { 1 } else { ways.len() };
    lines.extend(ways.into_iter().take(shown).map(|(_, text)| (text, Part::Faint)));
    lines
}

/// What it was ordered with: all of it in the opened take, else its references in a line.
fn ordered_with(state: &State, take: &Take, columns: usize) -> Vec<String> {
    if !state.queue.open {
        return made_with::in_short(&take.made_with).map(|line| cells::clip(&line, columns)).into_iter().collect();
    }
    let model = ("model".to_owned(), format!("{}, from {}", take.model, take.service));
    let rows = made_with::rows(take, state.opening.catalogue.find(&take.model));
    [model].into_iter().chain(rows).map(|(name, value)| format!("{name}: {value}")).collect()
}

/// How it stands: when it arrived, or what its word means.
fn standing(state: &State, take: &Take, now: Timestamp, said: &str) -> String {
    match take.finished {
        Some(at) if take.status == Status::Saved => {
            format!("{said}; arrived {} after {}", state.clock(at), to_clock(elapsed(take, at)))
        }
        _ => format!("{said}: {}", wording_of(take, now).meaning),
    }
}

/// `from take 2: music-1.5, Verse 1 line 3, style +"brushed"`.
fn origin(state: &State, take: &Take, from: &Take) -> String {
    let model = (take.model != from.model).then(|| state.label(&take.model).to_owned());
    let parts: Vec<String> =
        [model, take.draft.difference_calling(&from.draft, &take.made_with)].into_iter().flatten().collect();
    let how = if parts.is_empty() { "the same again".to_owned() } else { parts.join(", ") };
    format!("from take {}: {how}", from.number)
}

/// What is in the opened take besides.
fn everything(state: &State, take: &Take) -> Lines {
    let mut lines = Lines::new();
    let mut tell = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            lines.push((format!("{name}: {value}"), Part::Text));
        }
    };
    tell("id", Some(format!("{}, {}", take.id.0, take.status.name())));
    tell("the service's id", take.remote_id.clone());
    tell("request tag", Some(take.request_tag.clone()));
    tell("ordered", Some(state.clock(take.created)));
    let usual = format!("{}, {}", to_clock(take.usual.seconds.into()), take.usual.from.words());
    tell("usually needs", Some(usual));
    tell("expected to cost", take.price.filter(|_| !take.service.is_sandbox()).map(dollars));
    tell("sent", take.sent.map(|at| state.clock(at)));
    tell("ended", take.finished.map(|at| state.clock(at)));
    tell("style", Some(take.draft.style.clone()));
    tell("lyrics", Some(take.draft.lyrics.clone()));
    lines
}

/// Ways to the sound of a take, from near and from afar: what each is, and its text.
pub(in crate::tui) fn ways_to_hear(state: &State, take: &Take) -> Vec<(&'static str, String)> {
    let Some(file) = &take.file else { return Vec::new() };
    let Opening { user, host, command, .. } = &state.opening;
    let ways = Host { user, name: host, command }.ways(take.id, file);
    vec![("its path", ways.path), ("the line that fetches it", ways.scp), ("the line that plays it", ways.ssh)]
}
