//! A whole pretend service on loopback, for trying the program without a key and for testing it.
//!
//! It speaks the vendor's wire format and shares nothing else with the program: not a type, not the
//! catalogue, not a limit. A shared type would hide a shared mistake. How it is built:
//!
//! ```text
//!                        +-- faults: what the scenario says goes wrong, around every endpoint
//!  server (two ports) -- routes -- audio, logs, account, shelf     the service, with `answer`'s error form
//!                        |            |  validate, models.toml     what is refused, sold, charged
//!                        |            +- world: ledger (on disk), scenario, visits
//!                        +-- files: the other host, where a key must never come
//!                        |            +- recordings -- synth       music from the request's own words
//!                        +-- control: /sandbox/scenario, /sandbox/world
//! ```
//!
//! Nothing runs in the background but the making of music. What a generation is doing now follows from
//! its line in the ledger and the clock, so a sandbox that is stopped or killed goes on where it would be.

mod account;
mod answer;
mod audio;
mod base_resp;
mod body;
mod control;
mod drip;
mod faults;
mod files;
mod held_open;
mod instead;
mod intake;
mod ledger;
mod lines;
mod listen;
mod logs;
mod manner;
mod models;
mod newcomer;
mod pace;
mod passes;
mod recordings;
mod references;
mod referred;
mod routes;
mod rule;
mod scenario;
mod server;
mod shelf;
mod spoiled;
mod sung;
mod synth;
mod tonality;
mod upload;
mod validate;
mod visits;
mod world;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

pub use models::Delivery;
pub use newcomer::{Newcomer, Rules};
pub use pace::{Speed, SpeedError};
pub use scenario::{Scenario, ScenarioError};

use server::{Listener, Serving};
use world::World;

/// How a sandbox is to be.
#[derive(Clone, Debug)]
pub struct Options {
    /// Port of the API on 127.0.0.1; 0 takes any. The file server always takes any.
    pub port: u16,
    /// Folder of the world, made if it is missing: ledger and recordings stay there.
    pub world: PathBuf,
    /// How quickly it works.
    pub speed: Speed,
    /// What goes wrong.
    pub scenario: Scenario,
}

/// A running sandbox. Dropping it stops it too, without waiting.
#[derive(Debug)]
pub struct Sandbox {
    url: String,
    servers: [Serving; 2],
}

/// Why a sandbox could not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error("the sandbox's folder `{folder}` cannot be used: {source}", folder = folder.display())]
    Folder { folder: PathBuf, source: io::Error },
    #[error("the sandbox's folder `{}` is served by another process\nhint: end that one, or give another folder", .0.display())]
    Taken(PathBuf),
    #[error("port {port} of 127.0.0.1 cannot be had: {source}\nhint: 0 takes any free port")]
    Port { port: u16, source: io::Error },
    #[error("the sandbox's own table of models is broken: {0}")]
    Models(#[from] toml::de::Error),
}

/// Opens the world and serves it on tasks of the present runtime, which may be a current-thread one.
///
/// # Errors
/// When the folder or the port cannot be had.
pub async fn start(options: Options) -> Result<Sandbox, SandboxError> {
    let world = Arc::new(World::open(&options.world, options.speed, options.scenario)?);
    let port = |port| move |source| SandboxError::Port { port, source };
    let api = Listener::bind(options.port).await.map_err(port(options.port))?;
    let files = Listener::bind(0).await.map_err(port(0))?;
    let service = routes::Service { world: Arc::clone(&world), files: files.url() };
    let url = api.url();
    let servers = [api.serve(routes::service(&service)), files.serve(routes::file_server(&world))];
    Ok(Sandbox { url, servers })
}

impl Sandbox {
    /// The service's base address, as `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Stops: closes both listeners and every connection. Requests that were accepted stay accepted.
    pub async fn stop(self) {
        for server in self.servers {
            server.stop().await;
        }
    }
}
