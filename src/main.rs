//! The binary: flags in, a face out.

use std::process::ExitCode;

use refrain::cli::{self, Cli};
use refrain::{cores, front};
use rustix::fs::Mode;

fn main() -> ExitCode {
    // Before there is a key in memory, or anything else of a person's.
    cores::forbid();
    // Words, prompts and the key are nobody else's business: whatever is made from here on is for its
    // owner alone, also in a data directory that others can enter. Songs are given their mode one by one.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let Cli { flags, plain, command } = cli::read();
    match command {
        Some(call) => cli::run(flags, call),
        None => front::open(flags, plain),
    }
}
