//! The four bytes before each frame of an MP3 file.

/// What a frame is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    version: Version,
    pub rate: u32,
    pub channels: u16,
    /// Bytes with the header.
    pub length: u64,
    pub kilobits: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    One,
    Two,
    TwoAndAHalf,
}

/// Kilobits a second by the four bits that name them; the first and the last name none.
const KILOBITS: [u32; 16] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];
const KILOBITS_OF_TWO: [u32; 16] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];

const RATES: [u32; 3] = [44_100, 48_000, 32_000];

impl Frame {
    /// Reads a header of layer III; frames of a free bit rate, which no decoder here knows, are none.
    pub fn read([sync, kind, rates, mode]: [u8; 4]) -> Option<Self> {
        let is_layer_three = kind & 0x06 == 0x02;
        if sync != 0xFF || kind & 0xE0 != 0xE0 || !is_layer_three {
            return None;
        }
        let version = [Some(Version::TwoAndAHalf), None, Some(Version::Two), Some(Version::One)];
        let version = version[usize::from(kind >> 3 & 3)]?;
        let (kilobits, slower) = match version {
            Version::One => (KILOBITS, 1),
            Version::Two => (KILOBITS_OF_TWO, 2),
            Version::TwoAndAHalf => (KILOBITS_OF_TWO, 4),
        };
        let kilobits = Some(kilobits[usize::from(rates >> 4)]).filter(|kilobits| *kilobits > 0)?;
        let rate = RATES.get(usize::from(rates >> 2 & 3))? / slower;
        let padding = u32::from(rates >> 1 & 1);
        let channels = if mode >> 6 == 3 { 1 } else { 2 };
        let frame = Self { version, rate, channels, length: 0, kilobits };
        let length = frame.samples() as u32 / 8 * kilobits * 1000 / rate + padding;
        Some(Self { length: u64::from(length), ..frame })
    }

    /// Samples of one channel.
    pub fn samples(&self) -> u64 {
        if self.version == Version::One { 1152 } else { 576 }
    }

    /// Where a table of contents stands in a first frame, if it has one.
    pub fn table_at(&self) -> u64 {
        let side = match (self.version, self.channels) {
            (Version::One, 2) => 32,
            (Version::One, _) | (_, 2) => 17,
            _ => 9,
        };
        4 + side
    }

    /// Whether another frame may stand in the same file.
    pub fn is_like(&self, other: &Self) -> bool {
        (self.version, self.rate, self.channels) == (other.version, other.rate, other.channels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_as_long_as_their_header_says() {
        let table = [
            ([0xFF, 0xFB, 0x90, 0x64], Some((44_100, 2, 417, 1152))),
            ([0xFF, 0xFB, 0x92, 0x64], Some((44_100, 2, 418, 1152))),
            ([0xFF, 0xF3, 0x40, 0xC4], Some((22_050, 1, 104, 576))),
            ([0xFF, 0xE3, 0x18, 0xC4], Some((8_000, 1, 72, 576))),
            ([0xFF, 0xFB, 0x00, 0x64], None),
            ([0xFF, 0xFB, 0xF0, 0x64], None),
            ([0xFF, 0xFB, 0x9C, 0x64], None),
            ([0xFF, 0xEB, 0x90, 0x64], None),
            ([0xFF, 0xFD, 0x90, 0x64], None),
            ([0xFE, 0xFB, 0x90, 0x64], None),
        ];
        for (header, expected) in table {
            let frame = Frame::read(header);
            let found = frame.map(|frame| (frame.rate, frame.channels, frame.length, frame.samples()));
            assert_eq!(found, expected, "{header:X?}");
        }
    }
}
