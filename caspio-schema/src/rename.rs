//! From a field's name in Rust to a column's name in Caspio.

/// The rule by which a field's name in Rust becomes a column's name in Caspio: `#[caspio(rename_all = "...")]`.
///
/// ```
/// use caspio_schema::RenameRule;
///
/// assert_eq!(RenameRule::default().apply("first_name"), "First_Name");
/// assert_eq!(RenameRule::Pascal.apply("first_name"), "FirstName");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RenameRule {
    /// `first_name` becomes `First_Name`.
    #[default]
    TitleSnake,
    /// `first_name` becomes `FirstName`.
    Pascal,
    /// `first_name` becomes `firstName`.
    Camel,
    /// `first_name` becomes `first_name`, in any case.
    Snake,
    /// `first_name` becomes `FIRST_NAME`.
    ScreamingSnake,
    /// `first_name` becomes `First Name`.
    Title,
    /// The name in lower case.
    Lower,
    /// The name in upper case.
    Upper,
    /// The name unchanged.
    None,
}

use RenameRule as Rule;

impl RenameRule {
    /// The rules, by the names that users write.
    pub const NAMES: &'static [&'static str] = &[
        "Title_Snake",
        "PascalCase",
        "camelCase",
        "snake_case",
        "SCREAMING_SNAKE_CASE",
        "Title Case",
        "lowercase",
        "UPPERCASE",
        "none",
    ];

    const RULES: &'static [Self] = &[
        Rule::TitleSnake,
        Rule::Pascal,
        Rule::Camel,
        Rule::Snake,
        Rule::ScreamingSnake,
        Rule::Title,
        Rule::Lower,
        Rule::Upper,
        Rule::None,
    ];

    /// The rule with this name.
    ///
    /// ```
    /// use caspio_schema::RenameRule;
    ///
    /// assert_eq!(RenameRule::from_name("PascalCase"), Some(RenameRule::Pascal));
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let index = Self::NAMES.iter().position(|known| *known == name)?;
        Self::RULES.get(index).copied()
    }

    /// The column's name for the name of a field, without `r#`.
    ///
    /// ```
    /// use caspio_schema::RenameRule;
    ///
    /// assert_eq!(RenameRule::Camel.apply("first_name"), "firstName");
    /// ```
    #[must_use]
    pub fn apply(self, field: &str) -> String {
        match self {
            Self::TitleSnake => join(field, "_", capitalised),
            Self::Title => join(field.trim_matches('_'), " ", capitalised),
            Self::Pascal => join(field, "", capitalised),
            Self::Camel => join_camel(field),
            Self::Snake | Self::Lower => field.to_lowercase(),
            Self::ScreamingSnake | Self::Upper => field.to_uppercase(),
            Self::None => field.to_owned(),
        }
    }
}

/// The words of a name, each written by `write`. Doubled underscores are an empty word, so
/// joining by `_` keeps them.
fn join(field: &str, separator: &str, write: fn(&str) -> String) -> String {
    let words: Vec<String> = field.split('_').map(write).collect();
    words.join(separator)
}

fn join_camel(field: &str) -> String {
    let mut words = field.split('_').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &capitalised(word))
}

fn capitalised(word: &str) -> String {
    let mut rest = word.chars();
    match rest.next() {
        Some(first) => first.to_uppercase().chain(rest).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_spells_names_in_its_style() {
        for (rule, one, two, digits) in [
            ("Title_Snake", "Email", "First_Name", "Address_2_Line"),
            ("PascalCase", "Email", "FirstName", "Address2Line"),
            ("camelCase", "email", "firstName", "address2Line"),
            ("snake_case", "email", "first_name", "address_2_line"),
            (
                "SCREAMING_SNAKE_CASE",
                "EMAIL",
                "FIRST_NAME",
                "ADDRESS_2_LINE",
            ),
            ("Title Case", "Email", "First Name", "Address 2 Line"),
            ("lowercase", "email", "first_name", "address_2_line"),
            ("UPPERCASE", "EMAIL", "FIRST_NAME", "ADDRESS_2_LINE"),
            ("none", "email", "first_name", "address_2_line"),
        ] {
            let rule = Rule::from_name(rule).expect(rule);

            assert_eq!(rule.apply("email"), one, "{rule:?}");
            assert_eq!(rule.apply("first_name"), two, "{rule:?}");
            assert_eq!(rule.apply("address_2_line"), digits, "{rule:?}");
        }
    }

    #[test]
    fn the_default_keeps_every_underscore() {
        for (field, column) in [
            ("_pk_id_contacts", "_Pk_Id_Contacts"),
            ("line__2", "Line__2"),
            ("line_", "Line_"),
            ("a", "A"),
            ("firstName", "FirstName"),
            ("größe", "Größe"),
            ("änderung", "Änderung"),
        ] {
            assert_eq!(Rule::default().apply(field), column);
        }
    }

    #[test]
    fn rules_that_join_words_drop_outer_underscores() {
        assert_eq!(Rule::Pascal.apply("_first__name_"), "FirstName");
        assert_eq!(Rule::Camel.apply("_first__name_"), "firstName");
        assert_eq!(Rule::Title.apply("_first_name_"), "First Name");
    }

    #[test]
    fn none_changes_nothing() {
        for field in ["firstName", "_x__", "LOUD"] {
            assert_eq!(Rule::None.apply(field), field);
        }
    }

    #[test]
    fn every_name_has_its_rule() {
        assert_eq!(Rule::NAMES.len(), Rule::RULES.len());
        assert_eq!(Rule::from_name("title_snake"), None);
    }
}
