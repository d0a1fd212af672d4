//! The answer that holds a song: written as it is sent, piece after piece of the file, so that a song of 40 MB
//! needs no more memory than one of 4.

use std::io::SeekFrom;
use std::path::Path;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, future, stream};
use serde_json::{Value, json};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::base_resp;
use super::listen::seconds;
use super::rule::{Audio, Rule};
use super::synth::{self, Container, Format};

/// Bytes of all channels' samples at one moment, where a file has no header that says it.
const PCM_BLOCK: f64 = 4.0;

/// Bytes of the file read in one go.
const PIECE: u64 = 32 * 1024;

/// Stands in the answer where the song comes.
const HERE: &str = "the song comes here";

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// What the rule says of the answer, if there is one.
fn told<T>(rule: Option<&Rule>, key: impl Fn(&Rule) -> Option<T>) -> Option<T> {
    rule.and_then(key)
}

/// The file of a song as it is sent: perhaps again and again.
struct Song {
    /// What stands before the sound.
    head: Vec<u8>,
    /// Bytes of the file that are left out before the sound.
    skipped: u64,
    /// Bytes of sound, and how often they come.
    sound: u64,
    times: u64,
}

impl Song {
    /// A file of that size as often as it takes to have so many bytes.
    fn of(format: Format, size: u64, at_least: u64) -> std::io::Result<Self> {
        if at_least <= size {
            return Ok(Self { head: Vec::new(), skipped: 0, sound: size, times: 1 });
        }
        let skipped = synth::head_length(format)?.min(size);
        let sound = size - skipped;
        let times = at_least.div_ceil(sound.max(1));
        Ok(Self { head: synth::head(format, sound * times), skipped, sound, times })
    }

    fn size(&self) -> u64 {
        self.head.len() as u64 + self.sound * self.times
    }

    /// Its bytes.
    fn bytes(self, file: File) -> impl Stream<Item = std::io::Result<Bytes>> {
        let Self { head, skipped, sound, times } = self;
        let start = (file, 0, 0);
        let again = stream::try_unfold(start, move |(mut file, mut time, mut sent): (File, u64, u64)| async move {
            if sent == sound {
                (time, sent) = (time + 1, 0);
            }
            if time == times || sound == 0 {
                return Ok(None);
            }
            if sent == 0 {
                file.seek(SeekFrom::Start(skipped)).await?;
            }
            let mut piece = vec![0; PIECE.min(sound - sent) as usize];
            file.read_exact(&mut piece).await?;
            sent += piece.len() as u64;
            Ok(Some((Bytes::from(piece), (file, time, sent))))
        });
        stream::once(future::ready(Ok(Bytes::from(head)))).chain(again)
    }
}

/// The answer with a song, as the scenario wants it. `address` is where its file can be fetched as well.
///
/// # Errors
/// When the song cannot be read.
pub async fn answer(path: &Path, format: Format, address: String, rule: Option<&Rule>) -> std::io::Result<Response> {
    let file = File::open(path).await?;
    let size = file.metadata().await?.len();
    let song = Song::of(format, size, told(rule, |rule| rule.song_bytes).unwrap_or(0))?;
    let about = about(path, format, &song, rule).await;
    let audio = told(rule, |rule| rule.audio).unwrap_or(Audio::Hex);
    let data = match audio {
        _ if rule.is_some_and(|rule| rule.unfinished) => json!({ "status": 1, "audio": "" }),
        Audio::Url => json!({ "status": 2, "audio": address }),
        Audio::Hex | Audio::Odd | Audio::Foreign => json!({ "status": 2, "audio": HERE }),
    };
    let text = base_resp::yes(json!({ "data": data, "extra_info": about, "analysis_info": null })).to_string();
    let Some((before, after)) = text.split_once(HERE) else {
        return Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response());
    };
    let digits = song.size() * 2 - u64::from(audio == Audio::Odd);
    let length = (before.len() + after.len()) as u64 + digits;
    let text = |text: &str| stream::once(future::ready(Ok(Bytes::from(text.to_owned()))));
    let body = text(before).chain(flawed(song.bytes(file), audio, digits)).chain(text(after));
    let mut response = Body::from_stream(body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    Ok(response)
}

/// What the answer says about the file.
async fn about(path: &Path, format: Format, song: &Song, rule: Option<&Rule>) -> Value {
    let samples = f64::from(format.sample_rate) * PCM_BLOCK;
    let seconds = match format.container {
        Container::Pcm => song.sound as f64 / samples,
        Container::Mp3 | Container::Wav => length(path).await,
    };
    let bit_rate = if format.container == Container::Mp3 { format.bit_rate } else { (samples * 8.0) as u32 };
    let milliseconds = (seconds * song.times as f64 * 1_000.0).round() as u64;
    json!({
        "audio_length": told(rule, |rule| rule.audio_length).unwrap_or(milliseconds),
        "audio_size": told(rule, |rule| rule.audio_size).unwrap_or(song.size()),
        "audio_bitrate": bit_rate,
        "audio_sample_rate": format.sample_rate,
        "music_channel": 2,
    })
}

async fn length(path: &Path) -> f64 {
    let path = path.to_owned();
    let seconds = tokio::task::spawn_blocking(move || seconds(std::fs::File::open(path).ok()?));
    seconds.await.unwrap_or_default().unwrap_or_default()
}

/// Bytes as so many hexadecimal digits, with the flaw that is wanted.
fn flawed(
    bytes: impl Stream<Item = std::io::Result<Bytes>>,
    audio: Audio,
    digits: u64,
) -> impl Stream<Item = std::io::Result<Bytes>> {
    let middle = (audio == Audio::Foreign).then_some(digits / 2);
    bytes.scan(0, move |sent: &mut u64, piece| {
        let piece = piece.map(|piece| {
            let mut text = hexadecimal(&piece);
            text.truncate((digits - *sent) as usize);
            let place = middle.and_then(|middle| middle.checked_sub(*sent));
            if let Some(digit) = place.and_then(|place| text.get_mut(place as usize)) {
                *digit = b'z';
            }
            *sent += text.len() as u64;
            Bytes::from(text)
        });
        future::ready(Some(piece))
    })
}

/// Bytes as digits. It counts by hand for the sake of builds without optimisation.
fn hexadecimal(bytes: &[u8]) -> Vec<u8> {
    let (mut text, mut place) = (vec![0; bytes.len() * 2], 0);
    while place < bytes.len() {
        text[2 * place] = DIGITS[usize::from(bytes[place] >> 4)];
        text[2 * place + 1] = DIGITS[usize::from(bytes[place] & 15)];
        place += 1;
    }
    text
}
