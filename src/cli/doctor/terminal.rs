//! The terminal: what it can show, what lies between it and refrain, and what can be heard here.

use std::ffi::OsString;

use super::finding::Finding;
use super::program::{answer_of, found};
use crate::audio::player::Player;
use crate::cli::output;
use crate::config::{Config, ThemeName};
use crate::editor::{Editor, NoEditor};
use crate::tui::terminal::{Charset, LOCALE, has_a_screen};
use crate::tui::theme::Colours;

/// The smallest screen that everything can be done on.
const SMALLEST: (u16, u16) = (40, 12);

/// Milliseconds for which tmux may hold Esc back before it is felt.
const LONGEST_ESCAPE: u32 = 50;

/// What the terminal is; without a configuration, the themes are left out.
pub fn findings(config: Option<&Config>, variable: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let size = output::size();
    let mut findings = vec![screen(set, size), colours(config, set), characters(set)];
    findings.extend(multiplexer(set, |option| answer_of("tmux", &["show", "-gv", option])));
    findings.push(connection(set));
    findings.push(editor(set));
    findings.push(player(config.and_then(|config| config.player.command.as_deref()), set));
    findings
}

fn screen(set: impl Fn(&str) -> Option<String>, size: Option<(u16, u16)>) -> Finding {
    const CHECK: &str = "terminal";
    let hint = "set TERM to what the terminal is, as `TERM=xterm-256color`";
    let Some(term) = set("TERM") else { return Finding::look(CHECK, "TERM is not set", hint) };
    if !has_a_screen(&term) {
        let told = format!("`{term}`: the screen cannot be drawn; the commands work");
        return Finding::look(CHECK, told, format!("`refrain --plain` asks and answers in lines; or {hint}"));
    }
    match size {
        None => Finding::ok(CHECK, format!("`{term}`; standard output is none here, so its size is not known")),
        Some((columns, rows)) if columns < SMALLEST.0 || rows < SMALLEST.1 => {
            let (least_columns, least_rows) = SMALLEST;
            let hint = format!("make it larger; {least_columns}x{least_rows} shows everything that is needed");
            Finding::look(CHECK, format!("`{term}`, {columns}x{rows}, which is small"), hint)
        }
        Some((columns, rows)) => Finding::ok(CHECK, format!("`{term}`, {columns}x{rows}")),
    }
}

fn colours(config: Option<&Config>, set: impl Fn(&str) -> Option<String>) -> Finding {
    const CHECK: &str = "colours";
    if set("NO_COLOR").is_some() {
        return Finding::ok(CHECK, "none, as NO_COLOR is set");
    }
    let theme = config.map_or(ThemeName::Dark, |config| config.screen.theme);
    let of_terminal = Colours::of(&set("TERM").unwrap_or_default(), &set("COLORTERM").unwrap_or_default());
    let told = match (theme, of_terminal) {
        (ThemeName::None, _) => "none, as `screen.theme` is `none`".to_owned(),
        (ThemeName::Sixteen, _) => "the terminal's own sixteen, as `screen.theme` says".to_owned(),
        (theme, Colours::All) => format!("all, theme `{}`", theme.name()),
        (theme, Colours::Cube) => format!("256, theme `{}`", theme.name()),
        (_, Colours::Sixteen) => "sixteen, so the theme is `16`".to_owned(),
    };
    let by = set("COLORTERM").map_or_else(String::new, |value| format!(" (COLORTERM is `{value}`)"));
    Finding::ok(CHECK, told + &by)
}

fn characters(set: impl Fn(&str) -> Option<String>) -> Finding {
    const CHECK: &str = "characters";
    let hint = "set LANG to a locale with UTF-8, as `LANG=C.UTF-8`; until then other letters are shown as `?`";
    // The first that is set counts.
    let locale = LOCALE.into_iter().find_map(|name| Some((name, set(name)?)));
    let Some((name, locale)) = locale else { return Finding::look(CHECK, "no locale is set", hint) };
    if Charset::of_locale([Some(&locale), None, None]) == Charset::Utf8 {
        Finding::ok(CHECK, format!("UTF-8 ({name} is `{locale}`)"))
    } else {
        Finding::look(CHECK, format!("{name} is `{locale}`, which is not UTF-8"), hint)
    }
}

