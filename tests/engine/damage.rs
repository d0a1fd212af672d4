//! Files that are damaged, foreign, or nothing that refrain knows.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use refrain::domain::generation::{Status, Take};
use refrain::domain::service::Service;
use refrain::store::Durability;
use refrain::store::generations::Change;

use crate::support::orders::{self, SHORT};
use crate::support::service::Pretend;
use crate::support::studio::{Studio, files_below};
use crate::support::worker::{Working, work};

/// A take of a song, into a folder shared with others.
fn into_folder(studio: &Studio, service: &Service, folder: &std::path::Path) -> refrain::domain::generation::TakeId {
    let song = orders::song(&mut studio.store(), "Shared");
    let mut order = orders::order(song, service, SHORT, 1);
    order.folder = Some(folder.to_owned());
    orders::place(studio, order, Timestamp::now())[0]
}

#[test]
fn two_data_directories_can_fetch_the_same_take_number_into_one_folder() {
    let service = Pretend::quick("");
    let folder = tempfile::tempdir().unwrap();
    let studios = [Studio::new(), Studio::new()];
    let takes: Vec<_> = studios.iter().map(|studio| into_folder(studio, &service.service(), folder.path())).collect();
    let begin = Instant::now();
    let workers: Vec<_> = studios.iter().map(|studio| Working::start(studio, &service.service())).collect();
    for worker in workers {
        worker.done();
    }
    assert!(begin.elapsed() < Duration::from_secs(20), "a name that was taken is waited for like a missing folder");
    let files: Vec<_> = studios
        .iter()
        .zip(&takes)
        .map(|(studio, take)| {
            let take = studio.take(*take);
            assert_eq!(take.status, Status::Saved, "{:?}", take.message);
            let file = take.file.unwrap();
            let sidecar = fs::read_to_string(file.with_extension("json")).unwrap();
            assert!(sidecar.contains(&take.request_tag), "a sidecar of another take");
            file
        })
        .collect();
    assert_ne!(files[0], files[1]);
    assert_eq!(files_below(folder.path()).len(), 4, "{:?}", files_below(folder.path()));
}

/// Puts a saved take back to where its file is still to be fetched.
fn unsave(studio: &Studio, take: &Take, url: Option<String>) {
    let ready = Change::to(Status::Ready).audio_url(url).due(Some(Timestamp::now())).finished(None);
    assert!(studio.store().advance(take.id, &[Status::Saved], ready, Durability::Ordinary).unwrap());
}

#[test]
fn a_file_that_was_damaged_before_it_was_called_saved_is_fetched_again_under_another_name() {
    let service = Pretend::quick("");
    let studio = Studio::new();
    let take = orders::one(&studio, &service.service());
    work(&studio, &service.service());
    let first = studio.take(take);
    let file = first.file.clone().unwrap();
    fs::write(&file, &fs::read(&file).unwrap()[..2_000]).unwrap();
    unsave(&studio, &first, None);
    work(&studio, &service.service());
    let again = studio.take(take);
    assert_eq!(again.status, Status::Saved, "{:?}", again.message);
    assert_ne!(again.file.as_ref(), Some(&file));
    assert_eq!(again.duration_ms, first.duration_ms);
    assert_eq!(fs::metadata(&file).unwrap().len(), 2_000, "what was there is left alone");
}

#[test]
fn tags_do_not_change_the_sound() {
    let service = Pretend::quick("");
    let studio = Studio::new();
    let take = orders::one(&studio, &service.service());
    work(&studio, &service.service());
    let file = studio.take(take).file.unwrap();
    let bytes = fs::read(&file).unwrap();
    assert!(bytes.starts_with(b"ID3"), "no tags");
    let made: Vec<_> = files_below(&studio.path().join("music")).into_iter().filter(|path| *path != file).collect();
    assert_eq!(made.len(), 1, "nothing but the sidecar beside it: {made:?}");
}

/// A service whose song is in no format that anybody knows.
fn strange_service() -> (Service, std::thread::JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let song = format!("{url}/song");
    let served = std::thread::spawn(move || {
        let mut fetches = 0;
        for stream in listener.incoming().flatten() {
            let asked = request_line(&stream);
            if asked.starts_with("GET /song") {
                fetches += 1;
                reply(stream, "application/octet-stream", &[7; 3_000]);
            } else if asked.starts_with("POST") {
                let body =
                    format!("{{\"id\":\"strange-1\",\"status\":\"completed\",\"audio_file\":{{\"url\":\"{song}\"}}}}");
                reply(stream, "application/json", body.as_bytes());
            } else if asked.starts_with("GET /end") {
                return fetches;
            } else {
                reply(stream, "application/json", b"{\"current_balance\":1,\"currency\":\"USD\"}");
            }
        }
        fetches
    });
    (Service::from(url), served)
}

fn request_line(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).unwrap();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) <= 2 {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    reader.take(length).read_to_end(&mut Vec::new()).unwrap();
    first
}

fn reply(mut stream: TcpStream, kind: &str, body: &[u8]) {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(&[head.as_bytes(), body].concat());
}

#[test]
fn a_song_that_nobody_can_read_is_kept_as_it_came_instead_of_fetched_for_ever() {
    let (service, served) = strange_service();
    let studio = Studio::new();
    let take = orders::one(&studio, &service);
    work(&studio, &service);
    let kept = studio.take(take);
    assert_eq!((kept.status, kept.duration_ms), (Status::Saved, None));
    assert!(kept.message.unwrap().contains("as it came"));
    let file = kept.file.unwrap();
    assert_eq!(file.extension().unwrap(), "bin");
    assert_eq!(fs::read(&file).unwrap(), [7; 3_000]);
    let address = service.to_string().replace("http://", "");
    TcpStream::connect(address).unwrap().write_all(b"GET /end HTTP/1.1\r\n\r\n").unwrap();
    assert_eq!(served.join().unwrap(), 3, "fetched as often as it was worth trying");
}
