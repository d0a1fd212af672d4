//! A file of the user's over the catalogue: what it may change, and how every mistake in it is told.

use refrain::domain::catalogue::overlay::{self, EXAMPLE, Mistake};
use refrain::domain::catalogue::{Catalogue, Firmness, Kind};
use refrain::domain::recording::{Encoding, Rules};

/// A model that the catalogue does not know.
const NEW: &str = r#"
[[models]]
id = "me/hum-1"
label = "hum-1"
about = "A melody, hummed"
delivery = "queued"
dialect = "not-sent"
voice = "no-singing"
longest = 60
pace = 10

[[models.fields]]
name = "style"
wire = "prompt"
kind = "text"
help = "Genre, mood, tempo"
"#;

fn lay(text: &str) -> Catalogue {
    overlay::lay(text).unwrap_or_else(|mistakes| panic!("{text}\n{mistakes:#?}"))
}

fn mistakes(text: &str) -> Vec<Mistake> {
    overlay::lay(text).unwrap_err()
}

#[test]
fn an_empty_file_changes_nothing() {
    assert_eq!(lay(""), Catalogue::embedded().unwrap());
    assert_eq!(lay(EXAMPLE), Catalogue::embedded().unwrap(), "the example is all comments");
}

#[test]
fn the_example_uncommented_corrects_adds_and_leaves_out() {
    let is_toml = |line: &&str| {
        let line = line.trim_start_matches("# ");
        line.starts_with("[[")
            || line.split_once(" = ").is_some_and(|(key, _)| key.chars().all(|c| c.is_ascii_lowercase()))
    };
    let lines: Vec<&str> = EXAMPLE.lines().filter(is_toml).map(|line| line.trim_start_matches("# ")).collect();
    let (laid, plain) = (lay(&lines.join("\n")), Catalogue::embedded().unwrap());
    assert_eq!(laid.models().len(), plain.models().len(), "one more, one less");
    assert_eq!(laid.find("music-2.0").unwrap().price, Some(0.04));
    assert_eq!(laid.find("music-2.0").unwrap().field("style").unwrap().max.unwrap().value, 1500);
    assert!(laid.find("minimax-music").is_none() && laid.find("humming-1").is_some());
    let rules = |catalogue: &Catalogue| catalogue.find("music-cover").unwrap().field("reference").unwrap().recording;
    let encoding = Some(Encoding::DataUri);
    assert_eq!(rules(&laid), Rules { encoding, ..rules(&plain) }, "the rules that were not told anew stay");
}

#[test]
fn of_a_known_model_and_field_only_the_given_keys_change() {
    let text = "[[models]]\nid = \"minimax/music-1.5\"\npace = 5\n\n[[models.fields]]\nname = \"style\"\n\
                max = { soft = 600 }\n";
    let (laid, mut expected) = (lay(text), Catalogue::embedded().unwrap().find("music-1.5").unwrap().clone());
    let style = laid.find("music-1.5").unwrap().field("style").unwrap().max.unwrap();
    assert_eq!((style.value, style.firmness), (600, Firmness::Soft));
    expected.pace = 5;
    expected.fields.iter_mut().find(|field| field.name == "style").unwrap().max = Some(style);
    assert_eq!(*laid.find("music-1.5").unwrap(), expected);
    let order = |catalogue: &Catalogue| catalogue.models().iter().map(|spec| spec.id.clone()).collect::<Vec<_>>();
    assert_eq!(order(&laid), order(&Catalogue::embedded().unwrap()), "it stays where it is");
}

#[test]
fn a_new_model_comes_last_and_a_known_one_may_get_a_new_field_or_lose_one() {
    let text = format!(
        "{NEW}\n[[models]]\nid = \"google/lyria2\"\n[[models.fields]]\nname = \"seed\"\nhidden = true\n\
         [[models.fields]]\nname = \"warmth\"\nwire = \"options.warmth\"\nkind = \"integer\"\nhelp = \"How warm\"\n"
    );
    let laid = lay(&text);
    assert_eq!(laid.models().last().unwrap().id, "me/hum-1");
    let lyria = laid.find("lyria2").unwrap();
    assert_eq!((lyria.field("seed"), lyria.field("warmth").unwrap().kind), (None, Kind::Integer));
}

#[test]
fn a_model_left_out_is_gone_and_nothing_else_is() {
    let laid = lay("[[models]]\nid = \"google/lyria2\"\nhidden = true\n");
    assert!(laid.find("lyria2").is_none());
    assert_eq!(laid.models().len() + 1, Catalogue::embedded().unwrap().models().len());
}

