//! The `rename_all` rule that needs the fewest `rename` attributes.

use caspio_schema::RenameRule;
use caspio_schema::is_same_name;

/// How many `rename` attributes a rule must save to be used.
const WORTH: usize = 3;

/// Returns the name of the rule that fits the most columns; empty for the default.
pub(crate) fn best<'a>(columns: impl Iterator<Item = &'a str>) -> &'static str {
    let columns: Vec<&str> = columns.collect();
    let named = |rule: RenameRule| {
        let named = columns.iter().filter(|column| {
            let member = super::member_name(column);
            member.is_some_and(|member| is_same_name(&rule.apply(&member), column))
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
