use crate::sounds;
use refrain::audio::glance::glance;
#[test]
fn show() {
    let mut files: Vec<_> = std::fs::read_dir(sounds::folder()).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    for f in files {
        let b = std::fs::read(&f).unwrap();
        let g = glance(&f);
        let h = sounds::hear(&b);
        println!(
            "{}\n   {}\n   {}",
            f.file_name().unwrap().display(),
            g.map_or_else(|e| e.to_string(), |g| format!("{g:?}")),
            h.map_or_else(
                |e| e.to_string(),
                |g| format!("{} of {} peak {} loud {} {:?}", g.length.0, g.whole.0, g.peak, g.loudness, g.outline)
            )
        );
    }
}
#[test]
fn debian() {
    let mut todo = vec![std::path::PathBuf::from(std::env::var_os("REFRAIN_RECORDINGS").unwrap())];
    while let Some(d) = todo.pop() {
        if d.is_dir() {
            todo.extend(std::fs::read_dir(d).unwrap().map(|e| e.unwrap().path()));
            continue;
        }
        if !matches!(d.extension().and_then(|e| e.to_str()), Some("wav" | "mp3" | "flac" | "ogg")) {
            continue;
        }
        let start = std::time::Instant::now();
        let g = glance(&d);
        let h = sounds::hear(&std::fs::read(&d).unwrap());
        println!(
            "RES\t{}\t{}\t{}\t{:?}",
            d.display(),
            g.map_or_else(|e| e.to_string(), |g| format!("{:?} {}", g.length.map(|l| l.0), g.about)),
            h.map_or_else(
                |e| e.to_string(),
                |g| format!("OK {} {} {} {}", g.whole.0, g.outline.rate, g.outline.channels, g.peak)
            ),
            start.elapsed()
        );
    }
}
