//! The sources of a `SELECT`: tables and views of the catalog, subqueries, joins.

use super::Source;
use super::error::Outcome;
use super::error::{TsqlError, not_allowed, not_emulated, rule};
use super::scope::{Clause, Column, Table};
use super::translator::{Naming, Translator};
use sqlparser::ast::{
    Expr, Ident, Join, JoinConstraint, JoinOperator, ObjectName, ObjectNamePart, TableAlias,
    TableFactor, TableWithJoins,
};

/// A `FROM` in SQLite's SQL.
#[derive(Debug, Default)]
pub(super) struct From {
    pub(super) sql: String,
    pub(super) height: usize,
}

impl Translator<'_> {
    /// Requests a source from the catalog.
    pub(super) fn source(&self, name: &str) -> Outcome<Source> {
        self.catalog
            .source(name)
            .map_err(|reason| TsqlError::UnknownObject {
                name: name.to_owned(),
                reason,
            })
    }

    /// Adds a source of the catalog to the current scope and returns its SQL.
    pub(super) fn open(&mut self, source: &Source, name: &str) -> String {
        let alias = self.alias();
        let outermost = self.scopes.0.len() <= 1;
        let plain = source.columns.iter().all(|column| is_plain(&column.sql));
        let (from, columns): (_, Vec<String>) = match self.naming {
            Naming::Bare if outermost => (
                format!("{} AS {alias}", source.from_sql),
                source
                    .columns
                    .iter()
                    .map(|column| column.sql.clone())
                    .collect(),
            ),
            Naming::Qualified if plain => (
                format!("{} AS {alias}", source.from_sql),
                source
                    .columns
                    .iter()
                    .map(|column| format!("{alias}.{}", column.sql))
                    .collect(),
            ),
            _ => renamed(source, &alias),
        };
        let columns = source
            .columns
            .iter()
            .zip(columns)
            .map(|(column, sql)| Column {
                name: column.name.clone(),
                ty: column.ty,
                sql,
                selectable: column.selectable,
                in_star: column.in_star,
            })
            .collect();
        self.scopes.current().tables.push(Table {
            name: name.to_owned(),
            columns,
        });
        from
    }

    /// Translates a `FROM`, in the order of its sources.
    pub(super) fn from(&mut self, tables: &[TableWithJoins]) -> Outcome<From> {
        let mut from = From::default();
        for table in tables {
            if !from.sql.is_empty() {
                from.sql.push_str(" CROSS JOIN ");
            }
            self.factor(&table.relation, &mut from)?;
            for join in &table.joins {
                self.join(join, &mut from)?;
            }
        }
        Ok(from)
    }

    fn join(&mut self, join: &Join, from: &mut From) -> Outcome<()> {
        let (keyword, constraint) = match &join.join_operator {
            JoinOperator::Join(on) | JoinOperator::Inner(on) => ("JOIN", on),
            JoinOperator::Left(on) | JoinOperator::LeftOuter(on) => ("LEFT JOIN", on),
            JoinOperator::Right(on) | JoinOperator::RightOuter(on) => ("RIGHT JOIN", on),
            JoinOperator::FullOuter(on) => ("FULL JOIN", on),
            JoinOperator::CrossJoin(on) => ("CROSS JOIN", on),
            JoinOperator::CrossApply | JoinOperator::OuterApply => {
                return Err(not_emulated("APPLY"));
            }
            _ => return Err(not_allowed("This kind of join")),
        };
        from.sql.push_str(&format!(" {keyword} "));
        self.factor(&join.relation, from)?;
        match (keyword, constraint) {
            ("CROSS JOIN", JoinConstraint::None) => Ok(()),
            ("CROSS JOIN", _) => Err(not_allowed("A cross join with a condition")),
            (_, JoinConstraint::On(condition)) => {
                self.scopes.current().clause = Clause::On;
                let condition = self.predicate(condition)?;
                from.sql.push_str(&format!(" ON {}", condition.sql));
                from.height = from.height.max(condition.height);
                Ok(())
            }
            _ => Err(not_allowed("A join without a condition")),
        }
    }

    fn factor(&mut self, factor: &TableFactor, from: &mut From) -> Outcome<()> {
        self.enter_subquery()?;
        match factor {
            TableFactor::Table {
                name,
                alias,
                args: None,
                with_hints,
                version: None,
                with_ordinality: false,
                partitions,
                json_path: None,
                sample: None,
                index_directives,
                inheritance: None,
            } if with_hints.iter().all(is_hint)
                && partitions.is_empty()
                && index_directives.is_empty() =>
            {
                let name = object_name(name)?;
                let source = self.source(&name.value)?;
                let called = alias_of(alias.as_ref())?.unwrap_or(name);
                self.refuse_twice(&called.value)?;
                let sql = self.open(&source, &called.value);
                from.sql.push_str(&sql);
                Ok(())
            }
            TableFactor::Derived {
                lateral: false,
                subquery,
                alias,
                sample: None,
            } => {
                let Some(called) = alias_of(alias.as_ref())? else {
                    return Err(super::error::near(")"));
                };
                self.refuse_twice(&called.value)?;
                self.derived(subquery, &called.value, from)
            }
            TableFactor::Table { args: Some(_), .. } => Err(not_emulated("A function as a source")),
            TableFactor::Table { .. } => Err(not_emulated("A source with this clause")),
            TableFactor::Pivot { .. } | TableFactor::Unpivot { .. } => Err(not_emulated("PIVOT")),
            TableFactor::NestedJoin { .. } => Err(not_emulated("A join in parentheses")),
            _ => Err(not_allowed("This source")),
        }
    }

    /// Translates a subquery as a source. It cannot refer to the other sources.
    fn derived(
        &mut self,
        query: &sqlparser::ast::Query,
        called: &str,
        from: &mut From,
    ) -> Outcome<()> {
        let neighbours = std::mem::take(&mut self.scopes.current().tables);
        let query = self.subquery(query);
        self.scopes.current().tables = neighbours;
        let query = query?;
        let alias = self.alias();
        let mut columns: Vec<Column> = Vec::with_capacity(query.columns.len());
        for (at, column) in query.columns.into_iter().enumerate() {
            let Some(name) = column.name else {
                return Err(rule(format!(
                    "No column name was specified for column {} of '{called}'.",
                    at + 1
                )));
            };
            if columns
                .iter()
                .any(|known| super::scope::same_name(&known.name, &name))
            {
                return Err(rule(format!(
                    "The column '{name}' was specified multiple times for '{called}'."
                )));
            }
            columns.push(Column {
                name,
                ty: column.ty,
                sql: format!("{alias}.{}", column.alias),
                selectable: true,
                in_star: true,
            });
        }
        from.sql.push_str(&format!("({}) AS {alias}", query.sql));
        from.height = from.height.max(query.height + 1);
        self.scopes.current().tables.push(Table {
            name: called.to_owned(),
            columns,
        });
        Ok(())
    }

    fn refuse_twice(&mut self, name: &str) -> Outcome<()> {
        match self.scopes.current().table(name) {
            None => Ok(()),
            Some(_) => Err(rule(format!(
                "The correlation name '{name}' is specified multiple times in a FROM clause."
            ))),
        }
    }
}

