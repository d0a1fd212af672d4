//! From flags to an open screen: which service, which key, which song, and what to say first.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::api::ApiKey;
use crate::audio::player::Player;
use crate::cli::{self, Flags, Setting};
use crate::config::ThemeName;
use crate::domain::catalogue::Catalogue;
use crate::domain::draft::Draft;
use crate::domain::service::Service;
use crate::editor::Workbench;
use crate::engine::example;
use crate::engine::feed::Feed;
use crate::plain;
use crate::store::Store;
use crate::tui::desk::Furniture;
use crate::tui::run::{Left, Session, run};
use crate::tui::state::{Opening, Plays};
use crate::tui::terminal::{Charset, has_a_screen};
use crate::tui::theme::{Colours, Theme};
use crate::worker::session;

/// What works where there can be no screen.
const WITHOUT_A_SCREEN: &str = "hint: `refrain --plain` asks and answers in lines; `refrain generate`, `list`, `show`, \
                                `wait`, `play` and `cat` need no screen either, `refrain --help` lists them";

/// What is said first where letters cannot be shown.
const ASCII_ALONE: &str =
    "the locale has no UTF-8: letters beyond ASCII are kept and shown as `?`; LANG=C.UTF-8 shows them";

/// The variable that asks programs for lines instead of a screen.
const ACCESSIBLE: &str = "ACCESSIBLE";

/// Opens the screen, or the prompt where a person wants that, and says how it was left.
pub fn open(flags: Flags, plain: bool) -> ExitCode {
    if plain || wants_lines(env::var(ACCESSIBLE).ok().as_deref()) {
        return open_prompt(flags).unwrap_or_else(|error| ExitCode::from(cli::tell(&error) as u8));
    }
    if let Some(why) = no_screen() {
        let _ = writeln!(io::stderr(), "error: {why}\n{WITHOUT_A_SCREEN}");
        return ExitCode::from(2);
    }
    match try_to_open(flags) {
        Ok(Left::Farewell(line)) => {
            if !line.is_empty() {
                let _ = writeln!(io::stdout(), "{line}");
            }
            ExitCode::SUCCESS
        }
        Ok(Left::Gone) => ExitCode::SUCCESS,
        Err(error) => ExitCode::from(cli::tell(&error) as u8),
    }
}

/// Why there can be no screen here, if there can be none.
fn no_screen() -> Option<String> {
    if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        return Some("the screen needs a terminal on standard input and output".to_owned());
    }
    let term = env::var("TERM").unwrap_or_default();
    if has_a_screen(&term) {
        return None;
    }
    let name = if term.is_empty() {
        "a terminal without a name (TERM is not set)".to_owned()
    } else {
        format!("the terminal `{term}`")
    };
    Some(format!("the screen needs a terminal with rows and columns, {name} has none"))
}

/// Whether the value of [`ACCESSIBLE`] asks for lines.
fn wants_lines(value: Option<&str>) -> bool {
    value.is_some_and(|value| !["", "0"].contains(&value.trim()))
}

/// What either face is opened with.
struct Start {
    setting: Setting,
    store: Store,
    house: House,
}

impl Start {
    fn with(flags: Flags) -> Result<Self> {
        let setting = Setting::forgiving(flags)?;
        crate::log::to_file(&setting.paths.logs());
        let house = House::of(&setting);
        let mut store = setting.store()?;
        if store.last_opened()?.is_none() {
            first_song(&mut store, &setting.catalogue, &house.service)?;
        }
        Ok(Self { setting, store, house })
    }
}

fn open_prompt(flags: Flags) -> Result<ExitCode> {
    let Start { setting, store, house } = Start::with(flags)?;
    let mistake = setting.trouble.as_ref().map(|trouble| trouble.said.clone());
    plain::open(plain::Opening {
        setting,
        store,
        service: house.service,
        key: house.key,
        terminal: terminal_name(),
        notice: mistake.or(house.notice),
    })
}

