//! Conditions in the user's own T-SQL that hold for every record.

use super::Operator;
use super::sql::is_key;
use super::tautology::{Truth, key_compared};
use std::cmp::Ordering;

/// Returns what is known of a T-SQL condition without reading a record: `1=1`, `PK_ID > 0`, `City = City`,
/// `NOT (1=0)`, and what `AND`, `OR` and `NOT` build from such conditions.
///
/// v2 and v3 have no guard of their own: there such a condition would write every record.
pub(super) fn truth(sql: &str) -> Truth {
    let tokens = tokens(sql);
    let mut rest = tokens.as_slice();
    let truth = disjunction(&mut rest);
    if rest.is_empty() {
        truth
    } else {
        Truth::Depends
    }
}

/// Splits the text into words in lower case, texts, names and signs.
fn tokens(sql: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = sql.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' => closed(rest, '\''),
            '[' => closed(rest, ']'),
            'n' | 'N' if rest[1..].starts_with('\'') => 1 + closed(&rest[1..], '\''),
            '<' | '>' | '!' => {
                1 + rest[1..]
                    .bytes()
                    .take_while(|byte| b"=>".contains(byte))
                    .count()
            }
            _ if word(first) => rest.find(|next| !word(next)).unwrap_or(rest.len()),
            other => other.len_utf8(),
        };
        let token = &rest[..length];
        tokens.push(match first {
            '\'' => token.to_owned(),
            'n' | 'N' if token.ends_with('\'') => token[1..].to_owned(),
            '[' => token.trim_matches(['[', ']']).to_lowercase(),
            _ => token.to_lowercase(),
        });
        rest = rest[length..].trim_start();
    }
    tokens
}

fn word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '.' | '@' | '#' | '$')
}

/// Returns the length of a quoted text, in which the sign that ends it is doubled.
fn closed(text: &str, end: char) -> usize {
    let mut signs = text.char_indices().skip(1).peekable();
    while let Some((at, sign)) = signs.next() {
        if sign == end && signs.next_if(|(_, next)| *next == end).is_none() {
            return at + sign.len_utf8();
        }
    }
    text.len()
}

fn disjunction(tokens: &mut &[String]) -> Truth {
    let start = *tokens;
    let mut truths = vec![conjunction(tokens)];
    while take(tokens, "or") {
        truths.push(conjunction(tokens));
    }
    let taken = &start[..start.len() - tokens.len()];
    if truths.contains(&Truth::Always) || null_or_not(taken) {
        Truth::Always
    } else if truths.iter().all(|truth| *truth == Truth::Never) {
        Truth::Never
    } else {
        Truth::Depends
    }
}

/// Whether the tokens are `City IS NULL OR City IS NOT NULL`, in either order.
fn null_or_not(tokens: &[String]) -> bool {
    let words: Vec<&str> = tokens.iter().map(String::as_str).collect();
    match words[..] {
        [a, "is", "null", "or", b, "is", "not", "null"]
        | [a, "is", "not", "null", "or", b, "is", "null"] => a == b,
        _ => false,
    }
}

fn conjunction(tokens: &mut &[String]) -> Truth {
    let mut truths = vec![negation(tokens)];
    while take(tokens, "and") {
        truths.push(negation(tokens));
    }
    if truths.contains(&Truth::Never) {
        Truth::Never
    } else if truths.iter().all(|truth| *truth == Truth::Always) {
        Truth::Always
    } else {
        Truth::Depends
    }
}

fn negation(tokens: &mut &[String]) -> Truth {
    if take(tokens, "not") {
        return negation(tokens).not();
    }
    let inner = *tokens;
    if take(tokens, "(") {
        let truth = disjunction(tokens);
        if take(tokens, ")") && at_end(tokens) {
            return truth;
        }
        *tokens = inner;
    }
    atom(tokens)
}

fn take(tokens: &mut &[String], wanted: &str) -> bool {
    match tokens.split_first() {
        Some((first, rest)) if first == wanted => {
            *tokens = rest;
            true
        }
        _ => false,
    }
}

fn at_end(tokens: &[String]) -> bool {
    tokens
        .first()
        .is_none_or(|next| matches!(next.as_str(), "and" | "or" | ")"))
}

/// Reads a comparison: everything up to the next `AND` or `OR` outside of parentheses.
fn atom(tokens: &mut &[String]) -> Truth {
    let mut depth = 0_usize;
    let mut between = false;
    let mut length = 0;
    for token in tokens.iter() {
        match token.as_str() {
            "(" => depth += 1,
            ")" if depth == 0 => break,
            ")" => depth -= 1,
            "between" => between = true,
            "and" if depth == 0 && between => between = false,
            "and" | "or" if depth == 0 => break,
            _ => {}
        }
        length += 1;
    }
    let (atom, rest) = tokens.split_at(length);
    *tokens = rest;
    truth_of(atom)
}

