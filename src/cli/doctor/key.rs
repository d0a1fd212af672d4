//! The key: where it came from, never what it is.

use std::fs;

use super::finding::Finding;
use crate::api::ApiKey;
use crate::cli::Setting;
use crate::worker::key::{self, Source, VARIABLES};

/// Which key is used, and whether others lie about.
pub fn findings(setting: &Setting, variable: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    const CHECK: &str = "key";
    let file = setting.paths.key();
    let command = setting.config.api.key_command.as_deref();
    match key::find(&variable, command, &file) {
        Err(error) => vec![Finding::of_error(CHECK, &error.to_string(), "`refrain login` keeps another")],
        Ok(None) => vec![Finding::look(
            CHECK,
            "none found, so refrain opens on the sandbox",
            "`refrain login` keeps one; or set AIMLAPI_API_KEY",
        )],
        Ok(Some(found)) => {
            let print = found.key.fingerprint();
            let others = others(setting, &variable, &found.source, &print);
            let told = Finding::ok(CHECK, format!("from {}, fingerprint {print}", found.source));
            std::iter::once(told).chain(others).collect()
        }
    }
}

/// A row where another place holds another key: the person may mean that one.
fn others(setting: &Setting, variable: impl Fn(&str) -> Option<String>, used: &Source, print: &str) -> Option<Finding> {
    let variables = VARIABLES.into_iter().filter_map(|name| Some((Source::Variable(name), variable(name)?)));
    let file = setting.paths.key();
    let kept = fs::read_to_string(&file).ok().map(|text| (Source::File(file), text));
    let differs = |text: &str| ApiKey::new(text.lines().next()?).ok().map(|key| key.fingerprint() != print);
    let other = variables.chain(kept).filter(|(source, text)| source != used && differs(text) == Some(true));
    let names: Vec<_> = other.map(|(source, _)| source.to_string()).collect();
    (!names.is_empty()).then(|| {
        let verb = if names.len() == 1 { "holds" } else { "hold" };
        Finding::look(
            "other keys",
            format!("{} {verb} another key, which is not used", names.join(" and ")),
            "take out what you do not mean: the first of the variables counts, then `api.key_command`, then the file",
        )
    })
}
