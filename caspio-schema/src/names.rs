//! Comparing names, and "did you mean": the nearest of a few known names.

/// Returns whether two names of tables, views or fields are the same for Caspio, which ignores their case, also that
/// of letters outside ASCII.
///
/// ```
/// use caspio_schema::is_same_name;
///
/// assert!(is_same_name("Übung", "üBUNG"));
/// assert!(!is_same_name("First_Name", "FirstName"));
/// ```
#[must_use]
pub fn is_same_name(one: &str, other: &str) -> bool {
    let lower = |name| str::chars(name).flat_map(char::to_lowercase);
    one.eq_ignore_ascii_case(other)
        || !(one.is_ascii() && other.is_ascii()) && lower(one).eq(lower(other))
}

/// Returns the position of the name among those of tables or views: the one of the same spelling, otherwise the first
/// that differs in case only.
///
/// An account may have tables whose names differ in case only.
///
/// ```
/// use caspio_schema::position_of_name;
///
/// let names = ["Time_Off", "Time_off"];
/// assert_eq!(position_of_name(names, "Time_off"), Some(1));
/// assert_eq!(position_of_name(names, "TIME_OFF"), Some(0));
/// ```
pub fn position_of_name<'a>(
    names: impl IntoIterator<Item = &'a str>,
    wanted: &str,
) -> Option<usize> {
    let mut similar = None;
    for (at, name) in names.into_iter().enumerate() {
        if name == wanted {
            return Some(at);
        }
        if similar.is_none() && is_same_name(name, wanted) {
            similar = Some(at);
        }
    }
    similar
}

/// Returns a name in the form that all of its spellings share, as a key of a map: names that [`is_same_name`] treats
/// as one.
///
/// ```
/// assert_eq!(caspio_schema::folded_name("ÜBUNG"), "übung");
/// ```
#[must_use]
pub fn folded_name(name: &str) -> String {
    name.chars().flat_map(char::to_lowercase).collect()
}

/// Returns the candidate nearest to `name`, if it is close enough to be a typo. Case and separators, the most common
/// mistakes, are ignored.
///
/// ```
/// assert_eq!(caspio_schema::nearest("FristName", ["Email", "First_Name"]), Some("First_Name"));
/// assert_eq!(caspio_schema::nearest("Age", ["Email", "First_Name"]), None);
/// ```
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(name);
    let measured = candidates
        .into_iter()
        .map(|candidate| (distance(&folded, &fold(candidate)), candidate));
    let (distance, candidate) = measured.min_by_key(|(distance, _)| *distance)?;
    let allowed = (name.chars().count() / 3).max(1);
    (distance <= allowed).then_some(candidate)
}

fn fold(word: &str) -> Vec<char> {
    word.chars()
        .filter(|c| !matches!(c, '_' | '-' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Counts the characters to insert, delete, replace or swap with a neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        for (a, b, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("abc", "acb", 1),
            ("abc", "abd", 1),
            ("kitten", "sitting", 3),
        ] {
            let (a, b): (Vec<_>, Vec<_>) = (a.chars().collect(), b.chars().collect());
            assert_eq!(distance(&a, &b), expected, "{a:?} {b:?}");
        }
    }
}
