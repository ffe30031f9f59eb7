//! Names of functions whose results are like their arguments, or random.

/// Functions that are null exactly where an argument is null, and the conversions of a value that is given first.
const STRICT: [&str; 22] = [
    "abs",
    "cast",
    "ceiling",
    "charindex",
    "datalength",
    "day",
    "floor",
    "left",
    "len",
    "lower",
    "ltrim",
    "month",
    "patindex",
    "replace",
    "reverse",
    "right",
    "round",
    "rtrim",
    "sign",
    "square",
    "upper",
    "year",
];

/// Functions that return another value each time they are called.
const RANDOM: [&str; 4] = ["newid", "newsequentialid", "rand", "crypt_gen_random"];

pub(super) fn is_strict(name: &str) -> bool {
    STRICT.binary_search(&name).is_ok()
}

pub(super) fn is_random(name: &str) -> bool {
    RANDOM.contains(&name)
}
