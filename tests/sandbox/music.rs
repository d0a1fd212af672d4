//! The music: length, form and likeness.

use serde_json::json;

use crate::rig::{LYRICS, Rig, ballad, short, with};
use crate::sound::{self, Sound};

#[tokio::test]
async fn every_model_delivers_audio_of_the_right_length_and_form() {
    let rig = Rig::new("").await;
    let reference = "https://example.com/reference.mp3";
    let orders = [
        (
            json!({ "model": "minimax-music", "prompt": LYRICS, "reference_audio_url": reference }),
            "mp3",
            44_100,
            5.0..60.1,
        ),
        (json!({ "model": "minimax/music-1.5", "prompt": "soft piano", "lyrics": LYRICS }), "mp3", 44_100, 5.0..60.0),
        (ballad(), "mp3", 44_100, 5.0..60.0),
        (json!({ "model": "music-2.0", "prompt": "soft piano", "lyrics": LYRICS }), "mp3", 44_100, 5.0..60.0),
        (
            json!({ "model": "minimax/music-2.6", "prompt": "upbeat", "is_instrumental": true }),
            "mp3",
            44_100,
            20.0..240.0,
        ),
        (
            json!({ "model": "minimax/music-cover", "prompt": "as a folk song", "reference_audio_url": reference }),
            "mp3",
            44_100,
            20.0..240.0,
        ),
        (json!({ "model": "elevenlabs/eleven_music", "prompt": "a jingle" }), "mp3", 44_100, 9.95..10.05),
        (
            json!({ "model": "elevenlabs/eleven_music", "prompt": "a song", "music_length_ms": 21_500 }),
            "mp3",
            44_100,
            21.45..21.55,
        ),
        (json!({ "model": "google/lyria2", "prompt": "strings", "seed": 7 }), "wav", 48_000, 32.7..32.8),
        (json!({ "model": "stable-audio", "prompt": "rain" }), "mp3", 44_100, 29.95..30.05),
        (short(), "mp3", 44_100, 0.95..1.05),
    ];
    for (body, extension, rate, seconds) in orders {
        let (over, bytes) = rig.take(&body).await;
        let sound = Sound::of(&bytes);
        assert_eq!(over["audio_file"]["file_name"], format!("output.{extension}"), "{body}");
        assert_eq!((sound.extension, sound.sample_rate), (extension, rate), "{body}");
        assert!(seconds.contains(&sound.seconds), "{body}: {}", sound.seconds);
        assert!(over["meta"]["usage"]["credits_used"].as_u64().unwrap() > 0, "{over}");
    }
}

#[tokio::test]
async fn audio_settings_are_kept() {
    let rig = Rig::new("").await;
    for (rate, bit_rate, heard, channels) in [
        (44_100, 256_000, 256, 2),
        (44_100, 32_000, 32, 1),
        (32_000, 128_000, 128, 2),
        // MPEG-2 layer III goes to 160 kbit/s.
        (24_000, 256_000, 160, 2),
        (16_000, 64_000, 64, 1),
    ] {
        let setting = json!({ "audio_sample_rate": rate, "bitrate": bit_rate, "format": "mp3" });
        let (_, bytes) = rig.take(&with(ballad(), "audio_setting", setting)).await;
        let sound = Sound::of(&bytes);
        assert_eq!((sound.sample_rate, sound.kilobits, sound.channels), (rate, heard, channels));
    }
    let setting = json!({ "audio_sample_rate": 16_000, "format": "wav" });
    let (_, wav) = rig.take(&with(ballad(), "audio_setting", setting)).await;
    assert_eq!((Sound::of(&wav).extension, Sound::of(&wav).sample_rate), ("wav", 16_000));
    let setting = json!({ "audio_sample_rate": 16_000, "format": "pcm" });
    let (over, pcm) = rig.take(&with(ballad(), "audio_setting", setting)).await;
    assert_eq!(over["audio_file"]["content_type"], "audio/pcm");
    assert_eq!(pcm, wav[44..], "raw samples are a WAV file without its header");
}

#[tokio::test]
async fn an_mp3_sounds_like_the_wav_of_the_same_song_and_nothing_is_clipped() {
    let rig = Rig::new("").await;
    let (_, mp3) = rig.take(&ballad()).await;
    let (_, wav) = rig.take(&with(ballad(), "audio_setting", json!({ "format": "wav" }))).await;
    let (coded, plain) = (sound::left_channel(mp3, "mp3"), sound::left_channel(wav, "wav"));
    let peak = plain.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    assert!((0.2..0.98).contains(&peak), "peak {peak}");
    let decibels = sound::likeness(&plain, &coded);
    assert!(decibels > 30.0, "signal to noise {decibels:.1} dB");
}

#[tokio::test]
async fn the_same_request_is_the_same_song_and_another_is_another() {
    let (one, two) = (Rig::new("").await, Rig::new("").await);
    let (_, first) = one.take(&ballad()).await;
    let (_, again) = two.take(&ballad()).await;
    let (_, other) = two.take(&with(ballad(), "prompt", "slow waltz, plucked guitar")).await;
    assert_eq!(first, again);
    assert_ne!(first, other);
}

#[tokio::test]
async fn more_words_make_a_longer_song_but_never_more_than_four_minutes() {
    let rig = Rig::new("").await;
    let (_, short) = rig.take(&ballad()).await;
    let (_, long) = rig.take(&with(ballad(), "lyrics", vec![LYRICS; 20].join("\n"))).await;
    let (short, long) = (Sound::of(&short).seconds, Sound::of(&long).seconds);
    assert!(short < 60.0 && (239.9..240.1).contains(&long), "{short} {long}");
}
