//! The binary: flags in, a face out.

use std::process::ExitCode;

use clap::Parser;
use refrain::cli::{self, Cli};
use refrain::front;

fn main() -> ExitCode {
    let Cli { flags, command } = Cli::parse();
    match command {
        Some(command) => cli::run(flags, command),
        None => front::open(flags),
    }
}
