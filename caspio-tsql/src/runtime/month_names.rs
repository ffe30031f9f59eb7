//! The names of the months.

/// The months by their names.
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Returns the number of a month by its name or the first three letters of it.
pub(super) fn month_of(word: &str) -> Option<usize> {
    let at = MONTHS.iter().position(|month| {
        month.eq_ignore_ascii_case(word)
            || (word.len() == 3 && month[..3].eq_ignore_ascii_case(word))
    });
    at.map(|at| at + 1)
}