/// tmux or screen; `option` asks tmux for one of its settings.
fn multiplexer(set: impl Fn(&str) -> Option<String>, option: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    if set("TMUX").is_some() {
        let version = answer_of("tmux", &["-V"]).unwrap_or_else(|| "tmux, which does not say its version".to_owned());
        return of_tmux(&version, option);
    }
    if set("STY").is_some() {
        let version = answer_of("screen", &["-v"]).unwrap_or_else(|| "screen".to_owned());
        let told = format!("{version}; copying with `y` does not reach the terminal");
        return vec![Finding::look("multiplexer", told, "the path is shown as well: select it with the mouse")];
    }
    vec![Finding::ok("multiplexer", "none")]
}

fn of_tmux(version: &str, option: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    const CHECK: &str = "multiplexer";
    let escape: Option<u32> = option("escape-time").and_then(|text| text.parse().ok());
    let waits = escape.map_or("an unknown time".to_owned(), |ms| format!("{ms} ms"));
    let told = format!("{version}, holds Esc back for {waits}");
    let time = if escape.is_some_and(|ms| ms > LONGEST_ESCAPE) {
        Finding::look(CHECK, told, "`tmux set -sg escape-time 20`; C-c does the same at once")
    } else {
        Finding::ok(CHECK, told)
    };
    let copying = match option("set-clipboard").as_deref() {
        Some("on") | None => None,
        Some(other) => Some(Finding::look(
            "copying",
            format!("tmux keeps what `y` copies to itself (`set-clipboard` is `{other}`)"),
            "`tmux set -g set-clipboard on`; the line is shown as well",
        )),
    };
    std::iter::once(time).chain(copying).collect()
}

fn connection(set: impl Fn(&str) -> Option<String>) -> Finding {
    const CHECK: &str = "connection";
    match set("SSH_CONNECTION").or_else(|| set("SSH_CLIENT")) {
        Some(addresses) => {
            let from = addresses.split(' ').next().unwrap_or_default().to_owned();
            Finding::ok(CHECK, format!("ssh from {from}"))
        }
        None => Finding::ok(CHECK, "on this machine"),
    }
}

fn editor(set: impl Fn(&str) -> Option<String>) -> Finding {
    const CHECK: &str = "editor";
    let editor = match Editor::find(|name| set(name).map(OsString::from)) {
        Ok(editor) => editor,
        Err(none) => return Finding::look(CHECK, none.to_string(), NoEditor::HINT),
    };
    let (command, variable) = (editor.name(), editor.variable());
    match editor.program() {
        Some(program) if found(&program, set("PATH").as_deref()).is_none() => {
            let told = format!("`{command}`, named by {variable}, is not there");
            Finding::look(CHECK, told, format!("install it, or name another in {variable}"))
        }
        _ => Finding::ok(CHECK, format!("`{command}`")),
    }
}

