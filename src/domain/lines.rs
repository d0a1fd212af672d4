//! Lines of a text, for messages that say where something stands.

/// The line, counted from 1, in which the byte at `offset` stands.
#[must_use]
pub fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
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
}
