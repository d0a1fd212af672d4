//! The database: whether it can be read, is sound, and is of this refrain.

use super::directories::size;
use super::finding::Finding;
use crate::store::StoreError;
use crate::store::examination::Examination;

/// A write-ahead log beyond this means that somebody holds the database open in the middle of a look.
const LONG_LOG: u64 = 64 * 1000 * 1000;

const RESCUE: &str = "keep a copy of the data folder, then `sqlite3 refrain.db .recover | sqlite3 new.db` saves what \
                      can be read";

/// What the examination of the database found.
pub fn findings(examination: &Result<Option<Examination>, StoreError>) -> Vec<Finding> {
    const CHECK: &str = "database";
    match examination {
        Ok(None) => vec![Finding::ok(CHECK, "none yet; made by the first song or order")],
        Ok(Some(found)) => vec![format(found), soundness(found)],
        Err(error) => vec![Finding::bad(CHECK, error.to_string(), RESCUE)],
    }
}

fn format(found: &Examination) -> Finding {
    const CHECK: &str = "database";
    let known = Examination::KNOWN_FORMAT;
    let told = format!("format {}, {}", found.format, size(found.bytes));
    if found.format > known {
        let told = format!("{told}, written by a newer refrain (this one knows format {known})");
        return Finding::bad(CHECK, told, "start the newer one");
    }
    if found.format < known {
        return Finding::ok(CHECK, format!("{told}; it becomes format {known} when it is next used"));
    }
    Finding::ok(CHECK, told)
}

fn soundness(found: &Examination) -> Finding {
    const CHECK: &str = "soundness";
    if let Some(first) = found.damage.first() {
        return Finding::bad(CHECK, format!("the database is damaged: {first}"), RESCUE);
    }
    let journal = match found.journal.as_str() {
        "wal" => format!("write-ahead log of {}", size(found.log_bytes)),
        other => format!("journal mode `{other}`"),
    };
    let told = format!("SQLite finds no damage; {journal}");
    if found.log_bytes > LONG_LOG {
        return Finding::look(CHECK, told, "leave every refrain for a moment: the log shrinks when nobody reads");
    }
    Finding::ok(CHECK, told)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound() -> Examination {
        let format = Examination::KNOWN_FORMAT;
        Examination { format, journal: "wal".to_owned(), damage: Vec::new(), bytes: 4096, log_bytes: 0, contents: None }
    }

    #[test]
    fn each_state_of_a_database_is_told() {
        let known = Examination::KNOWN_FORMAT;
        let missing = StoreError::Unreadable("no table".to_owned());
        let table = [
            (Ok(None), "ok", "none yet"),
            (Ok(Some(sound())), "ok", "4.1 kB"),
            (Ok(Some(Examination { format: known + 1, ..sound() })), "bad", "newer refrain"),
            (Ok(Some(Examination { format: known - 1, ..sound() })), "ok", "next used"),
            (Ok(Some(Examination { damage: vec!["row 3 missing".to_owned()], ..sound() })), "bad", "row 3 missing"),
            (Ok(Some(Examination { log_bytes: LONG_LOG + 1, ..sound() })), "look", "64.0 MB"),
            (Ok(Some(Examination { journal: "delete".to_owned(), ..sound() })), "ok", "`delete`"),
            (Err(missing), "bad", "no table"),
        ];
        for (examination, state, words) in table {
            let rows: Vec<_> = findings(&examination).iter().map(|finding| finding.rows().join(" ")).collect();
            assert!(rows.iter().any(|row| row.starts_with(state) && row.contains(words)), "{words}: {rows:#?}");
        }
    }
}
