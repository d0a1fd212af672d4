//! Who works on takes: workers are started where the key for it is at hand; where none is, it is said.

use std::collections::BTreeSet;

use anyhow::Result;

use super::exit::Failure;
use super::{Setting, output};
use crate::domain::generation::Take;
use crate::domain::service::Service;
use crate::store::Store;
use crate::worker::key;
use crate::worker::start::Posts;

/// Where workers may be started for; the key is looked for only where one of the takes needs it, and never
/// in a run that is to cost nothing.
///
/// # Errors
/// When a key is there that cannot be used.
pub fn posts(setting: &Setting, takes: &[Take]) -> Result<Posts> {
    let live = takes.iter().filter(|take| take.is_awaited());
    posts_for(setting, live.map(|take| &take.service))
}

/// The same for services with something to do, be it takes or uploads.
///
/// # Errors
/// When a key is there that cannot be used.
pub fn posts_for<'a>(setting: &Setting, mut services: impl Iterator<Item = &'a Service>) -> Result<Posts> {
    let posts = setting.posts(None);
    if setting.flags.sandbox {
        let why = "this run keeps to the sandbox; without `--sandbox` they go on".to_owned();
        return Ok(Posts { sandbox_only: Some(why), ..posts });
    }
    if !services.any(|service| *service == posts.paid) {
        return Ok(posts);
    }
    let key = match setting.key() {
        Ok(found) => found.map(|found| found.key),
        // Whoever is at work has its key.
        Err(_) if posts.is_at_work(&posts.paid) => None,
        Err(error) => return Err(error),
    };
    Ok(Posts { key, ..posts })
}

/// Makes sure that somebody works on these takes; says and brings the services for which nobody can.
///
/// # Errors
/// When the store cannot be written or no process can be started.
pub fn start(posts: &Posts, store: &mut Store, takes: &[Take]) -> Result<BTreeSet<Service>> {
    let live = takes.iter().filter(|take| take.is_awaited());
    start_for(posts, store, live.map(|take| take.service.clone()).collect())
}

fn start_for(posts: &Posts, store: &mut Store, services: BTreeSet<Service>) -> Result<BTreeSet<Service>> {
    let mut stranded = BTreeSet::new();
    for service in services {
        if posts.serves(&service) {
            posts.start_apart(&service)?;
        } else if !posts.is_at_work(&service) {
            if posts.sandbox_only.is_none() {
                store.wait_for_key(&service)?;
            }
            output::say(&without_key(posts, &service));
            stranded.insert(service);
        }
    }
    Ok(stranded)
}

/// Makes sure that somebody goes on with everything unfinished, as where a worker was asked to leave; says for which
/// services nobody can.
///
/// # Errors
/// When a key is there that cannot be used, the store cannot be used or no process can be started.
pub fn go_on(setting: &Setting, store: &mut Store) -> Result<()> {
    let services = store.live_services()?;
    let posts = posts_for(setting, services.iter())?;
    start_for(&posts, store, services.into_iter().collect()).map(drop)
}

/// Why nobody works on takes of a service, and what to do.
pub fn without_key(posts: &Posts, service: &Service) -> String {
    let told = format!("nobody works on takes of {service}");
    if let Some(why) = &posts.sandbox_only {
        return format!("{told}: {why}");
    }
    if *service == posts.paid {
        return format!("{told}: they need its key; set {} or run `refrain login`", key::VARIABLES[0]);
    }
    format!("{told}: a key goes only to the service it was named with; `refrain --base-url {service} wait`")
}

/// Holds a command that may pay to the service of this run: the one that flags and configuration name.
///
/// # Errors
/// When one of the takes is of another.
pub fn refuse_others(setting: &Setting, takes: &[Take], would: &str) -> Result<()> {
    let service = setting.service();
    let Some(take) = takes.iter().find(|take| take.service != service) else { return Ok(()) };
    let (id, of, way) = (take.id.0, &take.service, way_to(setting, &take.service));
    Err(Failure::usage(format!("take {id} is of {of}, and this would {would} {service}\nhint: {way} it can be done")))
}

/// The command that lets all go that is held for a service, by which flags.
pub fn letting_go(posts: &Posts, service: &Service) -> String {
    match service {
        Service::Sandbox => "`refrain --sandbox release --all`".to_owned(),
        paid if *paid == posts.paid => "`refrain release --all`".to_owned(),
        Service::Paid(url) => format!("`refrain --base-url {url} release --all`"),
    }
}

/// How a run gets to another service than its own, by which flags.
pub fn way_to(setting: &Setting, service: &Service) -> String {
    match service {
        Service::Sandbox => "with `--sandbox`".to_owned(),
        paid if setting.flags.sandbox && *paid == setting.paid_service() => "without `--sandbox`".to_owned(),
        Service::Paid(_) if setting.flags.sandbox => format!("without `--sandbox`, with `--base-url {service}`"),
        Service::Paid(_) => format!("with `--base-url {service}`"),
    }
}
