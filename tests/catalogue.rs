//! The catalogue: what it says of each model, and which files it refuses.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

#[path = "catalogue/overlay.rs"]
mod overlay;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use refrain::domain::catalogue::Delivery::{HeldOpen, Queued};
use refrain::domain::catalogue::Dialect::{Folded, Hashes, NotSent, Tags};
use refrain::domain::catalogue::Firmness::{Hard, Soft};
use refrain::domain::catalogue::Voice::{NoSinging, YourWords};
use refrain::domain::catalogue::{Catalogue, Kind};

fn catalogue() -> Catalogue {
    Catalogue::embedded().unwrap()
}

#[test]
fn nine_models_are_known_with_how_they_work() {
    let table = [
        ("minimax/music-2.0", "music-2.0", Queued, Tags, YourWords, 240, Hard, None),
        ("minimax/music-2.6", "music-2.6", Queued, Tags, YourWords, 240, Soft, None),
        ("minimax/music-1.5", "music-1.5", Queued, Tags, YourWords, 240, Hard, None),
        ("minimax/music-cover", "music-cover", Queued, Tags, YourWords, 360, Soft, None),
        ("music-01", "music-01", HeldOpen, Hashes, YourWords, 60, Soft, Some(0.0315)),
        ("elevenlabs/eleven_music", "eleven_music", Queued, Folded, YourWords, 300, Hard, None),
        ("google/lyria2", "lyria2", Queued, NotSent, NoSinging, 33, Soft, None),
        ("stable-audio", "stable-audio", Queued, NotSent, NoSinging, 47, Hard, None),
        ("minimax-music", "minimax-music", Queued, Hashes, YourWords, 60, Soft, None),
    ];
    let catalogue = catalogue();
    let known: Vec<_> = catalogue
        .models()
        .iter()
        .map(|spec| {
            let (longest, firmness) = (spec.longest.value, spec.longest.firmness);
            (&*spec.id, &*spec.label, spec.delivery, spec.dialect, spec.voice, longest, firmness, spec.price)
        })
        .collect();
    assert_eq!(known, table);
}

#[test]
fn each_field_has_its_place_in_the_request() {
    let audio = "audio_setting.format";
    let (new_rate, old_rate, bitrate) =
        ("audio_setting.audio_sample_rate", "audio_setting.sample_rate", "audio_setting.bitrate");
    let newer = ["prompt", "lyrics", audio, new_rate, bitrate];
    let table: [(&str, &[&str]); 9] = [
        ("music-2.0", &newer),
        ("music-2.6", &["prompt", "lyrics", "is_instrumental", "lyrics_optimizer", audio, new_rate, bitrate]),
        ("music-1.5", &newer),
        ("music-cover", &["prompt", "reference_audio_url", "lyrics", audio, old_rate, bitrate]),
        ("music-01", &["lyrics", "refer_voice", "refer_instrumental", audio, old_rate, bitrate]),
        ("eleven_music", &["prompt", "music_length_ms"]),
        ("lyria2", &["prompt", "negative_prompt", "seed"]),
        ("stable-audio", &["prompt", "seconds_total", "seconds_start", "steps"]),
        ("minimax-music", &["prompt", "reference_audio_url"]),
    ];
    for (label, wires) in table {
        let catalogue = catalogue();
        let spec = catalogue.find(label).unwrap();
        assert_eq!(spec.fields.iter().map(|field| &*field.wire).collect::<Vec<_>>(), wires, "{label}");
    }
}

#[test]
fn a_model_is_found_by_id_label_and_alias_whatever_the_case() {
    let catalogue = catalogue();
    for name in ["minimax/music-2.0", "music-2.0", "MUSIC-2.0", " Minimax/Music-2.0 "] {
        assert_eq!(catalogue.find(name).unwrap().label, "music-2.0", "{name}");
    }
    for name in ["", "music", "music-9", "minimax/"] {
        assert_eq!(catalogue.find(name), None, "{name}");
    }
}

#[test]
fn fields_of_one_name_are_typed_alike_and_every_field_has_a_line_of_help() {
    let mut kinds: BTreeMap<String, bool> = BTreeMap::new();
    for spec in catalogue().models() {
        for field in &spec.fields {
            let is_length = field.kind.is_length();
            assert_eq!(*kinds.entry(field.name.clone()).or_insert(is_length), is_length, "{}", field.name);
            assert!(!field.help.is_empty() && !field.help.contains('\n'), "{} {}", spec.label, field.name);
            assert!(field.help.len() <= 90, "{} {} is too long for a line", spec.label, field.name);
        }
    }
    let names: Vec<&str> = kinds.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "bitrate",
            "format",
            "instrumental",
            "instrumental-id",
            "length",
            "lyrics",
            "negative",
            "reference",
            "sample-rate",
            "seed",
            "start",
            "steps",
            "style",
            "voice-id",
            "write-lyrics",
        ]
    );
}

