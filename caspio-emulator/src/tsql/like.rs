//! `LIKE` patterns.

/// One step of a pattern.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// `%`
    Any,
    /// `_`
    One,
    Char(char),
    Set {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

/// A pattern ready to be matched.
#[derive(Debug)]
pub(super) struct Pattern {
    steps: Vec<Step>,
}

impl Pattern {
    /// Reads a pattern: `%`, `_`, `[a-c]`, `[^x]`, and an escape character if there is one.
    pub(super) fn new(pattern: &str, escape: Option<char>) -> Self {
        let chars: Vec<char> = pattern.chars().map(fold).collect();
        let escape = escape.map(fold);
        let mut steps = Vec::with_capacity(chars.len());
        let mut at = 0;
        while let Some(&char) = chars.get(at) {
            let rest = chars.get(at + 1..).unwrap_or_default();
            let (step, length) = step(char, rest, escape);
            if step != Step::Any || steps.last() != Some(&Step::Any) {
                steps.push(step);
            }
            at += length;
        }
        Self { steps }
    }

    /// Whether the whole text matches, whatever the case.
    pub(super) fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().map(fold).collect();
        let (mut at, mut step) = (0, 0);
        let mut retry = None;
        while let Some(&char) = text.get(at) {
            match self.steps.get(step) {
                Some(Step::Any) => {
                    retry = Some((at, step));
                    step += 1;
                }
                Some(one) if one.takes(char) => {
                    at += 1;
                    step += 1;
                }
                // Going back to the last `%` alone is enough, and never exponential.
                _ => match retry {
                    None => return false,
                    Some((from, any)) => {
                        retry = Some((from + 1, any));
                        at = from + 1;
                        step = any + 1;
                    }
                },
            }
        }
        self.steps
            .get(step..)
            .unwrap_or_default()
            .iter()
            .all(|rest| *rest == Step::Any)
    }
}

impl Step {
    fn takes(&self, char: char) -> bool {
        match self {
            Self::Any => false,
            Self::One => true,
            Self::Char(own) => *own == char,
            Self::Set { negated, ranges } => {
                ranges
                    .iter()
                    .any(|(from, to)| (*from..=*to).contains(&char))
                    != *negated
            }
        }
    }
}

/// Reads one step and says how many characters it took.
fn step(char: char, rest: &[char], escape: Option<char>) -> (Step, usize) {
    match (char, rest.first()) {
        (char, Some(&next)) if Some(char) == escape => (Step::Char(next), 2),
        ('%', _) => (Step::Any, 1),
        ('_', _) => (Step::One, 1),
        ('[', _) => match set(rest) {
            Some((set, length)) => (set, length + 1),
            None => (Step::Char('['), 1),
        },
        (char, _) => (Step::Char(char), 1),
    }
}

/// Reads a set behind its bracket; without a closing bracket it is none.
fn set(rest: &[char]) -> Option<(Step, usize)> {
    let negated = rest.first() == Some(&'^');
    let start = usize::from(negated);
    let end = start + rest.get(start..)?.iter().position(|char| *char == ']')?;
    let mut ranges = Vec::new();
    let mut members = rest.get(start..end)?;
    while let [first, others @ ..] = members {
        match others {
            ['-', last, tail @ ..] => {
                ranges.push((*first, *last));
                members = tail;
            }
            _ => {
                ranges.push((*first, *first));
                members = others;
            }
        }
    }
    Some((Step::Set { negated, ranges }, end + 1))
}

/// One character stands for all its cases.
fn fold(char: char) -> char {
    if char.is_ascii() {
        return char.to_ascii_lowercase();
    }
    let mut lower = char.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) => lower,
        _ => char,
    }
}
