//! The body of a `SELECT`: the caller's query or a subquery.

use super::Type;
use super::error::{Outcome, TsqlError, not_allowed, rule};
use super::from::From;
use super::order::Term;
use super::scope::{Clause, column_name};
use super::select_clauses::{is_distinct, plain, top};
use super::translator::Translator;
use super::typed::{Item, Predicate, Typed};
use sqlparser::ast::{Expr, OrderByExpr, Select, SelectItem, SelectItemQualifiedWildcardKind};

/// SQLite's limit on columns.
const MAX_ITEMS: usize = 1_000;

/// The clauses of a `SELECT`, from one text or from several.
#[derive(Debug, Default)]
pub(super) struct Clauses<'e> {
    /// `None` selects `*`.
    pub(super) select: Option<&'e Select>,
    pub(super) filter: Option<&'e Expr>,
    pub(super) group_by: &'e [Expr],
    pub(super) having: Option<&'e Expr>,
    pub(super) order_by: &'e [OrderByExpr],
}

/// A translated `SELECT` before it is assembled.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) items: Vec<Item>,
    pub(super) distinct: bool,
    pub(super) top: Option<u64>,
    pub(super) from: String,
    pub(super) filter: Option<String>,
    pub(super) groups: Vec<Typed>,
    pub(super) having: Option<String>,
    pub(super) order: Vec<Term>,
    pub(super) aggregated: bool,
    pub(super) windowed: bool,
    pub(super) height: usize,
}

impl Translator<'_> {
    /// Translates the clauses over a `FROM` whose sources are in the current scope.
    pub(super) fn body(&mut self, clauses: &Clauses<'_>, from: From) -> Outcome<Body> {
        let filter = self.condition(Clause::Where, clauses.filter)?;
        let groups = self.groups(clauses.group_by)?;
        self.scopes.current().bare.clear();
        self.scopes.current().groups = groups.iter().map(|group| group.sql.clone()).collect();

        self.scopes.current().clause = Clause::Select;
        let items = self.items(clauses.select)?;
        let having = self.condition(Clause::Having, clauses.having)?;
        let order = self.order(clauses.order_by, &items)?;
        let distinct = clauses.select.map_or(Ok(false), is_distinct)?;
        if distinct && order.iter().any(|term| !term.selected) {
            return Err(rule(
                "ORDER BY items must appear in the select list if SELECT DISTINCT is specified.",
            ));
        }
        let is_grouped = !groups.is_empty() || having.is_some();
        let aggregated = self.is_aggregated(is_grouped)?;
        let conditions = filter.iter().chain(&having);
        let values = items.iter().map(|item| &item.value).chain(&groups);
        let heights = conditions
            .map(|condition| condition.height)
            .chain(values.map(|value| value.height))
            .chain(order.iter().map(|term| term.height));
        let height = heights.fold(from.height, usize::max);
        Ok(Body {
            items,
            distinct,
            top: clauses
                .select
                .map_or(Ok(None), |select| top(select.top.as_ref()))?,
            from: from.sql,
            filter: filter.map(|filter| filter.sql),
            groups,
            having: having.map(|having| having.sql),
            order,
            aggregated,
            windowed: self.scopes.current().windows > 0,
            height,
        })
    }

    /// Translates the condition of a clause, if there is one.
    fn condition(
        &mut self,
        clause: Clause,
        condition: Option<&Expr>,
    ) -> Outcome<Option<Predicate>> {
        let Some(condition) = condition else {
            return Ok(None);
        };
        self.scopes.current().clause = clause;
        self.predicate(condition).map(Some)
    }

    /// Returns whether a row is computed from several records, in which no column is selected as it is.
    fn is_aggregated(&mut self, is_grouped: bool) -> Outcome<bool> {
        let scope = self.scopes.current();
        let aggregated = is_grouped || scope.aggregates > 0;
        match scope.bare.first().filter(|_| aggregated) {
            None => Ok(aggregated),
            Some(bare) => Err(rule(format!(
                "Column '{bare}' is invalid in the select list because it is not contained in \
                 either an aggregate function or the GROUP BY clause."
            ))),
        }
    }

    fn groups(&mut self, exprs: &[Expr]) -> Outcome<Vec<Typed>> {
        self.scopes.current().clause = Clause::GroupBy;
        let mut groups = Vec::with_capacity(exprs.len());
        for expr in exprs {
            self.scopes.current().bare.clear();
            let group = self.operand(expr)?;
            if self.scopes.current().bare.is_empty() {
                return Err(rule(
                    "Each GROUP BY expression must contain at least one column that is not an \
                     outer reference.",
                ));
            }
            groups.push(group);
        }
        if groups.len() > MAX_ITEMS {
            return Err(TsqlError::TooLong { part: "a grouping" });
        }
        Ok(groups)
    }

    fn items(&mut self, select: Option<&Select>) -> Outcome<Vec<Item>> {
        let mut items = Vec::new();
        let Some(select) = select else {
            self.star(None, &mut items)?;
            return Ok(items);
        };
        for item in &select.projection {
            match item {
                SelectItem::UnnamedExpr(expr) => items.push(Item {
                    name: self.scopes.declared_name(expr),
                    aliased: false,
                    value: self.value(expr)?,
                }),
                SelectItem::ExprWithAlias { expr, alias } => items.push(Item {
                    name: Some(alias.value.clone()),
                    aliased: true,
                    value: self.value(expr)?,
                }),
                SelectItem::Wildcard(options) => {
                    plain(options)?;
                    self.star(None, &mut items)?;
                }
                SelectItem::QualifiedWildcard(
                    SelectItemQualifiedWildcardKind::ObjectName(name),
                    options,
                ) => {
                    plain(options)?;
                    let table = name.0.first().and_then(|part| part.as_ident());
                    match (table, name.0.len()) {
                        (Some(table), 1) => self.star(Some(&table.value), &mut items)?,
                        _ => return Err(not_allowed("This wildcard")),
                    }
                }
                _ => return Err(not_allowed("This select item")),
            }
            if items.len() > MAX_ITEMS {
                return Err(TsqlError::TooLong {
                    part: "a select list",
                });
            }
        }
        Ok(items)
    }

    fn star(&mut self, table: Option<&str>, items: &mut Vec<Item>) -> Outcome<()> {
        let scope = self.scopes.current();
        let tables: Vec<_> = match table {
            None => scope.tables.iter().collect(),
            Some(name) => scope
                .tables
                .iter()
                .filter(|known| known.is_called(name))
                .collect(),
        };
        if tables.is_empty() {
            return Err(match table {
                Some(name) => rule(format!(
                    "The column prefix '{name}' does not match with a table name or alias name \
                     used in the query."
                )),
                None => rule("Must specify table to select from."),
            });
        }
        let mut bare = Vec::new();
        for column in tables.iter().flat_map(|table| &table.columns) {
            if !column.in_star || !column.selectable || column.ty == Type::Password {
                continue;
            }
            if !scope.groups.contains(&column.sql) {
                bare.push(column.name.clone());
            }
            items.push(Item {
                name: Some(column.name.clone()),
                aliased: false,
                value: Typed::new(column.sql.clone(), column.ty, 1),
            });
        }
        self.scopes.current().bare.extend(bare);
        Ok(())
    }
}

