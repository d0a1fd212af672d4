//! Lines of a text, for messages that say where something stands.

/// The line, counted from 1, in which the byte at `offset` stands.
#[must_use]
pub fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

/// What of a line may be told where the text is no TOML: its key or its table. Behind it may stand a secret,
/// as a password in an address; a line with neither may go on with one, and gives nothing.
#[must_use]
pub fn name_in(text: &str, line: usize) -> &str {
    let shown = text.lines().nth(line.saturating_sub(1)).unwrap_or_default().trim();
    match shown.find(['=', '"', '\'']) {
        Some(end) => shown[..end].trim_end(),
        None if shown.starts_with('[') => shown,
        None => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_one_and_end_with_their_newline() {
        let text = "a\nbc\n\nd";
        let lines: Vec<usize> = (0..=text.len()).map(|offset| line_of(text, offset)).collect();
        assert_eq!(lines, [1, 1, 2, 2, 2, 3, 4, 4]);
        assert_eq!(line_of(text, 1_000), 4);
    }

    #[test]
    fn a_line_gives_its_key_or_its_table_and_nothing_behind_it() {
        let text = "[api\nbase_url = \"https://me:swordfish@\nbase_url \"https://me:swordfish@\nswordfish\n";
        let names: Vec<&str> = (1..=5).map(|line| name_in(text, line)).collect();
        assert_eq!(names, ["[api", "base_url", "base_url", "", ""]);
    }
}
