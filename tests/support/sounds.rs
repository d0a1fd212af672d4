//! Sounds made here, and the answers that hold them.

use serde_json::{Value, json};

const RATE: u32 = 8_000;

/// A tone of so many seconds as WAV: 8,000 samples a second, 16 bits, one channel.
pub fn wav(seconds: f64) -> Vec<u8> {
    let samples = (seconds * f64::from(RATE)) as u32;
    let tone = |sample: u32| (f64::from(sample) * 0.345).sin() * 8_000.0;
    in_wav(RATE, &(0..samples).flat_map(|sample| (tone(sample) as i16).to_le_bytes()).collect::<Vec<u8>>())
}

/// Samples of one channel, 16 bits each, as WAV.
pub fn in_wav(rate: u32, samples: &[u8]) -> Vec<u8> {
    let data = samples.len() as u32;
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + data).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend(rate.to_le_bytes());
    wav.extend((rate * 2).to_le_bytes());
    wav.extend(b"\x02\0\x10\0data");
    wav.extend(data.to_le_bytes());
    wav.extend(samples);
    wav
}

/// Silence as MP3 of about so many seconds: frames of 417 bytes, 1,152 samples each at 44,100 a second.
pub fn mp3(seconds: f64) -> Vec<u8> {
    let mut frame = vec![0xFF, 0xFB, 0x90, 0x64];
    frame.resize(417, 0);
    frame.repeat((seconds * 44_100.0 / 1_152.0) as usize)
}

/// Bytes as hexadecimal letters.
pub fn letters(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let letters = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| DIGITS[usize::from(digit)]);
    String::from_utf8(letters.collect()).unwrap()
}

/// The answer that holds a song, as the service would give it.
pub fn holding(song: &[u8], seconds: f64) -> Value {
    json!({
        "data": { "status": 2, "audio": letters(song) },
        "extra_info": { "audio_length": (seconds * 1000.0) as u64, "audio_size": song.len() },
        "trace_id": "t", "base_resp": { "status_code": 0, "status_msg": "success" },
    })
}