fn try_to_open(flags: Flags) -> Result<Left> {
    let Start { setting, store, house } = Start::with(flags)?;
    let catalogue = &setting.catalogue;
    let charset = Charset::of_environment();
    let player = Player::find(setting.config.player.command.as_deref(), env::var_os("PATH").as_ref());
    let opening = Opening {
        catalogue: Arc::clone(catalogue),
        keymap: Arc::clone(&setting.keymap),
        theme: theme(&setting),
        service: house.service.clone(),
        key_print: house.key.as_ref().map(ApiKey::fingerprint),
        song: store.last_opened()?,
        columns: 0,
        rows: 0,
        zone: TimeZone::system(),
        command: setting.own_command(),
        user: cli::setting::user(),
        host: cli::setting::host(),
        player_found: player.is_ok(),
        plays: plays(player.as_ref().ok()),
        inbox: setting.inbox(),
        recordings: setting.paths.recordings(),
        home: env::home_dir(),
        in_process: false,
        peril: session::Session::of_this_process(Path::new("/"), |name| env::var(name).ok()).peril(),
        bell: setting.config.screen.bell,
        confirm_above_usd: setting.config.budget.confirm_above_usd,
        last_left: store.last_left()?,
        notice: house.notice.or_else(|| (charset == Charset::Ascii).then(|| ASCII_ALONE.to_owned())),
        ticks: setting.config.screen.clock,
        warning: setting.trouble.as_ref().map(|trouble| trouble.said.clone()),
        no_orders: setting.refuses_orders().map(str::to_owned),
    };
    let workbench = Workbench::of(&setting.paths.data, |name| env::var_os(name));
    let terminal = terminal_name();
    let furniture = Furniture {
        feed: Feed::open(&setting.paths.data)?,
        desk: setting.desk(format!("the screen on {terminal}"), house.key.as_ref()),
        service: house.service,
        posts: setting.posts(house.key),
        store,
        terminal,
    };
    run(Session { opening, furniture, player, charset, workbench })
}

/// Where takes are ordered in this run.
struct House {
    service: Service,
    key: Option<ApiKey>,
    notice: Option<String>,
}

impl House {
    fn of(setting: &Setting) -> Self {
        if setting.flags.sandbox {
            return Self { service: Service::Sandbox, key: None, notice: None };
        }
        let service = setting.paid_service();
        if setting.refuses_orders().is_some() {
            // A key goes only to the service that it was meant for, and which that is, is not known.
            return Self { service, key: None, notice: None };
        }
        // A key that is there and cannot be used must not lock anybody out of the words.
        let (key, notice) = match setting.key() {
            Ok(Some(found)) => (Some(found.key), None),
            Ok(None) => (None, Some("no key found, so this is the sandbox; `refrain login` keeps a key".to_owned())),
            Err(error) => (None, Some(format!("{error}; until then this is the sandbox"))),
        };
        let service = if key.is_some() { service } else { Service::Sandbox };
        Self { service, key, notice }
    }
}

fn first_song(store: &mut Store, catalogue: &Catalogue, service: &Service) -> Result<()> {
    let model = catalogue.preferred().map(|spec| spec.id.clone()).unwrap_or_default();
    let (title, draft) = if service.is_sandbox() {
        (example::TITLE, example::draft(&model))
    } else {
        ("Untitled", Draft { model, ..Draft::default() })
    };
    store.new_song(title, &draft, "refrain", Timestamp::now())?;
    Ok(())
}

fn plays(player: Option<&Player>) -> Plays {
    if player.is_some_and(Player::takes_addresses) { Plays::FilesAndAddresses } else { Plays::Files }
}

fn theme(setting: &Setting) -> Theme {
    let wants_none = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let name = if wants_none { ThemeName::None } else { setting.config.screen.theme };
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let colours = Colours::of(&variable("TERM"), &variable("COLORTERM"));
    Theme::named(name.name()).unwrap_or_else(Theme::colourless).in_colours(colours)
}

/// `pts/3`.
fn terminal_name() -> String {
    let name = rustix::termios::ttyname(io::stdin(), Vec::new()).map(|name| name.to_string_lossy().into_owned());
    name.map_or_else(|_| "a terminal".to_owned(), |name| name.trim_start_matches("/dev/").to_owned())
}

#[cfg(test)]
mod tests {
    use super::wants_lines;

    #[test]
    fn lines_are_wanted_where_the_variable_says_anything_but_no() {
        assert!(wants_lines(Some("1")) && wants_lines(Some("true")));
        assert!(!wants_lines(Some("0")) && !wants_lines(Some("")) && !wants_lines(None));
    }
}
