//! Files: whole or absent, under names of ours, with all that is needed to order them again.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use jiff::Timestamp;
use refrain::audio::format::{Format, Sniffed};
use refrain::audio::measure::measure;
use refrain::domain::generation::{Status, Take, Why};
use refrain::engine::intent::Order;
use serde_json::Value;

use crate::support::orders::{self, SHORT};
use crate::support::rows::each;
use crate::support::service::Pretend;
use crate::support::studio::{Studio, files_below};
use crate::support::worker::{Working, work};

const AT_ONCE: &str = "[[rule]]\nendpoint = \"submit\"\nat_once = true\n";

/// Orders with a changed order, works until nothing is live, and brings the row.
fn made(studio: &Studio, service: &Pretend, title: &str, change: impl FnOnce(&mut Order)) -> Take {
    let song = orders::song(&mut studio.store(), title);
    let mut order = orders::order(song, &service.service(), SHORT, 1);
    change(&mut order);
    let take = orders::place(studio, order, Timestamp::now())[0];
    work(studio, &service.service());
    studio.take(take)
}

fn sidecar(file: &Path) -> Value {
    serde_json::from_slice(&fs::read(file.with_extension("json")).unwrap()).unwrap()
}

#[test]
fn a_take_is_a_file_with_a_sidecar_in_its_songs_folder_and_nothing_else() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let take = made(&studio, &service, "Night Ferry", |_| {});
    let folder = studio.paths().music.join("Night Ferry");
    let name = "Night Ferry - take 001 (stable-audio)";
    let names: Vec<_> = files_below(&studio.paths().music);
    assert_eq!(names, [folder.join(format!("{name}.json")), folder.join(format!("{name}.mp3"))]);
    assert_eq!(take.file.as_deref(), Some(names[1].as_path()));
    assert_eq!(measure(&names[1], Format::Mp3).unwrap().duration_ms, take.duration_ms.unwrap());
}

#[test]
fn a_sidecar_has_everything_to_order_again() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let take = made(&studio, &service, "Night Ferry", |order| order.lines[0].model = "music-2.0".to_owned());
    let record = sidecar(take.file.as_deref().unwrap());
    assert_eq!(record["request"], take.request);
    assert_eq!(record["request"], service.ledger()[0]["request"], "the very request that was sent");
    assert_eq!(record["draft"]["lyrics"], orders::LYRICS);
    assert_eq!(record["draft"]["model"], "minimax/music-2.0");
    assert_eq!(record["song"], "Night Ferry");
    assert_eq!(record["take"], 1);
    assert_eq!(record["service"], service.url);
    assert_eq!(record["request_tag"], take.request_tag);
    assert_eq!(record["remote_id"], take.remote_id.unwrap());
    assert_eq!(record["cost"]["credits"], take.cost.credits.unwrap());
    assert!(record["cost"]["usd"].as_f64().unwrap() > 0.0);
    for time in ["created", "sent", "finished"] {
        record[time].as_str().unwrap().parse::<Timestamp>().unwrap();
    }
    let again: refrain::domain::draft::Draft = serde_json::from_value(record["draft"].clone()).unwrap();
    let desk = orders::desk(&studio);
    let spec = desk.catalogue.find("minimax/music-2.0").unwrap();
    assert_eq!(Value::Object(again.body(spec)), record["request"], "the draft makes the same request");
}

#[test]
fn raw_samples_are_kept_as_they_came_and_wrapped_to_be_played() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let take = made(&studio, &service, "Raw", |order| {
        order.lines[0].model = "music-2.0".to_owned();
        order.draft.settings = [("format", "pcm"), ("sample-rate", "16000")].map(|(k, v)| (k.into(), v.into())).into();
    });
    assert_eq!(take.status, Status::Saved, "{:?}", take.message);
    let wav = take.file.unwrap();
    assert!(wav.to_string_lossy().ends_with("Raw - take 001 (music-2.0).wav"), "{}", wav.display());
    let raw = fs::read(wav.with_extension("pcm")).unwrap();
    let playable = fs::read(&wav).unwrap();
    assert!(matches!(Format::of(&playable), Sniffed::Sound(Format::Wav)));
    assert!(playable.windows(raw.len()).any(|part| part == raw), "the WAV holds the very samples");
    assert_eq!(measure(&wav, Format::Wav).unwrap().duration_ms, take.duration_ms.unwrap());
    let record = sidecar(&wav);
    assert_eq!(record["file"], "Raw - take 001 (music-2.0).wav");
    assert_eq!(record["raw"]["file"], "Raw - take 001 (music-2.0).pcm");
    assert_eq!(record["raw"]["sample_rate"], 16000);
    let mode = |file: &Path| fs::metadata(file).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&wav), mode(&wav.with_extension("pcm"))), (0o644, 0o644));
}

