//! Names of files and folders that every file system takes.

/// A title as the name of a folder or file: no separators, controls or names that Windows reserves, no
/// dot or space at its ends, at most 80 bytes, never empty.
#[must_use]
pub fn safe(_title: &str) -> String {
    todo!()
}

/// `Night Ferry - take 007 (music-2.0).mp3`: the name of a take's file.
#[must_use]
pub fn of_take(_song: &str, _take: u32, _model_label: &str, _extension: &str) -> String {
    todo!()
}
