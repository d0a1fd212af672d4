//! The configuration file, and the service that it or a flag names.

use super::finding::Finding;
use crate::cli::Setting;
use crate::domain::service::VENDOR_URL;

/// Whether the file is there and says what it may say.
pub fn findings(setting: &Setting) -> Vec<Finding> {
    vec![file(setting), service(setting)]
}

fn file(setting: &Setting) -> Finding {
    const CHECK: &str = "configuration";
    let path = setting.paths.config.display();
    match &setting.trouble {
        Some(trouble) => {
            let hint = "mend that; until then commands refuse, and the screen goes on without it";
            Finding::bad(CHECK, trouble.problems.join("\n"), hint)
        }
        None if setting.paths.config.exists() => Finding::ok(CHECK, format!("`{path}`, valid")),
        None => Finding::ok(CHECK, format!("no file, so the defaults are in force; it would be `{path}`")),
    }
}

fn service(setting: &Setting) -> Finding {
    const CHECK: &str = "service";
    if setting.flags.sandbox {
        return Finding::ok(CHECK, "the sandbox, which costs nothing");
    }
    if let Some(trouble) = setting.trouble.as_ref().filter(|trouble| trouble.stops_orders.is_some()) {
        let of_address = trouble.problems.iter().find(|problem| problem.contains("`api.base_url`"));
        let found = of_address.map_or("not known, as the configuration has problems", String::as_str);
        return Finding::bad(CHECK, found, "mend the configuration; until then nothing that costs money is ordered");
    }
    match setting.paid_service() {
        service if service.to_string() == VENDOR_URL => Finding::ok(CHECK, format!("`{service}`")),
        service => Finding::ok(CHECK, format!("`{service}`, instead of the vendor's")),
    }
}