#[test]
fn samples_that_had_their_name_before_a_crash_keep_it_and_those_of_others_are_left_alone() {
    use refrain::store::Durability;
    use refrain::store::generations::Change;
    let (own, others) = (None, Some("somebody's own samples"));
    each([(own, "wav"), (others, "(2).wav")], |(instead, ending)| {
        let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
        let take = made(&studio, &service, "Raw", |order| {
            order.lines[0].model = "music-2.0".to_owned();
            order.draft.settings =
                [("format", "pcm"), ("sample-rate", "16000")].map(|(k, v)| (k.into(), v.into())).into();
        });
        let planned = take.file.clone().unwrap();
        let samples = fs::read(planned.with_extension("pcm")).unwrap();
        for gone in [&planned, &planned.with_extension("json")] {
            fs::remove_file(gone).unwrap();
        }
        if let Some(instead) = instead {
            fs::write(planned.with_extension("pcm"), instead).unwrap();
        }
        let ready = Change::to(Status::Ready).due(Some(Timestamp::now()));
        studio.store().advance(take.id, &[Status::Saved], ready, Durability::Ordinary).unwrap();
        work(&studio, &service.service());
        let again = studio.take(take.id);
        assert_eq!(again.status, Status::Saved, "{:?}", again.message);
        let file = again.file.unwrap();
        assert!(file.to_string_lossy().ends_with(ending), "{}", file.display());
        assert_eq!(fs::read(file.with_extension("pcm")).unwrap(), samples);
        let left = instead.map_or(samples, |text| text.as_bytes().to_vec());
        assert_eq!(fs::read(planned.with_extension("pcm")).unwrap(), left);
        let files = files_below(&studio.paths().music).len();
        assert_eq!(files, if instead.is_some() { 4 } else { 3 });
    });
}

#[test]
fn titles_that_no_file_system_takes_become_names_that_all_take() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let long = "lang ".repeat(60);
    let titles = ["AC/DC: live?", "...", "the end...", "夜 🚢👨‍👩‍👧‍👦", "../../escape", "CON", &long];
    for title in titles {
        let take = made(&studio, &service, title, |_| {});
        assert_eq!(take.status, Status::Saved, "{title}: {:?}", take.message);
        let file = take.file.unwrap();
        let music = studio.paths().music;
        let inside = file.strip_prefix(&music).unwrap();
        assert_eq!(inside.components().count(), 2, "{}", inside.display());
        assert!(file.is_file() && file.with_extension("json").is_file());
        for part in inside.components() {
            let part = part.as_os_str().to_str().unwrap();
            assert!(part.len() <= 255 && !part.ends_with(['.', ' ']) && !part.starts_with('.'), "{part:?}");
            assert!(!part.contains([':', '?', '*', '"', '<', '>', '|', '\\']), "{part:?}");
        }
    }
}

#[test]
fn a_name_that_is_taken_is_never_replaced() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let folder = studio.paths().music.join("Mine");
    fs::create_dir_all(&folder).unwrap();
    let mine = folder.join("Mine - take 001 (stable-audio).mp3");
    fs::write(&mine, "my own").unwrap();
    let take = made(&studio, &service, "Mine", |_| {});
    assert_eq!(fs::read(&mine).unwrap(), b"my own");
    assert_eq!(take.file.unwrap().file_name().unwrap(), "Mine - take 001 (stable-audio) (2).mp3");
}

