//! A newtype or an enum of words as the type of a column, as parsed.

use crate::attr;
use crate::errors::Errors;
use crate::model::last_word;
use crate::value_options::{ValueOptions, VariantOptions};
use caspio_schema::RenameRule;
use proc_macro2::{Ident, Span};
use std::collections::HashMap;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DataEnum, DeriveInput, Field, Fields, Member, Type, Variant};

/// The type of a column.
pub(crate) enum ValueType {
    Newtype(Newtype),
    Words(Words),
}

/// A struct with one field.
pub(crate) struct Newtype {
    pub(crate) member: Member,
    pub(crate) ty: Type,
}

/// An enum whose variants are words.
pub(crate) struct Words {
    pub(crate) words: Vec<Word>,
    /// The variant for other words, with the type of its text.
    pub(crate) other: Option<(Ident, Type)>,
    /// Whether serde's traits are implemented.
    pub(crate) serde: bool,
}

/// A variant and its word.
pub(crate) struct Word {
    pub(crate) variant: Ident,
    pub(crate) word: String,
}

impl ValueType {
    /// Reads the type; `None` if it has a shape that no column's type can have.
    pub(crate) fn read(
        input: &DeriveInput,
        options: &ValueOptions,
        errors: &mut Errors,
    ) -> Option<Self> {
        if let Some(param) = input.generics.params.first() {
            errors.push(
                param.span(),
                "`CaspioValue` is for types without parameters; for this one implement \
                 `caspio::field::FieldType`, `Field` and `ToValue`",
            );
            return None;
        }
        match &input.data {
            Data::Struct(data) => newtype(input, &data.fields, errors).map(Self::Newtype),
            Data::Enum(data) => words(input, data, options, errors).map(Self::Words),
            Data::Union(data) => {
                errors.push(
                    data.union_token.span,
                    "`CaspioValue` is for structs with one field and for enums; this is a union",
                );
                None
            }
        }
    }
}

fn newtype(input: &DeriveInput, fields: &Fields, errors: &mut Errors) -> Option<Newtype> {
    let mut members = fields.members().zip(fields);
    let Some((member, field)) = members.next() else {
        errors.push(
            input.ident.span(),
            "the type of a column has one field, `struct OrderId(i64)`; this struct has none",
        );
        return None;
    };
    if let Some((_, second)) = members.next() {
        errors.push(
            second.span(),
            "the type of a column has one field, `struct OrderId(i64)`; \
             a struct with a field for each column derives `CaspioTable`",
        );
        return None;
    }
    for item in attr::items(&field.attrs, errors) {
        errors.push(
            item.key.span(),
            "the field of a newtype has no attributes; those of a column belong on the field of the record",
        );
    }
    Some(Newtype {
        member,
        ty: field.ty.clone(),
    })
}

fn words(
    input: &DeriveInput,
    data: &DataEnum,
    options: &ValueOptions,
    errors: &mut Errors,
) -> Option<Words> {
    if data.variants.is_empty() {
        errors.push(
            input.ident.span(),
            "an enum for a column has a variant for each word; this one has none",
        );
        return None;
    }
    let rule = options.rename_all.as_ref().and_then(|set| set.value);
    let mut read = Words {
        words: Vec::new(),
        other: None,
        serde: options.serde.is_some(),
    };
    let mut seen = HashMap::new();
    for variant in &data.variants {
        let marks = VariantOptions::read(&variant.attrs, errors);
        if marks.other.is_some() {
            other(variant, &marks, &mut read.other, errors);
        } else if let Some((word, span)) = word(variant, marks, rule, errors) {
            distinct(&mut seen, variant, &word, span, errors);
            read.words.push(Word {
                variant: variant.ident.clone(),
                word,
            });
        }
    }
    Some(read)
}

/// Reads the variant for other words.
fn other(
    variant: &Variant,
    options: &VariantOptions,
    found: &mut Option<(Ident, Type)>,
    errors: &mut Errors,
) {
    if let (Some((first, _)), Some(set)) = (found.as_ref(), &options.other) {
        errors.push(
            set.key.span(),
            format!("`{first}` is the variant for other words already"),
        );
    }
    if let Some(set) = &options.rename {
        errors.push(
            set.key.span(),
            "`rename` has no effect: this variant is for the words that no other variant has",
        );
    }
    match &variant.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            for Field { ty, .. } in &fields.unnamed {
                if is_no_text(ty) {
                    errors.push(ty.span(), holds_a_word(&variant.ident));
                }
                *found = Some((variant.ident.clone(), ty.clone()));
            }
        }
        _ => errors.push(variant.ident.span(), holds_a_word(&variant.ident)),
    }
}

