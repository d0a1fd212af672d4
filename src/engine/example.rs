//! The song that a new sandbox starts with, so that there is something to change and order at once.

use crate::domain::draft::Draft;

/// Its title.
pub const TITLE: &str = "Paper Boats";

const STYLE: &str =
    "slow folk waltz, 84 bpm, nylon guitar, upright bass, brushed drums, warm low voice, close to the microphone";

const LYRICS: &str = "\
[Verse 1]
I folded up the letter you forgot beside the door
And set it on the water where the gutter meets the shore
It carried half an answer and a question and a stain
And turned around the corner with the leaves and with the rain

[Chorus]
Paper boats, paper boats
Everything I meant to say still floats
Let the river read them to the sea
Paper boats, and bring one back to me

[Verse 2]
The children down at Miller's Bridge have fished one from the weir
They spelled it out by lamplight and they thought that it was clear
That someone loved somebody and had left the heating on
They dried it on the railing and by morning it was gone

[Chorus]
Paper boats, paper boats
Everything I meant to say still floats
Let the river read them to the sea
Paper boats, and bring one back to me

[Outro]
Bring one back to me";

/// Its draft, for a model of the catalogue.
#[must_use]
pub fn draft(model: &str) -> Draft {
    Draft { model: model.to_owned(), style: STYLE.to_owned(), lyrics: LYRICS.to_owned(), ..Draft::default() }
}
