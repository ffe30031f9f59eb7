//! The sources of queries: the schema with the permissions of one profile.

use super::field::{Field, same_name};
use super::schema::{Schema, Table, View};
use crate::auth::{ApiProfile, Rights};
use caspio_tsql::{Catalog, ColumnDef, Denied, Source, Type};
use std::fmt::Write as _;

/// The SQLite function that turns stored list keys into the JSON object of a record.
pub(crate) const LIST_OBJECT: &str = "caspio_list_object";

/// What the name of a view begins with in a query on the view.
const VIEW: &str = "_v_";

/// The attributes of every user of a directory, and the columns that hold them.
const ATTRIBUTES: [(&str, &str); 3] = [
    ("_status", "u_status"),
    ("_sign_in_method", "u_sign_in"),
    ("_2fa_status", "u_2fa"),
];

/// A schema with the permissions of a profile.
#[derive(Debug)]
pub(crate) struct Access<'a> {
    schema: &'a Schema,
    /// `None` may read everything.
    profile: Option<&'a ApiProfile>,
    users: bool,
}

impl<'a> Access<'a> {
    pub(crate) fn new(schema: &'a Schema, profile: &'a ApiProfile) -> Self {
        Self {
            schema,
            profile: Some(profile),
            users: false,
        }
    }

    /// Allows everything, for the emulator's own queries.
    pub(crate) fn unlimited(schema: &'a Schema) -> Self {
        Self {
            schema,
            profile: None,
            users: false,
        }
    }

    /// Adds the attributes of users to directories.
    pub(crate) fn with_users(mut self, users: bool) -> Self {
        self.users = users;
        self
    }

    fn table(&self, table: &Table) -> Source {
        let mut source = of_table(table);
        if self.users && table.directory {
            add_attributes(table, &mut source);
        }
        source
    }

    fn may_read(&self, name: &str) -> bool {
        self.profile
            .is_none_or(|profile| profile.may(name, Rights::READ))
    }
}

impl Catalog for Access<'_> {
    fn source(&self, name: &str) -> Result<Source, Denied> {
        // A table and a view may have one name; `_v_` before it means the view.
        let only_view = name.strip_prefix(VIEW);
        let table = self.schema.table(name).filter(|_| only_view.is_none());
        let view = self.schema.view(only_view.unwrap_or(name));
        let (known, source) = match (table, view) {
            (Some(table), _) => (&table.name, self.table(table)),
            (None, Some(view)) => (&view.name, of_view(self.schema, view)),
            (None, None) => return Err(Denied::Unknown),
        };
        if self.may_read(known) {
            Ok(source)
        } else {
            Err(Denied::NotPermitted)
        }
    }
}

/// Returns the name of a view in a query.
pub(crate) fn view_source(name: &str) -> String {
    format!("{VIEW}{name}")
}

fn column(name: &str, ty: Type, sql: String) -> ColumnDef {
    ColumnDef {
        name: name.to_owned(),
        ty,
        sql,
        selectable: ty != Type::Password,
        in_star: ty != Type::Password,
    }
}

/// Returns a table as a source. `*` includes `PK_ID`, as in live responses of v3.
pub(crate) fn of_table(table: &Table) -> Source {
    let mut columns = vec![column("PK_ID", Type::Integer, "pk".into())];
    columns.extend(
        table
            .fields
            .iter()
            .map(|field| column(&field.name, field.tsql_type(), field.column())),
    );
    Source {
        from_sql: table_sql(table),
        columns,
    }
}

/// Adds the attributes of users to the fields of a directory.
fn add_attributes(table: &Table, source: &mut Source) {
    let fields: Vec<_> = source
        .columns
        .iter()
        .map(|column| format!("s.{}", column.sql))
        .collect();
    let attributes = ATTRIBUTES.map(|(_, column)| format!("u.{column}"));
    source.from_sql = format!(
        "(SELECT {}, {} FROM {} AS s JOIN {} AS u ON u.pk = s.pk)",
        fields.join(", "),
        attributes.join(", "),
        source.from_sql,
        table.physical()
    );
    let attributes = ATTRIBUTES.map(|(name, sql)| column(name, Type::Text, sql.to_owned()));
    source.columns.extend(attributes);
}

