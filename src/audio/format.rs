//! What a file is, by its first bytes; names and content types are hearsay.

/// The bytes that [`Format::of`] needs at most.
pub const MAGIC_LENGTH: usize = 512;

/// A kind of sound file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    Mp3,
    Wav,
    Flac,
    Ogg,
    M4a,
    Aiff,
    /// Raw samples without a header: nothing in the bytes says so, only the request does.
    Pcm,
    /// Nothing that refrain knows: kept as it came.
    Other,
}

/// What the first bytes of something that is no sound file look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sniffed {
    Sound(Format),
    /// JSON, HTML or XML: an error page in place of a file.
    Text,
    Unknown,
    Empty,
}

impl Format {
    /// What follows the dot in a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Mp3 => "mp3",
            Self::Wav => "wav",
            Self::Flac => "flac",
            Self::Ogg => "ogg",
            Self::M4a => "m4a",
            Self::Aiff => "aiff",
            Self::Pcm => "pcm",
            Self::Other => "bin",
        }
    }

    /// What the first [`MAGIC_LENGTH`] bytes of a file say.
    pub fn of(head: &[u8]) -> Sniffed {
        match head {
            [] => Sniffed::Empty,
            [b'I', b'D', b'3', ..] => Sniffed::Sound(Self::Mp3),
            [b'R', b'I' | b'F', b'F' | b'6', b'F' | b'4', _, _, _, _, b'W', b'A', b'V', b'E', ..] => {
                Sniffed::Sound(Self::Wav)
            }
            [b'f', b'L', b'a', b'C', ..] => Sniffed::Sound(Self::Flac),
            [b'O', b'g', b'g', b'S', ..] => Sniffed::Sound(Self::Ogg),
            [b'F', b'O', b'R', b'M', _, _, _, _, b'A', b'I', b'F', b'F' | b'C', ..] => Sniffed::Sound(Self::Aiff),
            [_, _, _, _, b'f', b't', b'y', b'p', ..] => Sniffed::Sound(Self::M4a),
            [0xFF, second, third, ..] if is_mp3_frame(*second, *third) => Sniffed::Sound(Self::Mp3),
            _ if is_text(head) => Sniffed::Text,
            _ => Sniffed::Unknown,
        }
    }
}

/// Whether `FF second third` starts a frame of MPEG audio layer III: sync bits, a version and a bitrate
/// and sample rate that are not reserved.
fn is_mp3_frame(second: u8, third: u8) -> bool {
    let version_known = second & 0x18 != 0x08;
    let layer_three = second & 0x06 == 0x02;
    second & 0xE0 == 0xE0 && version_known && layer_three && third & 0xF0 != 0xF0 && third & 0x0C != 0x0C
}

fn is_text(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    head.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|byte| matches!(byte, b'{' | b'[' | b'<'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_first_bytes() {
        let table: [(&[u8], Sniffed); 13] = [
            (b"ID3\x04\0\0", Sniffed::Sound(Format::Mp3)),
            (b"\xFF\xFB\x90\x64", Sniffed::Sound(Format::Mp3)),
            (b"\xFF\xF3\x40\xC4", Sniffed::Sound(Format::Mp3)),
            (b"RIFF\x24\0\0\0WAVEfmt ", Sniffed::Sound(Format::Wav)),
            (b"RF64\xFF\xFF\xFF\xFFWAVEds64", Sniffed::Sound(Format::Wav)),
            (b"fLaC\0\0\0\x22", Sniffed::Sound(Format::Flac)),
            (b"OggS\0\x02", Sniffed::Sound(Format::Ogg)),
            (b"FORM\0\0\0\0AIFFCOMM", Sniffed::Sound(Format::Aiff)),
            (b"\0\0\0\x20ftypM4A ", Sniffed::Sound(Format::M4a)),
            (b" \n<!DOCTYPE html>", Sniffed::Text),
            (b"{\"message\":\"expired\"}", Sniffed::Text),
            (b"\xFF\xFF\xFF\xFF", Sniffed::Unknown),
            (b"", Sniffed::Empty),
        ];
        for (head, expected) in table {
            assert_eq!(Format::of(head), expected, "{head:?}");
        }
    }
}
