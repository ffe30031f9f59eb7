//! Scopes: the column of a source that a name refers to.

use super::Type;
use super::error::Outcome;
use super::error::{TsqlError, rule};
use super::typed::Typed;
use sqlparser::ast::{Expr, Ident};

/// A source of a `FROM` with its name in the query.
#[derive(Debug)]
pub(super) struct Table {
    /// The alias, or the source's own name.
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
}

/// A column of a source: its name and its SQL.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) sql: String,
    pub(super) selectable: bool,
    pub(super) in_star: bool,
}

/// The sources of one `SELECT`, and which columns its expressions have used.
#[derive(Debug, Default)]
pub(super) struct Scope {
    pub(super) tables: Vec<Table>,
    /// The SQL of every grouped expression.
    pub(super) groups: Vec<String>,
    /// Columns that are used outside of aggregates and not as part of a grouped expression.
    pub(super) bare: Vec<String>,
    pub(super) aggregates: usize,
    pub(super) windows: usize,
    /// The rules for the clause that is being translated.
    pub(super) clause: Clause,
}

/// The clause of a `SELECT` that an expression is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Clause {
    #[default]
    Where,
    On,
    GroupBy,
    Having,
    Select,
    OrderBy,
    /// Inside an aggregate's parentheses.
    Aggregate,
    /// Inside a window function's parentheses or its `OVER`.
    Window,
}

/// Compares names without case, as the service does.
pub(super) fn same_name(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right) || left.to_lowercase() == right.to_lowercase()
}

impl Scope {
    /// Finds a column by its bare name among all sources.
    fn find(&self, name: &str) -> Outcome<Option<(&Table, &Column)>> {
        let mut found = None;
        for table in &self.tables {
            for column in &table.columns {
                if same_name(&column.name, name) {
                    if found.is_some() {
                        return Err(rule(format!("Ambiguous column name '{name}'.")));
                    }
                    found = Some((table, column));
                }
            }
        }
        Ok(found)
    }

    pub(super) fn table(&self, name: &str) -> Option<&Table> {
        self.tables
            .iter()
            .find(|table| same_name(&table.name, name))
    }
}

impl Table {
    fn column(&self, name: &str) -> Option<&Column> {
        self.columns
            .iter()
            .find(|column| same_name(&column.name, name))
    }

    /// Returns whether `name` refers to this source; a view is found with and without `_v_`.
    pub(super) fn is_called(&self, name: &str) -> bool {
        same_name(&self.name, name)
            || view_name(name).is_some_and(|view| same_name(&self.name, view))
            || view_name(&self.name).is_some_and(|view| same_name(view, name))
    }
}

fn view_name(name: &str) -> Option<&str> {
    if name.get(..3)?.eq_ignore_ascii_case("_v_") {
        name.get(3..)
    } else {
        None
    }
}

/// The scopes around an expression, the innermost last.
#[derive(Debug, Default)]
pub(super) struct Scopes(pub(super) Vec<Scope>);

impl Scopes {
    /// Resolves a name of one or two parts and records its use.
    pub(super) fn resolve(&mut self, parts: &[Ident]) -> Outcome<Typed> {
        let (depth, name, column) = match parts {
            [name] => self.bare(&name.value)?,
            [table, name] => self.qualified(&table.value, &name.value)?,
            _ => return Err(unbound(parts)),
        };
        if !column.selectable || column.ty == Type::Password {
            return Err(TsqlError::UnknownField { name });
        }
        self.note(depth, &column)?;
        Ok(Typed::new(column.sql, column.ty, 1))
    }

    fn bare(&self, name: &str) -> Outcome<(usize, String, Column)> {
        for (depth, scope) in self.0.iter().enumerate().rev() {
            if let Some((_, column)) = scope.find(name)? {
                return Ok((depth, name.to_owned(), column.clone()));
            }
        }
        Err(TsqlError::UnknownField {
            name: name.to_owned(),
        })
    }

    fn qualified(&self, table: &str, name: &str) -> Outcome<(usize, String, Column)> {
        for (depth, scope) in self.0.iter().enumerate().rev() {
            if let Some(found) = scope.tables.iter().find(|known| known.is_called(table)) {
                return match found.column(name) {
                    Some(column) => Ok((depth, name.to_owned(), column.clone())),
                    None => Err(TsqlError::UnknownField {
                        name: name.to_owned(),
                    }),
                };
            }
        }
        Err(rule(format!(
            "The multi-part identifier \"{table}.{name}\" could not be bound."
        )))
    }

    /// Records a use for the rules of grouping. An aggregate over an outer query's column would
    /// belong to that query; such aggregates are refused.
    fn note(&mut self, depth: usize, column: &Column) -> Outcome<()> {
        let innermost = self.0.len() - 1;
        if depth < innermost && self.current().clause == Clause::Aggregate {
            return Err(super::error::not_allowed(
                "An aggregate over an outer query's column",
            ));
        }
        let scope = &mut self.0[depth];
        if scope.clause != Clause::Aggregate && !scope.groups.contains(&column.sql) {
            scope.bare.push(column.name.clone());
        }
        Ok(())
    }

    /// Returns the scope of the query being translated. There is always one during a translation.
    pub(super) fn current(&mut self) -> &mut Scope {
        if self.0.is_empty() {
            self.0.push(Scope::default());
        }
        let last = self.0.len() - 1;
        &mut self.0[last]
    }
}

/// Returns the parts of a column's name, if the expression is one.
pub(super) fn column_name(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Identifier(name) => Some(name),
        Expr::CompoundIdentifier(parts) => parts.last(),
        Expr::Nested(inner) => column_name(inner),
        _ => None,
    }
}

fn unbound(parts: &[Ident]) -> TsqlError {
    let parts: Vec<_> = parts.iter().map(|part| part.value.as_str()).collect();
    rule(format!(
        "The multi-part identifier \"{}\" could not be bound.",
        parts.join(".")
    ))
}
