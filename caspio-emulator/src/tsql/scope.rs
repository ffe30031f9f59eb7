//! The sources in reach of an expression, and the columns that names stand for.

use super::{ColumnDef, Source, Term, TsqlError};

/// A source under the names by which columns may be qualified.
#[derive(Debug)]
pub(super) struct Bound {
    names: Vec<String>,
    /// What qualifies a column in SQLite; nothing where a subquery has no name.
    alias: Option<String>,
    /// Whether columns stand without the alias, as in a statement on one table.
    bare: bool,
    pub(super) source: Source,
}

impl Bound {
    /// Binds a source to an alias; without one of the user's, its own name qualifies it too.
    pub(super) fn new(name: &str, user_alias: Option<&str>, alias: String, source: Source) -> Self {
        let names = match user_alias {
            Some(given) => vec![given.to_lowercase()],
            None => own_names(name),
        };
        Self {
            names,
            alias: Some(alias),
            bare: false,
            source,
        }
    }

    /// Binds the table of a statement that has no alias for it.
    pub(super) fn unaliased(name: &str, source: Source) -> Self {
        Self {
            names: own_names(name),
            alias: is_identifier(&source.from_sql).then(|| source.from_sql.clone()),
            bare: true,
            source,
        }
    }

    /// What stands behind `FROM`.
    pub(super) fn relation(&self) -> String {
        match &self.alias {
            Some(alias) if !self.bare => {
                format!("{} AS {alias}", self.source.from_sql)
            }
            _ => self.source.from_sql.clone(),
        }
    }

    /// The SQL of a column, qualified where its source has an alias.
    pub(super) fn sql(&self, column: &ColumnDef) -> String {
        match &self.alias {
            _ if !is_identifier(&column.sql) => format!("({})", column.sql),
            Some(alias) if !self.bare => format!("{alias}.{}", column.sql),
            _ => column.sql.clone(),
        }
    }

    /// A column as a subquery further in sees it; without a name to qualify it by, another
    /// source's column could take its place.
    pub(super) fn outer_term(&self, column: &ColumnDef) -> Result<Term, TsqlError> {
        match (&self.alias, self.bare) {
            (Some(alias), true) if is_identifier(&column.sql) => {
                Ok(Term::new(format!("{alias}.{}", column.sql), column.ty))
            }
            (_, true) => Err(TsqlError::NotAllowed),
            (_, false) => Ok(self.term(column)),
        }
    }

    /// A column as a translated expression.
    pub(super) fn term(&self, column: &ColumnDef) -> Term {
        Term::new(self.sql(column), column.ty)
    }

    pub(super) fn is_called(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.names.contains(&name)
    }

    pub(super) fn column(&self, name: &str) -> Option<&ColumnDef> {
        self.source
            .columns
            .iter()
            .find(|column| same_name(&column.name, name))
    }
}

/// The sources of one `SELECT`, and what its expressions have used so far.
#[derive(Debug, Default)]
pub(super) struct Scope {
    pub(super) bound: Vec<Bound>,
    /// What stands behind `FROM`.
    pub(super) from: String,
    /// The SQL of the grouping expressions.
    pub(super) keys: Vec<String>,
    /// Columns used outside an aggregate and outside a grouping expression.
    pub(super) loose: Vec<String>,
    /// How often a column was named.
    pub(super) used: usize,
    /// Whether an aggregate was used.
    pub(super) aggregated: bool,
}

impl Scope {
    /// Finds the column that a name stands for in this scope alone.
    pub(super) fn find(
        &self,
        qualifier: Option<&str>,
        name: &str,
    ) -> Result<Option<(&Bound, &ColumnDef)>, TsqlError> {
        let mut found = None;
        for bound in &self.bound {
            if qualifier.is_some_and(|qualifier| !bound.is_called(qualifier)) {
                continue;
            }
            if let Some(column) = bound.column(name) {
                if found.is_some() {
                    return Err(TsqlError::rule(format!("Ambiguous column name '{name}'.")));
                }
                found = Some((bound, column));
            }
        }
        Ok(found)
    }

    /// Refuses columns that a grouped query shows without grouping by them.
    pub(super) fn check_grouping(&self) -> Result<(), TsqlError> {
        if self.keys.is_empty() && !self.aggregated {
            return Ok(());
        }
        match self.loose.first() {
            None => Ok(()),
            Some(name) => Err(TsqlError::rule(format!(
                "Column '{name}' is invalid in the select list because it is not contained in \
                 either an aggregate function or the GROUP BY clause."
            ))),
        }
    }
}

/// Compares two names: case does not count.
pub(super) fn same_name(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
        || (!left.is_ascii() && left.to_lowercase() == right.to_lowercase())
}

/// A view is also known with the prefix that queries inside a view use.
fn own_names(name: &str) -> Vec<String> {
    let name = name.to_lowercase();
    let plain = name.strip_prefix("_v_").unwrap_or(&name).to_owned();
    let prefixed = format!("_v_{plain}");
    vec![plain, prefixed, name]
}

fn is_identifier(sql: &str) -> bool {
    let mut chars = sql.chars();
    chars
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && chars.all(|char| char.is_ascii_alphanumeric() || char == '_')
}