fn holds_a_word(variant: &Ident) -> String {
    format!("the variant for other words holds the word: `{variant}(String)`")
}

/// Whether a type's name shows that it does not hold a text. The compiler checks other types.
fn is_no_text(ty: &Type) -> bool {
    const OTHERS: &[&str] = &[
        "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64", "bool", "char",
    ];
    last_word(ty).is_some_and(|word| OTHERS.iter().any(|other| word == other))
}

/// Returns the word of a variant, and the position of its name in the code.
fn word(
    variant: &Variant,
    options: VariantOptions,
    rule: Option<RenameRule>,
    errors: &mut Errors,
) -> Option<(String, Span)> {
    if !matches!(variant.fields, Fields::Unit) {
        errors.push(
            variant.fields.span(),
            format!(
                "a variant with data is the one for words that no other variant has: \
                 mark `{}` with `#[caspio(other)]`, or remove its data",
                variant.ident
            ),
        );
        return None;
    }
    if let Some(set) = options.rename {
        let rename = set.value?;
        return Some((rename.value(), rename.span()));
    }
    let name = variant.ident.unraw().to_string();
    let word = by_rule(&name, rule.unwrap_or(RenameRule::None));
    Some((word, variant.ident.span()))
}

/// Two variants with one word: reading it could not choose.
fn distinct<'v>(
    seen: &mut HashMap<String, &'v Ident>,
    variant: &'v Variant,
    word: &str,
    span: Span,
    errors: &mut Errors,
) {
    match seen.get(word) {
        Some(first) => errors.push(
            span,
            format!("the word {word:?} is the variant `{first}` already"),
        ),
        None => {
            seen.insert(word.to_owned(), &variant.ident);
        }
    }
}

/// Returns the word for the name of a variant, whose words begin with capitals: `InProgress`.
fn by_rule(name: &str, rule: RenameRule) -> String {
    match rule {
        RenameRule::Pascal | RenameRule::Lower | RenameRule::Upper | RenameRule::None => {
            rule.apply(name)
        }
        RenameRule::Camel => rule.apply(&uncapitalised(&split(name))),
        rule => rule.apply(&split(name)),
    }
}

/// Puts an underscore before each word: `In_Progress`. Several capitals are one word, `US_Dollar`.
fn split(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut words = String::with_capacity(name.len() + 4);
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| letters.get(before));
        let after = letters.get(index + 1);
        let begins = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_numeric()
                    || before.is_uppercase() && after.is_some_and(|after| after.is_lowercase())
            });
        if begins {
            words.push('_');
        }
        words.push(*letter);
    }
    words
}

/// Writes the first word in small letters.
fn uncapitalised(name: &str) -> String {
    let (first, rest) = name.split_once('_').unwrap_or((name, ""));
    let separator = if rest.is_empty() { "" } else { "_" };
    format!("{}{separator}{rest}", first.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_spells_variants_in_its_style() {
        for (rule, one, two, capitals) in [
            ("Title Case", "Open", "In Progress", "US Dollar 2"),
            ("Title_Snake", "Open", "In_Progress", "US_Dollar_2"),
            ("PascalCase", "Open", "InProgress", "USDollar_2"),
            ("camelCase", "open", "inProgress", "usDollar2"),
            ("snake_case", "open", "in_progress", "us_dollar_2"),
            ("SCREAMING_SNAKE_CASE", "OPEN", "IN_PROGRESS", "US_DOLLAR_2"),
            ("lowercase", "open", "inprogress", "usdollar_2"),
            ("UPPERCASE", "OPEN", "INPROGRESS", "USDOLLAR_2"),
            ("none", "Open", "InProgress", "USDollar_2"),
        ] {
            let rule = RenameRule::from_name(rule).expect(rule);

            assert_eq!(by_rule("Open", rule), one, "{rule:?}");
            assert_eq!(by_rule("InProgress", rule), two, "{rule:?}");
            if rule != RenameRule::Pascal {
                assert_eq!(by_rule("USDollar_2", rule), capitals, "{rule:?}");
            }
        }
        assert_eq!(by_rule("A4Paper", RenameRule::Title), "A4 Paper");
        assert_eq!(by_rule("ÄrgerÜber", RenameRule::Title), "Ärger Über");
    }
}
