//! The singular of a table's name, for the name of its record.

/// Irregular plurals, and words that only look like plurals.
const OWN: &[(&str, &str)] = &[
    ("children", "child"),
    ("cookies", "cookie"),
    ("movies", "movie"),
    ("news", "news"),
    ("people", "person"),
    ("series", "series"),
    ("species", "species"),
];

/// Returns the singular of a lower-case English word, by its ending.
///
/// | ending | becomes | |
/// |---|---|---|
/// | `ss`, `us`, `is`, or up to three letters | stays | `Address`, `Status`, `Analysis`, `SMS` |
/// | `ies` | `y` | `Categories`, `Category` |
/// | `sses`, `shes`, `ches`, `xes`, `zes` | without `es` | `Addresses`, `Address` |
/// | `uses` after a consonant | without `es` | `Statuses`, `Status` |
/// | any other `s` | without it | `Contacts`, `Contact` |
pub(crate) fn singular(word: &str) -> String {
    if let Some((_, own)) = OWN.iter().find(|(plural, _)| *plural == word) {
        return (*own).to_owned();
    }
    let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    let without = |count: usize| word[..word.len() - count].to_owned();
    if word.chars().count() <= 3 || ends(&["ss", "us", "is"]) {
        return word.to_owned();
    }
    if word.ends_with("ies") && word.len() > 4 {
        return without(3) + "y";
    }
    let of_us = word.ends_with("uses") && !ends(&["auses", "ouses"]);
    if of_us || ends(&["sses", "shes", "ches", "xes", "zes"]) {
        return without(2);
    }
    if word.ends_with('s') {
        return without(1);
    }
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_become_singulars_by_their_ending() {
        for (plural, one) in [
            ("contacts", "contact"),
            ("addresses", "address"),
            ("categories", "category"),
            ("boxes", "box"),
            ("branches", "branch"),
            ("statuses", "status"),
            ("warehouses", "warehouse"),
            ("invoices", "invoice"),
            ("people", "person"),
        ] {
            assert_eq!(singular(plural), one);
        }
    }

    #[test]
    fn other_words_do_not_change() {
        for word in [
            "address", "status", "analysis", "sms", "news", "contact", "größe", "s", "",
        ] {
            assert_eq!(singular(word), word);
        }
    }
}