/// Gives every column a name that no other source has.
fn renamed(source: &Source, alias: &str) -> (String, Vec<String>) {
    let mut select = Vec::with_capacity(source.columns.len());
    let mut columns = Vec::with_capacity(source.columns.len());
    for (at, column) in source.columns.iter().enumerate() {
        select.push(format!("{} AS {alias}_{at}", column.sql));
        columns.push(format!("{alias}.{alias}_{at}"));
    }
    let from = format!(
        "(SELECT {} FROM {}) AS {alias}",
        select.join(", "),
        source.from_sql
    );
    (from, columns)
}

/// Returns whether a column's SQL is a name, so that an alias may be put before it.
fn is_plain(sql: &str) -> bool {
    let quoted = sql
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .is_some_and(|name| !name.contains('"'));
    let word = sql
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && sql.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && !sql.eq_ignore_ascii_case("null");
    quoted || word
}

/// Returns the only part of a source's name. System catalogs have two parts, and are refused for
/// that.
fn object_name(name: &ObjectName) -> Outcome<Ident> {
    match name.0.as_slice() {
        [schema, part] if is_owner(schema) => part
            .as_ident()
            .cloned()
            .ok_or_else(|| not_allowed("A function as a source")),
        [part] => part
            .as_ident()
            .cloned()
            .ok_or_else(|| not_allowed("A function as a source")),
        _ => Err(TsqlError::UnknownObject {
            name: name.to_string(),
            reason: super::Denied::Unknown,
        }),
    }
}

/// Returns whether a part of a name is the schema of all tables, `dbo`.
fn is_owner(part: &ObjectNamePart) -> bool {
    part.as_ident()
        .is_some_and(|name| name.value.eq_ignore_ascii_case("dbo"))
}

/// Returns whether an expression is a table hint of SQL Server, which changes locks or plans and no results.
fn is_hint(hint: &Expr) -> bool {
    const HINTS: [&str; 12] = [
        "NOLOCK",
        "READUNCOMMITTED",
        "READCOMMITTED",
        "READPAST",
        "ROWLOCK",
        "PAGLOCK",
        "TABLOCK",
        "UPDLOCK",
        "HOLDLOCK",
        "REPEATABLEREAD",
        "SERIALIZABLE",
        "NOWAIT",
    ];
    match hint {
        Expr::Identifier(name) => HINTS
            .iter()
            .any(|known| name.value.eq_ignore_ascii_case(known)),
        _ => false,
    }
}

fn alias_of(alias: Option<&TableAlias>) -> Outcome<Option<Ident>> {
    match alias {
        None => Ok(None),
        Some(alias) if alias.columns.is_empty() && alias.at.is_none() => {
            Ok(Some(alias.name.clone()))
        }
        Some(_) => Err(not_emulated("An alias with columns")),
    }
}