impl Body {
    /// Writes the `SELECT` up to its order; `also` is a further condition.
    pub(super) fn core(&self, aliases: &[&str], also: Option<&str>) -> String {
        let items: Vec<_> = self
            .items
            .iter()
            .zip(aliases)
            .map(|(item, alias)| {
                if self.distinct {
                    format!("{} AS {alias}", item.value.collated())
                } else {
                    format!("{} AS {alias}", item.value.sql)
                }
            })
            .collect();
        let distinct = if self.distinct { "DISTINCT " } else { "" };
        format!("SELECT {distinct}{}{}", items.join(", "), self.rest(also))
    }

    /// Writes the part after the select list, up to the order.
    pub(super) fn rest(&self, also: Option<&str>) -> String {
        let mut sql = String::new();
        if !self.from.is_empty() {
            sql.push_str(&format!(" FROM {}", self.from));
        }
        let filter = match (&self.filter, also) {
            (Some(filter), Some(also)) => Some(format!("{filter} AND {also}")),
            (Some(filter), None) => Some(filter.clone()),
            (None, also) => also.map(str::to_owned),
        };
        if let Some(filter) = filter {
            sql.push_str(&format!(" WHERE {filter}"));
        }
        if !self.groups.is_empty() {
            let groups: Vec<_> = self.groups.iter().map(Typed::collated).collect();
            sql.push_str(&format!(" GROUP BY {}", groups.join(", ")));
        }
        if let Some(having) = &self.having {
            sql.push_str(&format!(" HAVING {having}"));
        }
        sql
    }

    pub(super) fn order_sql(&self) -> String {
        if self.order.is_empty() {
            String::new()
        } else {
            let terms: Vec<_> = self.order.iter().map(|term| term.sql.as_str()).collect();
            format!(" ORDER BY {}", terms.join(", "))
        }
    }
}

impl super::scope::Scopes {
    /// Returns the name of a bare column in the result: the column's own, in the caller's spelling
    /// or not.
    fn declared_name(&mut self, expr: &Expr) -> Option<String> {
        let name = column_name(expr)?;
        let found = self
            .current()
            .tables
            .iter()
            .flat_map(|table| &table.columns)
            .find(|column| super::scope::same_name(&column.name, &name.value));
        Some(found.map_or_else(|| name.value.clone(), |column| column.name.clone()))
    }
}
