//! The songs and their takes, and what was told of them.

use anyhow::Result;
use jiff::Timestamp;

use super::following::Manner;
use super::references;
use super::session::Session;
use crate::cli::{self, output};
use crate::domain::generation::{Status, Take};
use crate::domain::money::left;
use crate::domain::song::Song;
use crate::domain::wording::words;
use crate::engine::intent::{Intent, Reply};

/// Says where one is.
pub fn here(session: &mut Session, _: &str) -> Result<()> {
    Ok(output::line(&summary(session)?)?)
}

/// `the song is Night Ferry, with music-2.0: 9 takes, 2 working, 1 new to hear; $4.21 left`.
pub fn summary(session: &Session) -> Result<String> {
    let takes = session.store.takes(Some(session.song.id))?;
    let shown: Vec<&Take> = takes.iter().filter(|take| !take.hidden).collect();
    let working = shown.iter().filter(|take| take.status.is_live()).count();
    let new = shown.iter().filter(|take| take.status == Status::Saved && !take.heard).count();
    let model = session.spec().map_or(session.draft().model.as_str(), |spec| &spec.label);
    let money = session.following.balance.filter(|_| !session.service.is_sandbox());
    let parts = [
        Some(counted(shown.len(), "take")),
        (working > 0).then(|| format!("{working} working")),
        (new > 0).then(|| format!("{new} new to hear")),
        money.map(|(usd, at)| left(usd, at, Timestamp::now(), &session.zone)),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    Ok(format!("the song is {}, with {model}: {}", session.song.title, parts.join(", ")))
}

/// `1 take`, `2 takes`.
pub fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// Opens the song of that title, or of the only title that begins or goes on so.
pub fn open(session: &mut Session, title: &str) -> Result<()> {
    if title.is_empty() {
        return list(session);
    }
    let song = match session.store.song_titled(title)? {
        Some(song) => song.id,
        None => called(&session.store.songs()?, title)?.id,
    };
    session.open(song)?;
    here(session, "")
}

fn list(session: &Session) -> Result<()> {
    let takes = session.store.takes(None)?;
    for song in session.store.songs()? {
        let count = takes.iter().filter(|take| take.song == song.id && !take.hidden).count();
        let open = if song.id == session.song.id { ", open here" } else { "" };
        output::line(&format!("{}: {}{open}", song.title, counted(count, "take")))?;
    }
    Ok(())
}

fn called<'a>(songs: &'a [Song], part: &str) -> Result<&'a Song> {
    let wanted = part.to_lowercase();
    let begins: Vec<&Song> = songs.iter().filter(|song| song.title.to_lowercase().starts_with(&wanted)).collect();
    let has: Vec<&Song> = songs.iter().filter(|song| song.title.to_lowercase().contains(&wanted)).collect();
    match (begins.as_slice(), has.as_slice()) {
        ([one], _) | ([], [one]) => Ok(one),
        ([], []) => {
            Err(cli::usage(format!("there is no song `{part}`\nhint: `open` lists them, `new TITLE` starts one")))
        }
        (several, more) => {
            let songs = if several.is_empty() { more } else { several };
            let titles: Vec<&str> = songs.iter().map(|song| song.title.as_str()).collect();
            Err(cli::usage(format!("`{part}` may be {}\nhint: say more of the title", titles.join(", "))))
        }
    }
}

/// Starts a song and opens it.
pub fn new(session: &mut Session, title: &str) -> Result<()> {
    if title.is_empty() {
        return Err(cli::usage("a song needs a title\nhint: `new TITLE`"));
    }
    if let Reply::Song { song } = session.carry_out(Intent::NewSong { title: title.to_owned() }, Timestamp::now())? {
        session.open(song)?;
    }
    here(session, "")
}

/// Gives the song another title.
pub fn title(session: &mut Session, title: &str) -> Result<()> {
    if title.is_empty() {
        return Err(cli::usage("a song needs a title\nhint: `title TITLE`"));
    }
    let song = session.song.id;
    session.carry_out(Intent::RenameSong { song, title: title.to_owned() }, Timestamp::now())?;
    session.open(song)?;
    Ok(output::line(&format!("the song is called {}", session.song.title))?)
}

/// Lists the takes of the song, or those made with a reference, the newest first.
pub fn takes(session: &mut Session, what: &str) -> Result<()> {
    match what.split_once(char::is_whitespace).unwrap_or((what, "")) {
        ("", _) => {}
        ("with", name) => return references::takes_with(session, name.trim()),
        _ => return Err(cli::usage(format!("`takes {what}` lists nothing\nhint: `takes`, or `takes with NAME`"))),
    }
    let takes = session.store.takes(Some(session.song.id))?;
    let shown: Vec<&Take> = takes.iter().filter(|take| !take.hidden).collect();
    for take in &shown {
        tell(session, take)?;
    }
    if shown.is_empty() {
        output::line("no takes of this song yet; order orders one")?;
    }
    Ok(())
}

/// Says in one line how a take is.
pub fn tell(session: &Session, take: &Take) -> Result<()> {
    Ok(output::line(&row(session, take))?)
}

/// `take 6, id 17, music-2.0: new, 2:51, rated 4, the pick`.
fn row(session: &Session, take: &Take) -> String {
    let model = session.catalogue.find(&take.model).map_or(take.model.as_str(), |spec| &spec.label);
    let words = words(take, Timestamp::now(), &session.zone).text;
    let more = [
        (take.rating > 0).then(|| format!("rated {}", take.rating)),
        take.pick.then(|| "the pick".to_owned()),
        (!take.note.is_empty()).then(|| format!("note: {}", take.note)),
        // By its tag a request can be found in the service's log.
        (take.status == Status::Unknown).then(|| format!("its tag is {}", take.request_tag)),
        (take.service.is_sandbox() && !session.service.is_sandbox()).then(|| "from the sandbox".to_owned()),
    ];
    let parts: Vec<String> = [Some(words)].into_iter().chain(more).flatten().collect();
    let other = session.following.title(take.song).filter(|_| take.song != session.song.id);
    let of = other.map(|title| format!(" of {title}")).unwrap_or_default();
    format!("take {}{of}, id {}, {model}: {}", take.number, take.id.0, parts.join(", "))
}

/// Says the last event again.
pub fn say_again(session: &mut Session, what: &str) -> Result<()> {
    if !["", "again"].contains(&what) {
        return Err(cli::usage(format!("`say {what}` says nothing\nhint: `say again` says the last event")));
    }
    Ok(output::line(session.following.last().unwrap_or("nothing has happened yet"))?)
}

/// Says or chooses when events are told.
pub fn events(session: &mut Session, when: &str) -> Result<()> {
    let manner = match when {
        "" => session.following.manner,
        "on" => Manner::AtOnce,
        "later" => Manner::Later,
        "off" => Manner::Never,
        other => return Err(cli::usage(format!("events are on, later or off, not `{other}`"))),
    };
    session.following.manner = manner;
    Ok(output::line(match manner {
        Manner::AtOnce => "events are told at once, and after Enter once something was typed",
        Manner::Later => "events are told after Enter",
        Manner::Never => "events are not told; events on tells them again",
    })?)
}

/// Tells no events.
pub fn quiet(session: &mut Session, _: &str) -> Result<()> {
    events(session, "off")
}