#[test]
fn a_folder_that_cannot_be_written_holds_the_order_before_anything_is_paid() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    // Not by its mode: whoever runs the tests as root may write everywhere.
    let blocked = studio.path().join("a file");
    fs::write(&blocked, "").unwrap();
    let take = made(&studio, &service, "Blocked", |order| order.folder = Some(blocked.join("below")));
    assert_eq!((take.status, take.why), (Status::Held, Some(Why::Folder)));
    assert!(take.message.unwrap().contains("a file"), "the sentence names the folder");
    assert!(service.tags().is_empty());
}

#[test]
fn a_file_that_comes_short_or_as_a_page_is_fetched_again_and_never_shown_half() {
    each(
        ["answer = \"truncated\"", "answer = \"drop\"", "answer = \"html\"\nstatus = 200", "answer = \"empty\""],
        |answer| {
            let (studio, service) = (
                Studio::new(),
                Pretend::quick(&format!("{AT_ONCE}[[rule]]\nendpoint = \"file\"\nfirst = 1\n{answer}\n")),
            );
            let song = orders::song(&mut studio.store(), "Short");
            let take = orders::place(&studio, orders::order(song, &service.service(), SHORT, 1), Timestamp::now())[0];
            let worker = Working::start(&studio, &service.service());
            let retried = studio.when(take, "the first fetch fails", |take| take.why == Some(Why::Retrying));
            assert_eq!(retried.status, Status::Ready, "{answer}");
            let hidden = |file: &std::path::PathBuf| file.file_name().unwrap().to_string_lossy().starts_with('.');
            let there = files_below(&studio.paths().music);
            assert!(there.iter().all(hidden), "{answer}: nothing is there under a name: {there:?}");
            worker.done();
            let take = studio.take(take);
            assert_eq!((take.status, take.why), (Status::Saved, None), "{answer}");
            assert_eq!(files_below(&studio.paths().music).len(), 2, "{answer}: the song and its sidecar");
            assert_eq!(service.visits("file", "GET").len(), 2, "{answer}");
            assert_eq!(service.ledger().len(), 1);
        },
    );
}

#[test]
fn an_address_that_is_not_valid_any_more_is_asked_for_again() {
    each([403, 404], |status| {
        let rule =
            format!("{AT_ONCE}[[rule]]\nendpoint = \"file\"\nfirst = 1\nanswer = \"vendor\"\nstatus = {status}\n");
        let (studio, service) = (Studio::new(), Pretend::quick(&rule));
        let take = made(&studio, &service, "Expired", |_| {});
        assert_eq!(take.status, Status::Saved, "{status}");
        assert_eq!(service.visits("poll", "GET").len(), 1, "{status}: asked for a fresh address");
    });
}

#[test]
fn a_slow_file_shows_its_progress() {
    let rule = format!("{AT_ONCE}[[rule]]\nendpoint = \"file\"\nbytes_per_second = 15000\n");
    let (studio, service) = (Studio::new(), Pretend::quick(&rule));
    let song = orders::song(&mut studio.store(), "Slow");
    let take = orders::place(&studio, orders::order(song, &service.service(), SHORT, 1), Timestamp::now())[0];
    let worker = Working::start(&studio, &service.service());
    let coming = studio.when(take, "progress", |take| take.received > 0);
    assert_eq!(coming.status, Status::Ready);
    assert!(coming.expected.unwrap() > coming.received);
    worker.done();
    assert_eq!(studio.take(take).status, Status::Saved);
}

#[test]
fn what_a_crash_left_between_name_and_sidecar_is_finished() {
    use refrain::store::Durability;
    use refrain::store::generations::Change;
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let take = made(&studio, &service, "Crash", |_| {});
    let file = take.file.clone().unwrap();
    fs::remove_file(file.with_extension("json")).unwrap();
    let before = fs::read(&file).unwrap();
    let ready = Change::to(Status::Ready).due(Some(Timestamp::now())).duration_ms(None);
    studio.store().advance(take.id, &[Status::Saved], ready, Durability::Ordinary).unwrap();
    work(&studio, &service.service());
    assert_eq!(studio.take(take.id).file, Some(file.clone()));
    assert_eq!(fs::read(&file).unwrap(), before);
    assert_eq!(sidecar(&file)["take"], 1);
    assert_eq!(service.visits("file", "GET").len(), 1, "it is not fetched again");
}
