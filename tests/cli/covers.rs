//! What the commands say of a reference that is a file, before anything is ordered.

use jiff::Timestamp;
use refrain::domain::recording::Frozen;

use crate::support::studio::Studio;

const NAME: &str = "ab12.wav";

/// A studio with a file of that length and size among its references.
fn studio_with(duration_ms: u64, bytes: u64) -> Studio {
    let studio = Studio::new();
    let frozen = Frozen { name: NAME.to_owned(), content: "ab12".to_owned(), bytes, duration_ms, converted: None };
    let file = std::path::Path::new("/home/mara/demo.wav");
    studio.store().keep_recording("Mara demo", file, None, &frozen, Timestamp::now()).unwrap();
    studio
}

fn cover<'a>(command: &'a [&'a str], model: &'a str, reference: &'a str) -> Vec<&'a str> {
    [command, &["--model", model, "--prompt", "slow waltz, brushed drums", "--set", reference]].concat()
}

#[test]
fn check_calls_a_file_by_its_name_and_tells_what_the_model_makes_of_it() {
    let studio = studio_with(4_000, 50_100_000);
    let reference = format!("reference=recording:{NAME}");
    let told = studio.run(cover(&["check"], "music-cover", &reference));
    assert_eq!(told.code, 2, "{told:?}");
    for sentence in [
        "must fix  reference is `Mara demo`, 50.1 MB, music-cover takes at most 50.0 MB",
        "look      reference is `Mara demo`, 0:04 long, music-cover is said to take at least 0:06",
    ] {
        assert!(told.out.contains(sentence), "{sentence}: {told:?}");
    }
    let legacy = studio.run(cover(&["check"], "minimax-music", &reference));
    assert!(
        legacy.out.contains("`Mara demo`, a file of this machine, minimax-music takes only an address"),
        "{legacy:?}"
    );
}

#[test]
fn a_dry_run_prints_the_request_and_says_which_file_goes_along() {
    let studio = studio_with(42_000, 3_200_000);
    let reference = format!("reference=recording:{NAME}");
    let told = studio.run(cover(&["generate", "--dry-run"], "music-cover", &reference));
    assert_eq!(told.code, 0, "{told:?}");
    assert_eq!(told.json()["reference_audio_url"]["$recording"], NAME);
    assert!(told.err.contains("note: Mara demo, 0:42, 3.2 MB, sent in Base64"), "{told:?}");
}

#[test]
fn a_path_in_a_setting_orders_nothing_and_says_how_a_file_is_given() {
    let studio = Studio::new();
    let told = studio.run(cover(&["--sandbox", "generate"], "music-cover", "reference=/home/mara/demo.wav"));
    assert_eq!(told.code, 2, "{told:?}");
    assert!(told.err.contains("`/home/mara/demo.wav`, a file of this machine, to be added first"), "{told:?}");
    assert!(told.err.contains("`--reference FILE`"), "{told:?}");
}
