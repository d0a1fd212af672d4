//! The configuration file, and the service that it or a flag names.

use super::finding::Finding;
use crate::cli::Setting;
use crate::domain::service::VENDOR_URL;

/// Whether the file is there and says what it may say.
pub fn findings(setting: &Setting, mistake: Option<&str>) -> Vec<Finding> {
    vec![file(setting, mistake), service(setting)]
}

fn file(setting: &Setting, mistake: Option<&str>) -> Finding {
    const CHECK: &str = "configuration";
    let path = setting.paths.config.display();
    let is_there = setting.paths.config.exists();
    match mistake {
        Some(mistake) => {
            let mistake = mistake.strip_suffix("; the defaults are in force").unwrap_or(mistake);
            Finding::bad(CHECK, mistake, "mend that line; until then the screen uses the defaults and commands refuse")
        }
        None if is_there => Finding::ok(CHECK, format!("`{path}`, valid")),
        None if setting.flags.config.is_some() => Finding::bad(
            CHECK,
            format!("`{path}`, which `--config` names, is not there"),
            "name another file, or leave `--config` out",
        ),
        None => Finding::ok(CHECK, format!("no file, so the defaults are in force; it would be `{path}`")),
    }
}

fn service(setting: &Setting) -> Finding {
    const CHECK: &str = "service";
    if setting.flags.sandbox {
        return Finding::ok(CHECK, "the sandbox, which costs nothing");
    }
    match setting.paid_service() {
        Ok(service) if service.to_string() == VENDOR_URL => Finding::ok(CHECK, format!("`{service}`")),
        Ok(service) => Finding::ok(CHECK, format!("`{service}`, instead of the vendor's")),
        Err(error) => Finding::of_error(CHECK, &format!("{error:#}"), "mend `--base-url` or `api.base_url`"),
    }
}
