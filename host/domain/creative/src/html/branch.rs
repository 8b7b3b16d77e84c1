//! A branch must begin and end in one place. `{% if %}` before a tag and
//! `{% endif %}` within it would make another document of each answer, and only
//! one of them would have been judged.

use super::{
    Mistake,
    mark::{Marked, Tag},
    scan::Place,
};

/// Branches whose tags stand in different places.
pub(super) fn mismatched(marked: &Marked, places: &[Option<Place>]) -> Vec<Mistake> {
    let mut open: Vec<Option<u32>> = Vec::new();
    let mut wrong = Vec::new();
    for (number, tag) in marked.tags.iter().enumerate() {
        let Tag::Branch { word, text } = tag else { continue };
        let place = places.get(number).and_then(Option::as_ref).and_then(|place| match place {
            Place::Branch { place, .. } => Some(*place),
            _ => None,
        });
        let began = match word.as_str() {
            "if" => {
                open.push(place);
                continue;
            }
            "endif" => open.pop(),
            _ => open.last().copied(),
        };
        if began.is_some_and(|began| began != place) {
            let line = places.get(number).and_then(Option::as_ref).map_or(1, Place::line);
            let what =
                format!("`{text}` must stand in the same place as its `if`: both in the text or both in one value");
            wrong.push(Mistake { line, element: String::new(), what, needle: text.clone() });
        }
    }
    wrong
}
