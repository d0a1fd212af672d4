//! The line of keys for the selected reference: what its state asks for stands first, and each command has the
//! name of what it does there.

use crate::domain::standing::Case;
use crate::tui::keymap::Action::{self, self as A};
use crate::tui::state::State;

/// What keys do for references that stand alike.
struct Keys {
    cases: &'static [Case],
    /// What is most wanted there, before the usual.
    first: &'static [Action],
    /// What a command is called there, where it is not what it is called elsewhere.
    called: &'static [(Action, &'static str)],
}

const KEYS: [Keys; 4] = [
    Keys { cases: &[Case::Checking, Case::Sending, Case::Sent], first: &[A::Forget], called: &[(A::Forget, "stop")] },
    Keys {
        cases: &[Case::Waiting, Case::WaitingFor],
        first: &[A::UploadAgain, A::Forget],
        called: &[(A::UploadAgain, "try now"), (A::Forget, "stop")],
    },
    Keys { cases: &[Case::Failed], first: &[A::UploadAgain, A::Forget], called: &[(A::Forget, "put aside")] },
    Keys { cases: &[Case::Refused, Case::OfAnotherKey], first: &[A::UploadAgain], called: &[] },
];

/// For a reference that is there.
const READY: Keys = Keys { cases: &[Case::Ready], first: &[], called: &[] };

/// What is done with references, the most wanted first.
const USUAL: [Action; 9] = [
    A::UseReference,
    A::AddReference,
    A::Play,
    A::EditReference,
    A::MadeWith,
    A::UploadAgain,
    A::Forget,
    A::Filter,
    A::Back,
];

fn of_selected(state: &State) -> &'static Keys {
    let case = state.library.selected().map_or(Case::Ready, |reference| super::standing(state, reference).case);
    KEYS.iter().find(|keys| keys.cases.contains(&case)).unwrap_or(&READY)
}

/// The commands in the line of keys, the most wanted first.
pub(in crate::tui) fn actions(state: &State) -> Vec<Action> {
    let first = of_selected(state).first;
    first.iter().copied().chain(USUAL.into_iter().filter(|action| !first.contains(action))).collect()
}

/// What a command is called for the selected reference, where that is not its usual name.
pub(in crate::tui) fn called(state: &State, action: Action) -> Option<&'static str> {
    of_selected(state).called.iter().find(|(one, _)| *one == action).map(|(_, called)| *called)
}