#[test]
fn every_mistake_is_told_at_once_with_line_table_key_and_rule() {
    let text = r#"[[models]]
id = "minimax/music-2.0"
colour = 2
longest = "long"
[[models.fields]]
name = "style"
kind = "colour"
max = -1
[[models]]
id = "me/x"
label = "x"
about = "x"
[[models.fields]]
name = "style"
wire = "prompt"
[[models]]
id = "google/lyria2"
price = -3
[[models.fields]]
name = "seed"
min = 9
max = 8
[[models]]
label = "nameless"
[[models]]
id = "stable-audio"
aliases = ["lyria2"]
hidden = "no"
[[models.fields]]
wire = "x"
[[models]]
id = "minimax/music-1.5"
pace = 0
[[models]]
id = "stable-audio"
[[modls]]
"#;
    let told: Vec<(usize, String)> =
        mistakes(text).into_iter().map(|mistake| (mistake.line, mistake.to_string())).collect();
    let expected = [
        (3, "model `minimax/music-2.0`: `colour`: unknown field `colour`, expected one of `id`, `label`"),
        (4, "model `minimax/music-2.0`: `longest` is \"long\"; it takes a whole number"),
        (7, "model `minimax/music-2.0`, field `style`: `kind` is \"colour\"; it takes one of `text`"),
        (8, "model `minimax/music-2.0`, field `style`: `max` is -1; it takes a whole number"),
        (9, "model `me/x`: `delivery` is missing; a new model needs it"),
        (9, "model `me/x`: `dialect` is missing"),
        (9, "model `me/x`: `longest` is missing"),
        (9, "model `me/x`: `pace` is missing"),
        (9, "model `me/x`: `voice` is missing"),
        (13, "model `me/x`, field `style`: `help` is missing; a new field needs it"),
        (13, "model `me/x`, field `style`: `kind` is missing"),
        (18, "model `google/lyria2`: `price` must be an amount of US dollars"),
        (21, "model `google/lyria2`, field `seed`: `min` 9 is above `max` 8"),
        (23, "model 4: `id` must say which model is meant"),
        (28, "model `stable-audio`: `hidden` takes true or false"),
        (29, "model `stable-audio`, field 1: `name` must say which field is meant"),
        (33, "model `minimax/music-1.5`: `pace` must be at least 1 second"),
        (34, "model `stable-audio`: `id` `stable-audio` stands in the file twice"),
        (36, "`modls` is no key of a catalogue"),
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for ((line, what), (told_line, told)) in expected.iter().zip(&told) {
        assert!(line == told_line && told.starts_with(what), "{told_line}: {told}\n{line}: {what}");
    }
}

#[test]
fn a_value_of_another_type_is_answered_in_words_and_not_in_types_of_the_program() {
    let cheap = mistakes("[[models]]\nid = \"google/lyria2\"\nprice = \"cheap\"\n");
    let told: Vec<String> = cheap.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["model `google/lyria2`: `price` is \"cheap\"; it takes a number"]);
}

#[test]
fn a_rule_that_is_broken_is_told_in_the_line_that_breaks_it() {
    let table = [
        (format!("{NEW}drops = [\"x\"]\n"), 17, "drops", "`drops` and `excuses` are for the kind `flag`"),
        (NEW.replace("\"not-sent\"", "\"tags\""), 7, "dialect", "`dialect` `tags` needs a field `lyrics`"),
        (
            NEW.replace("label = \"hum-1\"", "label = \"music-2.0\""),
            4,
            "label",
            "is already a name of `minimax/music-2.0`",
        ),
        (NEW.replace("\"prompt\"", "\"model\""), 12, "fields", "`wire` `model` collides with `model`"),
        // Of two models the one that the file speaks of is told, also where it stands before the other.
        (
            "[[models]]\nid = \"minimax/music-2.0\"\naliases = [\"lyria2\"]\n".to_owned(),
            3,
            "aliases",
            "model `minimax/music-2.0`: `lyria2` is already a name of `google/lyria2`",
        ),
    ];
    for (text, line, key, rule) in table {
        let mistakes = mistakes(&text);
        assert_eq!(mistakes.len(), 1, "{text}: {mistakes:#?}");
        let told = &mistakes[0];
        assert_eq!((told.line, told.key.as_str()), (line, key), "{told:?}");
        assert!(told.to_string().contains(rule), "{told}");
    }
}

#[test]
fn what_is_no_toml_is_told_with_its_line() {
    let told = mistakes("[[models]]\nid = \"x\"\nid = \"y\"\n");
    assert_eq!((told.len(), told[0].line), (1, 3), "{told:?}");
    assert!(mistakes("models = 3\n")[0].to_string().contains("`models` takes tables"));
}
