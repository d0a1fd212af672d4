//! Decoding apart from everything else: a decoder is much code of others that reads what anybody may have
//! written, and when it gives up with a panic, that is a damaged file and nothing more.

use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use super::decode::{Block, Decoding};
use super::format::Format;
use super::unheard::Unheard;
use super::window::Window;

/// The name of the threads in which a panic is expected; whoever reports panics may leave these out.
pub const THREAD: &str = "decoder";

/// Blocks that wait to be taken.
const WAITING: usize = 4;

/// Samples on their way from one thread to another.
struct Parcel {
    samples: Vec<f32>,
    channels: usize,
    rate: u32,
}

/// Does something with a decoder.
///
/// # Errors
/// What the work says, and that the file is damaged where it panics.
pub fn apart<T: Send>(work: impl FnOnce() -> Result<T, Unheard> + Send) -> Result<T, Unheard> {
    apart_from(work, || Ok(()))
}

/// Decodes a file from its first sample to its last; `take` is called in this thread, and ends it with an
/// error.
///
/// # Errors
/// When the file cannot be decoded, or what `take` says.
pub fn each_block(
    window: Window,
    format: Format,
    mut take: impl FnMut(Block<'_>) -> Result<(), Unheard>,
) -> Result<(), Unheard> {
    let (send, receive) = sync_channel(WAITING);
    let decode = move || {
        let mut decoding = Decoding::begin(window, format)?;
        while let Some(Block { samples, channels, rate }) = decoding.advance()? {
            if send.send(Parcel { samples: samples.to_vec(), channels, rate }).is_err() {
                break;
            }
        }
        Ok(())
    };
    // The receiver goes with the loop, so a decoder that nobody listens to any more ends as well.
    let listen = move || {
        let received: Receiver<Parcel> = receive;
        for Parcel { samples, channels, rate } in &received {
            take(Block { samples: &samples, channels, rate })?;
        }
        Ok(())
    };
    apart_from(decode, listen)
}

/// Works in a thread of its own while this one does something else.
fn apart_from<T: Send>(
    work: impl FnOnce() -> Result<T, Unheard> + Send,
    meanwhile: impl FnOnce() -> Result<(), Unheard>,
) -> Result<T, Unheard> {
    thread::scope(|scope| {
        let worker = thread::Builder::new().name(THREAD.to_owned()).spawn_scoped(scope, work);
        let worker = worker.map_err(Unheard::Unreadable)?;
        let done = meanwhile();
        let result = worker.join().unwrap_or_else(|_| Err(Unheard::Damaged("its inside makes no sense".to_owned())));
        done.and(result)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoder_that_gives_up_has_met_a_damaged_file() {
        let gave_up = apart(|| if THREAD.is_empty() { Ok(()) } else { std::panic::resume_unwind(Box::new(())) });
        assert_eq!(gave_up.unwrap_err().to_string(), "is damaged: its inside makes no sense");
        assert_eq!(apart(|| Ok(std::thread::current().name() == Some(THREAD))).ok(), Some(true));
    }
}
