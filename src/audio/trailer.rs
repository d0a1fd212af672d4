//! Tags after the sound: `ID3v1`, APE, Lyrics3, and `ID3v2` with a footer.

use std::io;

use super::window::Window;

/// The length of the tag that a window ends with, if it ends with one.
///
/// # Errors
/// When the file cannot be read.
pub fn length(window: &Window) -> io::Result<Option<u64>> {
    for known in [id3v1, ape, lyrics3, id3v2] {
        if let Some(length) = known(window)? {
            return Ok(Some(length).filter(|length| *length <= window.length()));
        }
    }
    Ok(None)
}

/// The last `N` bytes.
fn last<const N: usize>(window: &Window) -> io::Result<Option<[u8; N]>> {
    match window.length().checked_sub(N as u64) {
        Some(at) => window.exactly(at),
        None => Ok(None),
    }
}

fn id3v1(window: &Window) -> io::Result<Option<u64>> {
    Ok(last::<128>(window)?.filter(|tag| tag.starts_with(b"TAG")).map(|tag| tag.len() as u64))
}

/// The footer says how long the tag is with the footer, and whether a header of the same length stands before.
fn ape(window: &Window) -> io::Result<Option<u64>> {
    let footer = last::<32>(window)?.filter(|footer| footer.starts_with(b"APETAGEX"));
    Ok(footer.map(|footer| {
        let number = |at: usize| u32::from_le_bytes([footer[at], footer[at + 1], footer[at + 2], footer[at + 3]]);
        let header = if number(20) & 0x8000_0000 == 0 { 0 } else { 32 };
        u64::from(number(12).max(32)) + header
    }))
}

/// Six digits say how long the text before them is.
fn lyrics3(window: &Window) -> io::Result<Option<u64>> {
    let end = last::<15>(window)?.filter(|end| end.ends_with(b"LYRICS200"));
    let digits = end.as_ref().and_then(|end| std::str::from_utf8(&end[..6]).ok());
    Ok(digits.and_then(|digits| digits.parse::<u64>().ok()).map(|text| text + 15))
}

fn id3v2(window: &Window) -> io::Result<Option<u64>> {
    let footer = last::<10>(window)?.filter(|footer| footer.starts_with(b"3DI"));
    Ok(footer.map(|footer| footer[6..].iter().fold(0, |size, byte| size << 7 | u64::from(byte & 0x7F)) + 20))
}
