//! Where sections begin, for moving from one to the next.

/// Whether a line is nothing but a section tag, `[Verse 1]`.
pub fn is_tag(line: &str) -> bool {
    let tag = line.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    tag.is_some_and(|name| !name.trim().is_empty() && !name.contains(['[', ']']))
}

/// Whether a section begins at a line: at a tag, and after blank lines.
fn begins(lines: &[String], line: usize) -> bool {
    let blank = |at: usize| lines[at].trim().is_empty();
    !blank(line) && (line == 0 || blank(line - 1) || is_tag(&lines[line]))
}

/// The first line of the next section.
pub fn next(lines: &[String], line: usize) -> Option<usize> {
    (line + 1..lines.len()).find(|at| begins(lines, *at))
}

/// The first line of the section that `line` lies within or, with `leave`, of one before it.
pub fn previous(lines: &[String], line: usize, leave: bool) -> Option<usize> {
    (0..line + usize::from(!leave)).rev().find(|at| begins(lines, *at))
}