/// Returns the SQL of a table with its computed columns; a table without any is its own name.
fn table_sql(table: &Table) -> String {
    if !table.fields.iter().any(is_computed) {
        return table.physical();
    }
    let mut sql = String::from("(SELECT pk");
    for field in &table.fields {
        let _ = match computed(table, field) {
            Some(expression) => write!(sql, ", {expression} AS {}", field.column()),
            None => write!(sql, ", {}", field.column()),
        };
    }
    let _ = write!(sql, " FROM {})", table.physical());
    sql
}

fn is_computed(field: &Field) -> bool {
    field.is_formula() || field.ty.is_list()
}

fn computed(table: &Table, field: &Field) -> Option<String> {
    if let Some(formula) = &field.formula {
        return Some(format!("({})", formula.sql));
    }
    field.ty.is_list().then(|| {
        format!(
            "{LIST_OBJECT}({}, {}, {})",
            table.id,
            field.id,
            field.column()
        )
    })
}

/// Returns a view as a source: its key is a text, and with several tables the key of each is a
/// column too.
fn of_view(schema: &Schema, view: &View) -> Source {
    let mut source = unfiltered(schema, view);
    if let Some(filter) = &view.filter {
        source.from_sql = format!("(SELECT * FROM {} WHERE {})", source.from_sql, filter.sql);
    }
    source
}

/// Returns a view without its filter; the filter itself is written over this.
pub(crate) fn unfiltered(schema: &Schema, view: &View) -> Source {
    let mut columns = vec![column("PK_ID", Type::Text, "pk".into())];
    let mut select = view_key(view);
    if view.parts.len() > 1 {
        for (at, part) in view.parts.iter().enumerate() {
            let Some(table) = schema.table_by_id(part.table) else {
                continue;
            };
            let _ = write!(select, ", p{at}.pk AS pk{at}");
            let name = format!("_PK_ID_{}", table.name);
            // It is inferred that `*` leaves these out, fact `keys-in-view-columns`: sources name them for select and
            // where.
            columns.push(ColumnDef {
                in_star: false,
                ..column(&name, Type::Integer, format!("pk{at}"))
            });
        }
    }
    for field in &view.fields {
        let Some((_, origin)) = schema.origin(view, field) else {
            continue;
        };
        let shown = field.column();
        let _ = write!(select, ", p{}.{} AS {shown}", field.part, origin.column());
        columns.push(column(&field.name, origin.tsql_type(), shown));
    }
    Source {
        from_sql: format!("(SELECT {select} FROM {})", view_from(schema, view)),
        columns,
    }
}

fn view_key(view: &View) -> String {
    let keys: Vec<_> = (0..view.parts.len())
        .map(|at| format!("coalesce(CAST(p{at}.pk AS TEXT), '')"))
        .collect();
    format!("{} AS pk", keys.join(" || ',' || "))
}

fn view_from(schema: &Schema, view: &View) -> String {
    let mut from = String::new();
    for (at, part) in view.parts.iter().enumerate() {
        let Some(table) = schema.table_by_id(part.table) else {
            continue;
        };
        let table = table_sql(table);
        let _ = match &part.join {
            Some(join) => {
                let keyword = if join.outer { "LEFT JOIN" } else { "JOIN" };
                let earlier = join.earlier_key.column();
                let key = join.key.column();
                let condition = format!("p{}.{earlier} = p{at}.{key}", join.earlier);
                write!(from, " {keyword} {table} AS p{at} ON {condition}")
            }
            None if at == 0 => write!(from, "{table} AS p0"),
            None => write!(from, " CROSS JOIN {table} AS p{at}"),
        };
    }
    from
}

/// A single source with its name, which a formula or the filter of a view may use.
#[derive(Debug)]
pub(crate) struct Only<'a> {
    pub(crate) name: &'a str,
    pub(crate) source: Source,
}

impl Catalog for Only<'_> {
    fn source(&self, name: &str) -> Result<Source, Denied> {
        if same_name(name, self.name) {
            Ok(self.source.clone())
        } else {
            Err(Denied::Unknown)
        }
    }
}
