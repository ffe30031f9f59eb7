//! T-SQL of the user's own, with bound values.

use super::literal::{Literal, ToLiteral};
use crate::field::kind;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind};

/// The values for the question marks of a raw filter: `()`, or a tuple or slice of values.
///
/// ```
/// # use caspio::filter::BindValues;
/// fn takes(_: impl BindValues) {}
/// takes(());
/// takes((5, "Berlin", caspio::dec!(9.99)));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of values for the `?` of a raw filter",
    label = "not a list of values",
    note = "give `()` for none, a tuple, `(5, \"Rome\")`, or an array or slice of values of one type"
)]
pub trait BindValues {
    /// Returns the values as T-SQL text, in order.
    fn literals(&self) -> Vec<Literal>;
}

/// A value that can replace a question mark.
///
/// ```
/// use caspio::filter::BindValue;
/// use caspio::filter::literal::Literal;
///
/// struct Sku(String);
///
/// impl BindValue for Sku {
///     fn literal(&self) -> Literal {
///         Literal::text(&self.0)
///     }
/// }
///
/// assert_eq!(Sku("A-7".to_owned()).literal().as_sql(), "N'A-7'");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand for a `?` of a raw filter",
    label = "not a value for `?`",
    note = "use text, a number, `Decimal`, `DateTime`, `Date` or `bool`"
)]
pub trait BindValue {
    /// Returns the value as T-SQL text.
    fn literal(&self) -> Literal;
}

macro_rules! raw_values {
    ($($kind:ident: $($ty:ty),*;)*) => {$($(
        impl BindValue for $ty {
            fn literal(&self) -> Literal {
                ToLiteral::<kind::$kind>::to_literal(self)
            }
        }
    )*)*};
}

raw_values! {
    Text: &str, String, &String;
    Integer: i32, i64, u32, u64;
    Number: f64;
    Currency: crate::Decimal;
    DateTime: crate::DateTime, crate::Date;
    YesNo: bool;
}

#[cfg(feature = "uuid")]
raw_values! { Guid: uuid::Uuid; }

impl BindValues for () {
    fn literals(&self) -> Vec<Literal> {
        Vec::new()
    }
}

impl<T: BindValue> BindValues for &[T] {
    fn literals(&self) -> Vec<Literal> {
        self.iter().map(BindValue::literal).collect()
    }
}

impl<T: BindValue, const N: usize> BindValues for [T; N] {
    fn literals(&self) -> Vec<Literal> {
        self.iter().map(BindValue::literal).collect()
    }
}

macro_rules! tuples {
    ($($($name:ident)+;)*) => {$(
        impl<$($name: BindValue),+> BindValues for ($($name,)+) {
            #[allow(non_snake_case, reason = "the macro names bindings after their types")]
            fn literals(&self) -> Vec<Literal> {
                let ($($name,)+) = self;
                vec![$($name.literal()),+]
            }
        }
    )*};
}

tuples! { A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H; }

/// Replaces the question marks that stand outside of quotes and brackets by the values.
///
/// The text must stay one condition when it is put into parentheses: `a) OR (b` is refused.
pub(crate) fn bind(text: &str, values: &[Literal]) -> Result<String, Error> {
    let mut sql = String::with_capacity(text.len() + values.len() * 8);
    let mut marks = 0;
    let mut end_of_quote = None;
    let (mut depth, mut is_balanced) = (0, true);
    for character in text.chars() {
        if end_of_quote.is_none() && character == '?' {
            if let Some(value) = values.get(marks) {
                sql.push_str(value.as_sql());
            }
            marks += 1;
            continue;
        }
        match (end_of_quote, character) {
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            _ => {}
        }
        is_balanced &= depth >= 0;
        end_of_quote = match (end_of_quote, character) {
            (None, '\'' | '"') => Some(character),
            (None, '[') => Some(']'),
            (Some(end), _) if end == character => None,
            (same, _) => same,
        };
        sql.push(character);
    }
    if end_of_quote.is_none() && (depth != 0 || !is_balanced) {
        let message = "a raw filter has unbalanced parentheses";
        return Err(Error::new(ErrorKind::Refused, message)
            .with_hint("close each parenthesis outside of quotes and brackets, in order"));
    }
    if marks == values.len() && end_of_quote.is_none() {
        return Ok(sql);
    }
    let message = match end_of_quote {
        Some(end) => format!("a raw filter ends inside a quotation, {end} is missing"),
        None => format!(
            "a raw filter has {marks} question marks and {} values",
            values.len()
        ),
    };
    Err(Error::new(ErrorKind::Refused, message)
        .with_hint("give one value for each `?` outside of quotes and brackets"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(text: &str, values: impl BindValues) -> Result<String, Error> {
        bind(text, &values.literals())
    }

    #[test]
    fn values_replace_the_question_marks() {
        let sql = bound("Total > ? AND City = ?", (5, "O'Fallon")).expect("as many as marks");
        assert_eq!(sql, "Total > 5 AND City = N'O''Fallon'");
    }

    #[test]
    fn question_marks_in_quotes_and_brackets_are_text() {
        let sql = bound("a = 'what?' AND [b?] = ?", (true,)).expect("one mark");
        assert_eq!(sql, "a = 'what?' AND [b?] = 1");
    }

    #[test]
    fn a_question_mark_inside_a_value_is_not_a_placeholder() {
        let sql = bound("a = ? AND b = ?", ("?", "x")).expect("two marks");
        assert_eq!(sql, "a = N'?' AND b = N'x'");
    }

    #[test]
    fn too_few_and_too_many_values_are_refused() {
        assert!(bound("a = ?", ()).is_err());
        assert!(bound("a = 1", (1,)).is_err());
        assert!(bound("a = 'open", ()).is_err());
    }

    #[test]
    fn unbalanced_parentheses_are_refused() {
        for text in ["a = 1) OR (1 = 1", "(a = 1", "a = 1)", ")("] {
            assert!(bound(text, ()).is_err(), "{text}");
        }
        for text in ["(a = 1) OR (b = 2)", "a = ')'", "[a)] = 1"] {
            assert!(bound(text, ()).is_ok(), "{text}");
        }
    }
}