/// A sound model with a field that a test may break.
fn file(model: &str, field: &str) -> String {
    format!(
        r#"
[[models]]
id = "house/one"
label = "one"
about = "a model"
delivery = "queued"
dialect = "not-sent"
voice = "no-singing"
longest = 60
pace = 10
{model}

[[models.fields]]
name = "style"
wire = "prompt"
kind = "text"
help = "style"

[[models.fields]]
name = "extra"
help = "extra"
{field}
"#
    )
}

#[test]
fn a_file_of_ones_own_may_name_other_models() {
    let text =
        file("aliases = [\"uno\"]\nprice = 0.5", "wire = \"options.extra\"\nkind = \"integer\"\nmax = { soft = 7 }");
    let catalogue = Catalogue::parse(&text, "mine.toml").unwrap();
    let extra = catalogue.find("UNO").unwrap().field("extra").unwrap();
    assert_eq!((extra.kind, extra.max.unwrap().value, extra.max.unwrap().firmness), (Kind::Integer, 7, Soft));
    assert_eq!(Catalogue::parse("", "mine.toml").unwrap().models(), []);
}

/// A field without fault.
const SOUND: &str = "wire = \"extra\"\nkind = \"text\"";

fn assert_refused(table: &[(&str, &str, &str)]) {
    for (model, field, message) in table {
        let error = Catalogue::parse(&file(model, field), "mine.toml").unwrap_err().to_string();
        assert!(error.starts_with("mine.toml: ") && error.contains(message), "{model} {field}\n{error}\n{message}");
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn a_file_of_another_form_is_refused_with_its_line() {
    assert_refused(&[
        ("", "wire = \"x\"\nkind = \"colour\"", "line 23, `kind = \"colour\"`: unknown variant `colour`"),
        ("", "wire = \"x\"\nkind = \"text\"\nmax = -1", "line 24, `max = -1`: expected a whole number, or"),
        ("", "wire = \"x\"\nkind = \"text\"\nmost = 1", "line 24, `most = 1`: unknown field `most`"),
        ("", "wire = \"x\"", "missing field `kind`"),
        ("colour = 1", SOUND, "line 11, `colour = 1`: unknown field `colour`"),
        ("dialect = \"tags\"", SOUND, "line 11, `dialect = \"tags\"`: duplicate key"),
    ]);
}

#[test]
fn a_model_that_breaks_a_rule_is_refused_with_its_name_key_and_rule() {
    assert_refused(&[
        ("aliases = [\"\"]", SOUND, "model `house/one`: `id`, `label` and `aliases` must not be empty"),
        ("price = -0.5", SOUND, "model `house/one`: `price` must be an amount of US dollars"),
        ("price = nan", SOUND, "model `house/one`: `price` must be an amount of US dollars"),
        ("one_of = [[]]", SOUND, "model `house/one`: `one_of` must not hold an empty set"),
        ("one_of = [[\"voice\"]]", SOUND, "model `house/one`: `one_of` names `voice`, which is no field of it"),
        ("", "wire = \"prompt\"\nkind = \"text\"", "model `house/one`: `wire` `prompt` collides with `prompt`"),
        ("", "wire = \"prompt.x\"\nkind = \"text\"", "model `house/one`: `wire` `prompt.x` collides with `prompt`"),
        ("", "wire = \"model\"\nkind = \"text\"", "model `house/one`: `wire` `model` collides with `model`"),
        (
            "",
            &format!("{SOUND}\n[[models.fields]]\nname = \"style\"\nwire = \"y\"\nkind = \"text\"\nhelp = \"\""),
            "model `house/one`: there are two fields with `name` `style`",
        ),
        (
            "",
            &format!("{SOUND}\n[[models.fields]]\nname = \"lyrics\"\nwire = \"y\"\nkind = \"text\"\nhelp = \"\""),
            "model `house/one`: `dialect` `not-sent` takes no field `lyrics`",
        ),
    ]);
}

#[test]
fn a_field_that_breaks_a_rule_is_refused_with_its_name_key_and_rule() {
    let table = [
        ("wire = \"a..b\"\nkind = \"text\"", "`wire` `a..b` must be a key, or keys joined by dots"),
        ("wire = \"\"\nkind = \"text\"", "`wire` `` must be a key"),
        ("wire = \"x\"\nkind = \"text\"\nmin = 9\nmax = 8", "`min` 9 is above `max` 8"),
        ("wire = \"x\"\nkind = \"flag\"\nmin = 9", "`min` and `max` are for text, integers and lengths"),
        ("wire = \"x\"\nkind = \"choice\"", "its `kind` needs `choices`"),
        ("wire = \"x\"\nkind = \"text\"\nchoices = [\"a\"]", "`choices` are for the kinds"),
        ("wire = \"x\"\nkind = \"number\"\nchoices = [\"1k\"]", "`choices` holds `1k`, which is no whole number"),
        (
            "wire = \"x\"\nkind = \"choice\"\nchoices = [\"a\", \"b\"]\ndefault = \"c\"",
            "`default` is `c`, it must be a or b",
        ),
        (
            "wire = \"x\"\nkind = \"seconds\"\nmin = 1\nmax = 47\ndefault = \"0:48\"",
            "`default` is `0:48`, it must be 0:01 to 0:47",
        ),
        ("wire = \"x\"\nkind = \"flag\"\ndefault = \"maybe\"", "`default` is `maybe`, it must be yes or no"),
        (
            "wire = \"x\"\nkind = \"text\"\nbrings = [{ field = \"y\", value = \"1\" }]",
            "`brings` names `y`, which is no field",
        ),
        (
            "wire = \"x\"\nkind = \"integer\"\nbrings = [{ field = \"extra\", value = \"z\" }]",
            "`brings` gives `extra` the value `z`, it must be a whole number",
        ),
        ("wire = \"x\"\nkind = \"text\"\ndrops = [\"style\"]", "`drops` and `excuses` are for the kind `flag`"),
        ("wire = \"x\"\nkind = \"flag\"\nexcuses = [\"words\"]", "`drops` or `excuses` names `words`"),
        ("wire = \"x\"\nkind = \"integer\"\nfollows_lyrics = true", "`follows_lyrics` is for the kinds"),
    ];
    for (field, message) in table {
        assert_refused(&[("", field, &format!("model `house/one`, field `extra`: {message}"))]);
    }
}

#[test]
fn words_of_a_sound_model_changed_one_by_one_are_refused() {
    let changes = [
        ("pace = 10", "pace = 0", "`pace` must be at least 1 second"),
        ("longest = 60", "longest = 0", "`longest` must be at least 1 second"),
        ("label = \"one\"", "label = \" \"", "must not be empty"),
        ("\"not-sent\"", "\"tags\"", "`dialect` `tags` needs a field `lyrics`"),
        ("\"not-sent\"", "\"hashes\"", "`dialect` `hashes` needs a field `lyrics`"),
        ("name = \"style\"", "name = \"lyrics\"", "`dialect` `not-sent` takes no field `lyrics`"),
        ("kind = \"text\"", "kind = \"url\"", "its `kind` must be `text`"),
    ];
    let sound = file("", "wire = \"extra\"\nkind = \"flag\"");
    assert!(Catalogue::parse(&sound, "mine.toml").is_ok());
    for (before, after, message) in changes {
        let error = Catalogue::parse(&sound.replacen(before, after, 1), "mine.toml").unwrap_err().to_string();
        assert!(error.contains(message), "{after}: {error}");
    }
    let folded = sound.replace("\"not-sent\"", "\"folded\"").replace("name = \"style\"", "name = \"mood\"");
    let error = Catalogue::parse(&folded, "mine.toml").unwrap_err().to_string();
    assert!(error.contains("`dialect` `folded` needs a field `style`"), "{error}");
}

#[test]
fn no_name_may_mean_two_models() {
    let one = file("", "wire = \"extra\"\nkind = \"flag\"");
    for (before, after) in [("label = \"one\"", "label = \"two\""), ("id = \"house/one\"", "id = \"house/two\"")] {
        let both = format!("{one}{}", one.replace(before, after));
        let error = Catalogue::parse(&both, "mine.toml").unwrap_err().to_string();
        assert!(error.contains("is already a name of `house/one`"), "{error}");
    }
    let two = one.replace("house/one", "house/two").replace("label = \"one\"", "label = \"two\"\naliases = [\"ONE\"]");
    let error = Catalogue::parse(&format!("{one}{two}"), "mine.toml").unwrap_err().to_string();
    assert!(error.contains("model `house/two`: `one` is already a name of `house/one`"), "{error}");
}

/// Every Rust file below a folder but those of the sandbox, which plays the service and has its own world.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let wanted = entries.filter(|path| !path.ends_with("sandbox"));
    wanted
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

#[test]
fn no_model_is_named_in_the_code() {
    let files = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(files.len() > 20, "only {} files", files.len());
    let catalogue = catalogue();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let tested = text.find("#[cfg(test)]\nmod ").unwrap_or(text.len());
        for (number, line) in text[..tested].lines().enumerate().filter(|(_, line)| !line.trim().starts_with("//")) {
            for spec in catalogue.models() {
                assert!(!line.contains(&*spec.id), "{}:{}: names {}", file.display(), number + 1, spec.id);
            }
        }
    }
}
