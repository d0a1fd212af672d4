//! Sentences of the command line as the prompt says them: a command that they name is called as it is here.

/// What begins a command of the command line that a sentence names.
const NAMED: &str = "`refrain ";

/// Commands that the prompt has for its own open song, or by a shorter name.
const OWN: [(&str, &str); 8] = [
    ("song write SONG --model", "model"),
    ("song new", "new"),
    ("reference again", "upload again"),
    ("reference stop", "upload stop"),
    ("reference forget", "forget"),
    ("reference takes", "takes with"),
    ("reference list", "references"),
    ("reference use", "use"),
];

/// The sentence for somebody at the prompt, which takes every command without `refrain`.
pub fn here(sentence: &str) -> String {
    let mut parts = sentence.split(NAMED);
    let mut said = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        said.push('`');
        // A flag stands behind the program's own name: it is said when refrain is started, and not here.
        if part.starts_with('-') {
            said.push_str(&NAMED[1..]);
        }
        said.push_str(&called(part));
    }
    said
}

fn called(part: &str) -> String {
    let own = OWN.iter().find_map(|(there, own)| {
        let rest = part.strip_prefix(there).filter(|rest| rest.starts_with([' ', '`']))?;
        Some(format!("{own}{rest}"))
    });
    own.unwrap_or_else(|| part.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_named_as_the_prompt_takes_it() {
        let table = [
            (
                "hint: music-01 does; `refrain song write SONG --model NAME` chooses another model",
                "hint: music-01 does; `model NAME` chooses another model",
            ),
            (
                "`refrain reference again 3` tries it again, `refrain reference forget 3` lets it go",
                "`upload again 3` tries it again, `forget 3` lets it go",
            ),
            ("`refrain reference again 3 --force`, takes it", "`upload again 3 --force`, takes it"),
            ("hint: `refrain reference list` shows those there are", "hint: `references` shows those there are"),
            ("`refrain reference listing`", "`reference listing`"),
            ("bring it back, or `refrain upload` another one", "bring it back, or `upload` another one"),
            ("needs the key: `refrain login`", "needs the key: `login`"),
            ("hint: `refrain --sandbox` needs no key", "hint: `refrain --sandbox` needs no key"),
            ("refrain stumbled over it", "refrain stumbled over it"),
            ("", ""),
        ];
        for (there, said) in table {
            assert_eq!(here(there), said);
        }
    }
}