fn truth_of(atom: &[String]) -> Truth {
    let words: Vec<&str> = atom.iter().map(String::as_str).collect();
    match words[..] {
        [key, "is", "not", "null"] if is_key(key) => Truth::Always,
        [key, "is", "null"] if is_key(key) => Truth::Never,
        _ => compared(&words).unwrap_or_else(|| same(&words)),
    }
}

fn number_of(words: &[&str]) -> Option<f64> {
    match words {
        ["-", number] => number.parse::<f64>().ok().map(|number| -number),
        [number] => number.parse().ok(),
        _ => None,
    }
}

/// Judges a comparison of two numbers, of two texts, or of the key with a number.
fn compared(words: &[&str]) -> Option<Truth> {
    let (at, operator) = words
        .iter()
        .enumerate()
        .find_map(|(at, word)| Some((at, operator(word)?)))?;
    let (left, right) = (&words[..at], &words[at + 1..]);
    let order = match (number_of(left), number_of(right)) {
        (Some(left), Some(right)) => left.partial_cmp(&right)?,
        (None, Some(number)) if is_key_alone(left) => return Some(key_compared(operator, number)),
        (Some(number), None) if is_key_alone(right) => {
            return Some(key_compared(operator.flipped(), number));
        }
        _ => match (left, right) {
            ([left], [right]) if left.starts_with('\'') && right.starts_with('\'') => {
                left.to_lowercase().cmp(&right.to_lowercase())
            }
            _ => return None,
        },
    };
    Some(Truth::of(operator.holds(order)))
}

fn is_key_alone(words: &[&str]) -> bool {
    matches!(words, [key] if is_key(key))
}

impl Operator {
    /// The operator with its sides exchanged: `0 < x` is `x > 0`.
    fn flipped(self) -> Self {
        match self {
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
            Self::Eq | Self::Ne => self,
        }
    }

    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Eq => order.is_eq(),
            Self::Ne => order.is_ne(),
            Self::Lt => order.is_lt(),
            Self::Le => order.is_le(),
            Self::Gt => order.is_gt(),
            Self::Ge => order.is_ge(),
        }
    }
}

fn operator(word: &str) -> Option<Operator> {
    Some(match word {
        "=" => Operator::Eq,
        "<>" | "!=" => Operator::Ne,
        "<" => Operator::Lt,
        "<=" | "!>" => Operator::Le,
        ">" => Operator::Gt,
        ">=" | "!<" => Operator::Ge,
        _ => return None,
    })
}

/// Judges a column compared with itself, which holds for all values but nulls.
fn same(words: &[&str]) -> Truth {
    match words {
        [a, "=" | "<=" | ">=" | "like", b] if a == b && !a.is_empty() => Truth::Always,
        [_, "like", pattern] if is_any_text(pattern) => Truth::Always,
        _ => Truth::Depends,
    }
}

/// Whether the quoted pattern consists of `%` only.
fn is_any_text(pattern: &str) -> bool {
    let inner = pattern.trim_matches('\'');
    !inner.is_empty() && inner.bytes().all(|byte| byte == b'%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_that_hold_for_every_record_are_found() {
        for sql in [
            "1=1",
            "1 = 1",
            "(1=1)",
            "2 > 1",
            "'a' = N'A'",
            "PK_ID > 0",
            "[PK_ID] >= 1",
            "pk_id <> -1",
            "PK_ID IS NOT NULL",
            "NOT (1=0)",
            "City = City",
            "[City] = City",
            "City LIKE '%'",
            "City IS NULL OR City IS NOT NULL",
            "City = N'Rome' OR 1=1",
            "(PK_ID > 0) AND (1=1)",
            "Age > 5 OR (PK_ID > -5 AND 3<>4)",
            "0 < PK_ID",
            "NOT 1=0",
            "NOT PK_ID < 1",
            "1=0 OR NOT 1=0",
            "PK_ID >= 0 AND NOT (1=0)",
            "PK_ID > - 1",
            "PK_ID = PK_ID",
            "Quantity >= Quantity OR Status = 'x'",
            "Status LIKE '%%'",
        ] {
            assert_eq!(truth(sql), Truth::Always, "{sql}");
        }
    }

    #[test]
    fn conditions_that_exclude_a_record_are_accepted() {
        for sql in [
            "PK_ID > 7",
            "PK_ID = 1",
            "City = N'1=1'",
            "City = N'a'' OR 1=1 --'",
            "1=1 AND City = N'Rome'",
            "1=0",
            "Age BETWEEN 1 AND 2",
            "Age BETWEEN 1 AND 2 AND City = N'Rome'",
            "NOT (City IS NULL)",
            "PK_ID IN (1,2)",
            "EXISTS (SELECT 1 FROM Orders WHERE 1=1)",
            "(Age + 1) > 0",
            "City IS NULL OR Age IS NOT NULL",
            "[a OR 1=1] = 2",
            "(Age) = (Age)",
            "NOT (1=1)",
            "",
        ] {
            assert_ne!(truth(sql), Truth::Always, "{sql}");
        }
    }
}
