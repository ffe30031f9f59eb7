//! Conditions that hold for every record, which no update or delete may have.

/// Whether a T-SQL condition plainly holds for every record: `1=1`, `PK_ID > 0`, `City = City`, and what is
/// built from such by `AND`, `OR` and `NOT`.
pub(super) fn holds_always(sql: &str) -> bool {
    let tokens = tokens(sql);
    let mut rest = tokens.as_slice();
    disjunction(&mut rest) == Truth::Always && rest.is_empty()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Truth {
    Always,
    Never,
    Depends,
}

impl Truth {
    fn of(holds: bool) -> Self {
        if holds { Self::Always } else { Self::Never }
    }

    fn not(self) -> Self {
        match self {
            Self::Always => Self::Never,
            Self::Never => Self::Always,
            Self::Depends => Self::Depends,
        }
    }
}

/// Words in lower case, texts and names as they are, and signs.
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

/// How long a quoted text is; the sign that ends it is doubled inside.
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

/// `City IS NULL OR City IS NOT NULL`, in either order.
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

/// A comparison: everything up to the next `AND` or `OR` outside of parentheses.
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
        ["pk_id", "is", "not", "null"] => Truth::Always,
        ["pk_id", "is", "null"] => Truth::Never,
        ["pk_id", sign, ref number @ ..] => {
            number_of(number).map_or_else(|| same(&words), |number| of_key(sign, number))
        }
        _ => constants(&words).unwrap_or_else(|| same(&words)),
    }
}

/// Keys count from 1.
fn of_key(sign: &str, number: f64) -> Truth {
    let always = match sign {
        ">" => number < 1.0,
        ">=" => number <= 1.0,
        "<>" | "!=" => number < 1.0,
        _ => false,
    };
    if always {
        Truth::Always
    } else {
        Truth::Depends
    }
}

fn number_of(words: &[&str]) -> Option<f64> {
    match words {
        ["-", number] => number.parse::<f64>().ok().map(|number| -number),
        [number] => number.parse().ok(),
        _ => None,
    }
}

/// A comparison of two numbers or two texts.
#[allow(clippy::float_cmp, reason = "constants as they were written")]
fn constants(words: &[&str]) -> Option<Truth> {
    let at = words
        .iter()
        .position(|word| matches!(*word, "=" | "<>" | "!=" | "<" | "<=" | ">" | ">="))?;
    let (left, right) = (&words[..at], &words[at + 1..]);
    let order = match (number_of(left), number_of(right)) {
        (Some(left), Some(right)) => left.partial_cmp(&right)?,
        _ => match (left, right) {
            ([left], [right]) if left.starts_with('\'') && right.starts_with('\'') => {
                left.to_lowercase().cmp(&right.to_lowercase())
            }
            _ => return None,
        },
    };
    Some(Truth::of(match words[at] {
        "=" => order.is_eq(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        _ => order.is_ne(),
    }))
}

/// A column compared with itself, which holds for all but nulls.
fn same(words: &[&str]) -> Truth {
    match words {
        [a, "=" | "<=" | ">=" | "like", b] if a == b && !a.is_empty() => Truth::Always,
        [_, "like", "'%'"] => Truth::Always,
        _ => Truth::Depends,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_for_every_record_is_seen() {
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
        ] {
            assert!(holds_always(sql), "{sql}");
        }
    }

    #[test]
    fn what_leaves_a_record_out_is_let_through() {
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
            "",
        ] {
            assert!(!holds_always(sql), "{sql}");
        }
    }
}