fn player(configured: Option<&str>, set: impl Fn(&str) -> Option<String>) -> Finding {
    const CHECK: &str = "player";
    let search_path = set("PATH");
    let hint = "or hear takes elsewhere: `ssh HOST refrain cat ID | mpv -`";
    match Player::find(configured, search_path.as_ref().map(OsString::from).as_ref()) {
        Err(error) => {
            let text = error.to_string();
            let (told, todo) = text.split_once("; ").unwrap_or((&text, "install one"));
            Finding::look(CHECK, told, format!("{todo}; {hint}"))
        }
        Ok(player) => match (found(&player.program(), search_path.as_deref()), configured) {
            (None, Some(command)) => Finding::bad(
                CHECK,
                format!("`{command}`, which `player.command` names, is not there"),
                format!("install it or name another; {hint}"),
            ),
            (_, Some(command)) => Finding::ok(CHECK, format!("`{command}`, as `player.command` says")),
            (_, None) => Finding::ok(CHECK, format!("`{}`", player.name())),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(set: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        move |name| set.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned())
    }

    fn told(finding: &Finding) -> String {
        finding.rows().iter().map(|row| row.trim()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_terminal_is_told_with_its_size_and_what_it_lacks() {
        let table = [
            (Some("xterm"), Some((80, 24)), "ok", "`xterm`, 80x24"),
            (Some("xterm"), None, "ok", "not known"),
            (Some("xterm"), Some((30, 24)), "look", "30x24, which is small"),
            (Some("dumb"), Some((80, 24)), "look", "cannot be drawn"),
            (Some("emacs"), Some((80, 24)), "look", "`refrain --plain` asks and answers in lines"),
            (None, Some((80, 24)), "look", "TERM is not set"),
        ];
        for (term, size, state, words) in table {
            let row = told(&screen(|_| term.map(str::to_owned), size));
            assert!(row.starts_with(state) && row.contains(words), "{row}");
        }
    }

    #[test]
    fn the_colours_are_those_that_the_screen_will_use() {
        let in_theme =
            |theme| Config { screen: crate::config::Screen { theme, ..Default::default() }, ..Config::default() };
        let rich: &[(&str, &str)] = &[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")];
        let table = [
            (rich, ThemeName::Dark, "all, theme `dark`"),
            (&[("TERM", "xterm-256color")], ThemeName::Light, "256, theme `light`"),
            (&[("TERM", "linux")], ThemeName::Dark, "sixteen, so the theme is `16`"),
            (rich, ThemeName::None, "none, as `screen.theme`"),
            (&[("TERM", "xterm"), ("NO_COLOR", "1")], ThemeName::Dark, "none, as NO_COLOR"),
        ];
        for (set, theme, words) in table {
            let row = told(&colours(Some(&in_theme(theme)), variables(set)));
            assert!(row.starts_with("ok") && row.contains(words), "{row}");
        }
    }

    #[test]
    fn a_locale_without_utf_8_is_to_be_looked_at() {
        let table: [(&[(&str, &str)], &str); 6] = [
            (&[("LANG", "de_DE.UTF-8")], "ok"),
            (&[("LANG", "C.utf8")], "ok"),
            (&[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")], "look"),
            (&[("LC_CTYPE", "en_US.UTF-8"), ("LANG", "C")], "ok"),
            (&[("LANG", "C")], "look"),
            (&[], "look"),
        ];
        for (set, state) in table {
            let row = told(&characters(variables(set)));
            assert!(row.starts_with(state), "{set:?}: {row}");
        }
    }

    #[test]
    fn what_tmux_holds_back_is_said_with_the_command_that_changes_it() {
        let rows = |escape: &'static str, clipboard: &'static str| {
            let option = move |name: &str| Some(if name == "escape-time" { escape } else { clipboard }.to_owned());
            of_tmux("tmux 3.4", option).iter().map(told).collect::<Vec<_>>()
        };
        assert_eq!(rows("10", "on"), ["ok    multiplexer     tmux 3.4, holds Esc back for 10 ms"]);
        let slow = rows("500", "external");
        assert!(slow[0].starts_with("look") && slow[0].contains("escape-time 20"), "{slow:?}");
        assert!(slow[1].starts_with("look") && slow[1].contains("set-clipboard on"), "{slow:?}");
        let silent: Vec<_> = of_tmux("tmux 3.4", |_| None).iter().map(told).collect();
        assert!(silent.len() == 1 && silent[0].contains("an unknown time"), "{silent:?}");
    }

    #[test]
    fn an_editor_and_a_player_that_are_not_there_are_told() {
        let gone = |name: &str| Some(if name == "PATH" { "/nonexistent" } else { "vim -u none" }.to_owned());
        assert!(told(&editor(gone)).starts_with("look"), "{}", told(&editor(gone)));
        let there = |name: &str| Some(if name == "PATH" { "/bin" } else { "sh" }.to_owned());
        assert!(told(&editor(there)).starts_with("ok"));
        let with_arguments =
            |name: &str| Some(if name == "PATH" { "/bin" } else { "LOUD=yes 'sh' -c true" }.to_owned());
        assert!(told(&editor(with_arguments)).starts_with("ok"));
        let none = told(&editor(|_| None));
        assert!(none.starts_with("look") && none.contains("EDITOR=nano"), "{none}");
        assert!(told(&player(None, gone)).starts_with("look"));
        assert!(told(&player(Some("nonexistent-player -q"), there)).starts_with("bad"));
        assert!(told(&player(Some("sh -q"), there)).starts_with("ok"));
    }
}
