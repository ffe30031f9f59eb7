//! The rule that spares a record most of its columns' own names.

use caspio_schema::RenameRule;

/// How many columns a rule has to save from a name of their own.
const WORTH: usize = 3;

/// The rule whose names are those of more columns than the default's, by its name; empty for the default.
pub(crate) fn best<'a>(columns: impl Iterator<Item = &'a str>) -> &'static str {
    let columns: Vec<&str> = columns.collect();
    let named = |rule: RenameRule| {
        let named = columns.iter().filter(|column| {
            let member = super::member_name(column);
            member.is_some_and(|member| rule.apply(&member).eq_ignore_ascii_case(column))
        });
        named.count()
    };
    let default = named(RenameRule::default());
    let others = [
        (RenameRule::Pascal, "PascalCase"),
        (RenameRule::Title, "Title Case"),
    ];
    let best = others.into_iter().max_by_key(|(rule, _)| named(*rule));
    best.filter(|(rule, _)| named(*rule) >= default + WORTH)
        .map_or("", |(_, name)| name)
}
