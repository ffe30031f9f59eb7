//! Derive macros of the Caspio SDK: a struct becomes the record of a table or of a view, a projection of
//! one, or columns to insert.
//!
//! Users get them from the crate `caspio`, which this one is a part of. A struct is parsed once
//! into a model, the model is checked, and each part of the expansion is written from it:
//!
//! | module | does |
//! |---|---|
//! | `attr`, `keys`, `options`, `origin` | read `#[caspio(...)]`: the items, the words, what they mean |
//! | `shape`, `params`, `model`, `check` | the struct as a table, a view or a projection, and what is wrong with it |
//! | `suggest` | the nearest of a few words |
//! | `insert` | the struct as columns to insert |
//! | `schema` | the struct against the file of the account's schema |
//! | `expand` | the code: columns, `Source`, `Record`, `Decode`, `ToRow`, or stubs after a mistake |
#![cfg_attr(docsrs, feature(doc_cfg))]

mod attr;
mod check;
mod errors;
mod expand;
mod insert;
mod keys;
mod model;
mod options;
mod origin;
mod params;
mod schema;
mod shape;
mod suggest;

use keys::Kind;
use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Turns a struct into the record of a table.
///
/// ```
/// use caspio::prelude::*;
///
/// #[derive(Debug, CaspioTable)]
/// #[caspio(table = "Contacts")]
/// struct Contact {
///     #[caspio(pk)]
///     pk_id: i64,
///     first_name: String,
///     email: Option<String>,
///     balance: Option<Decimal>,
///     interests: List<String>,
///     #[caspio(read_only)]
///     lifetime_value: Option<f64>,
/// }
///
/// assert_eq!(Contact::COLUMNS.first_name.name(), "First_Name");
/// ```
///
/// A record is a struct with named fields, one for each column that is read; columns it does not
/// have are not requested. A field that may be null is an `Option`. The types a field can have are
/// listed at `caspio::field`, whose traits let types of your own join in.
///
/// # What is generated
///
/// - The struct `ContactColumns`, as visible as `Contact`, with one typed column a field, and the
///   constant `Contact::COLUMNS` of it. Queries hand it to their closures:
///   `.filter(|c| c.email.is_not_null())`.
/// - The impls of `Source`, `CaspioTable`, `Record`, `Decode` and `ToRow` from `caspio::record`.
///   They can be written by hand as well.
///
/// `ToRow`, by which the record is inserted, is implemented where each column can be written: a
/// struct whose fields have types that can only be read is still a record to read.
///
/// The struct may derive serde's traits for other uses: neither looks at the other's attributes.
///
/// # Lifetimes and generics
///
/// A struct with a lifetime borrows from the page it came in, so that no text is copied. Such
/// records are read page by page:
///
/// ```
/// use caspio::prelude::*;
/// use std::borrow::Cow;
///
/// #[derive(CaspioTable)]
/// #[caspio(table = "Contacts")]
/// struct Row<'a> {
///     email: &'a str,     // an error if the text has escapes, such as line breaks
///     note: Cow<'a, str>, // any text, copied only if it has escapes
/// }
///
/// # async fn example(client: Client) -> caspio::Result<()> {
/// let mut pages = client.table::<Row<'_>>().query().pages();
/// while let Some(page) = pages.try_next().await? {
///     for row in page.records()? {
///         println!("{}: {}", row.email, row.note);
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// Types and constants may be parameters as well; the columns' struct has them too. The record can
/// be read for each type that a field can have.
///
/// ```
/// use caspio::prelude::*;
///
/// #[derive(CaspioTable)]
/// #[caspio(table = "Settings")]
/// struct Setting<T> {
///     name: String,
///     value: T,
/// }
///
/// # fn example(client: Client) {
/// let large = client.table::<Setting<i64>>().filter(|c| c.value.gt(1000));
/// # }
/// ```
///
/// # Names
///
/// A column's name is the field's with each word capitalised, as Caspio's own names are:
/// `email` is `Email`, `first_name` is `First_Name`. Names are compared without case everywhere,
/// so mostly only the underscores matter. For other names there are `rename` and `rename_all`.
///
/// # Attributes of the struct
///
/// Attributes are written `#[caspio(...)]`, in one list or in several.
///
/// ## `table = "..."`
///
/// The table's name in Caspio. Required.
///
/// ## `rename_all = "..."`
///
/// How the columns' names come from the fields'; `rename` on a field has precedence.
///
/// | rule | `first_name` |
/// |---|---|
/// | `Title_Snake`, the default | `First_Name` |
/// | `PascalCase` | `FirstName` |
/// | `camelCase` | `firstName` |
/// | `snake_case`, `lowercase` | `first_name` |
/// | `SCREAMING_SNAKE_CASE`, `UPPERCASE` | `FIRST_NAME` |
/// | `Title Case` | `First Name` |
/// | `none` | `first_name`, whatever its case |
///
/// ```
/// use caspio::prelude::*;
///
/// #[derive(CaspioTable)]
/// #[caspio(table = "Orders", rename_all = "PascalCase")]
/// struct Order {
///     customer_name: String,
///     r#type: String,
/// }
///
/// assert_eq!(Order::COLUMNS.customer_name.name(), "CustomerName");
/// assert_eq!(Order::COLUMNS.r#type.name(), "Type");
/// ```
///
/// ## `schema = "path"`
///
/// The file of the account's schema, `caspio.schema.json`, which the struct is compared with when it
/// is compiled; the path begins at the folder of Cargo.toml. The environment variable
/// `CASPIO_SCHEMA` names one file for all structs, and `schema = false` excepts a struct from that.
/// For a workspace, `.cargo/config.toml` can say:
///
/// ```toml
/// [env]
/// CASPIO_SCHEMA = { value = "caspio.schema.json", relative = true }
/// ```
///
/// The table must be in the file, and each field's column in the table. The field's type must hold
/// the column's values, and null if the file allows it: then it is an `Option` or has a `default`. A column that
/// Caspio fills must be `read_only`, and a password a
/// `password`. A [`CaspioInsert`](macro@CaspioInsert) must have the columns that are unique and never
/// null. Of a type that is a parameter of the struct, and of a field with `with`, only the column is
/// looked up.
///
/// The crate is compiled again when the file changes.
///
/// ```compile_fail
/// use caspio::prelude::*;
///
/// #[derive(CaspioTable)]
/// #[caspio(table = "Contacts", schema = "caspio.schema.json")] // there is no such file
/// struct Contact {
///     email: Option<String>,
/// }
/// ```
///
/// ## `crate = "path"`
///
/// Where the crate `caspio` is, when it is not `::caspio`: renamed in the manifest, or re-exported
/// by another crate.
///
/// ```
/// mod vendor {
///     pub use caspio as database;
/// }
///
/// #[derive(vendor::database::CaspioTable)]
/// #[caspio(table = "Orders", crate = "crate::vendor::database")]
/// struct Order {
///     total: f64,
/// }
/// # fn main() {}
/// ```
///
/// # Attributes of a field
///
/// ## `rename = "..."`
///
/// The column's name, as it is in Caspio.
///
/// ## `pk`
///
/// This field is the record's key, the column `PK_ID` that every table has: an `i64`, an `i32` or
/// a `u32`, or a type of your own that a `caspio::Key` can be made from. A record has one `pk` at
/// most. Without one, records can be read but do not contain their key. The key is never written.
///
/// ## `read_only`
///
/// The column is read and never written, as a Formula, an Autonumber or a Timestamp must be. Its
/// type among the columns says so, `Column<Contact, i64, ReadOnly>`, as that of a key does: to set
/// it in an update does not compile.
///
/// ## `password`
///
/// The column holds passwords, and the field is a `caspio::Password`. It is written and never read:
/// no read asks for it, and a record that was read holds `Password::unread()`, which is not written
/// either. To compare such a column or to select it does not compile.
///
/// ```
/// use caspio::Password;
/// use caspio::prelude::*;
///
/// #[derive(CaspioTable)]
/// #[caspio(table = "Members")]
/// struct Member {
///     email: String,
///     #[caspio(password)]
///     secret: Password,
/// }
/// ```
///
/// ## `default`, `default = "path"`
///
/// Null, and an answer without the column, stand for `Default::default()`, or for what the
/// function at the path returns. The path's function takes no arguments.
///
/// ```
/// use caspio::prelude::*;
///
/// #[derive(CaspioTable)]
/// #[caspio(table = "Products")]
/// struct Product {
///     #[caspio(default)]
///     stock: i64,
///     #[caspio(default = "unnamed")]
///     name: String,
/// }
///
/// fn unnamed() -> String {
///     "unnamed".to_owned()
/// }
/// ```
///
/// ## `skip`
///
/// The field is not a column; it is `Default::default()`, or with `skip, default = "path"` what
/// the function returns. `skip` goes with nothing else.
///
/// ## `with = "module"`
///
/// The column is read by the module's `deserialize`, so that the field may have any type. The
/// function has the form that serde's `with` asks for.
///
/// ```
/// use caspio::prelude::*;
/// use std::time::Duration;
///
/// #[derive(CaspioTable)]
/// #[caspio(table = "Calls")]
/// struct Call {
///     #[caspio(with = "seconds")]
///     length: Duration,
///     #[caspio(with = "seconds", default)]
///     waiting: Duration,
///     #[caspio(skip)]
///     selected: bool,
/// }
///
/// mod seconds {
///     use serde::{Deserialize, Deserializer};
///     use std::time::Duration;
///
///     pub fn deserialize<'de, D: Deserializer<'de>>(value: D) -> Result<Duration, D::Error> {
///         u64::deserialize(value).map(Duration::from_secs)
///     }
/// }
/// ```
///
/// A record with such a column can be read; to be inserted as well it needs `to`, or `read_only`.
///
/// ## `to = "path"`
///
/// This function returns the value to be written, from a reference to the field. Fields `with`
/// functions of their own need it, and those whose type does not implement `ToValue`.
///
/// ```
/// use caspio::field::FieldValue;
/// use caspio::prelude::*;
/// use std::time::Duration;
///
/// #[derive(CaspioTable)]
/// #[caspio(table = "Calls")]
/// struct Call {
///     #[caspio(with = "seconds", to = "seconds::to_value")]
///     length: Duration,
/// }
///
/// mod seconds {
///     # use caspio::field::FieldValue;
///     # use serde::{Deserialize, Deserializer};
///     # use std::time::Duration;
///     # pub fn deserialize<'de, D: Deserializer<'de>>(value: D) -> Result<Duration, D::Error> {
///     #     u64::deserialize(value).map(Duration::from_secs)
///     # }
///     // fn deserialize as above, and
///     pub fn to_value(length: &Duration) -> FieldValue<'_> {
///         FieldValue::Integer(length.as_secs() as i64)
///     }
/// }
/// ```
///
/// # Mistakes
///
/// All mistakes in a struct are reported at once, each at the word at fault. Two fields with one
/// column, an unknown attribute or one that is given twice are mistakes, and so is a field named
/// `PK_ID` that is not marked as `pk`:
///
/// ```compile_fail
/// use caspio::prelude::*;
///
/// #[derive(CaspioTable)]
/// #[caspio(table = "Contacts")]
/// struct Contact {
///     pk_id: i64, // the record's key: mark `pk_id` with `#[caspio(pk)]`
///     email: String,
/// }
/// ```
#[proc_macro_derive(CaspioTable, attributes(caspio))]
pub fn table(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::derive(&input, Kind::Table).into()
}

/// Turns a struct into the record of a view.
///
/// It is [`CaspioTable`](macro@CaspioTable) for views, with the same attributes, except that the
/// view is named by `view = "..."` and that its key, the column `PK_ID`, is text: the ids of the
/// records it was joined from, with commas between them.
///
/// ```
/// use caspio::prelude::*;
///
/// #[derive(Debug, CaspioView)]
/// #[caspio(view = "Order_Details")]
/// struct OrderDetail {
///     #[caspio(pk)]
///     pk_id: String,
///     customer_name: String,
///     total: Option<Decimal>,
/// }
///
/// assert_eq!(OrderDetail::COLUMNS.customer_name.name(), "Customer_Name");
/// ```
#[proc_macro_derive(CaspioView, attributes(caspio))]
pub fn view(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::derive(&input, Kind::View).into()
}

/// Turns a struct into a projection of a table's or view's record: some of its columns, expressions, and
/// what is computed over groups of records.
///
/// ```
/// use caspio::prelude::*;
///
/// #[derive(CaspioTable)]
/// #[caspio(table = "Contacts")]
/// struct Contact {
///     #[caspio(pk)]
///     pk_id: i64,
///     city: Option<String>,
///     email: Option<String>,
///     balance: Option<Decimal>,
///     joined: DateTime,
/// }
///
/// #[derive(CaspioRecord)]
/// #[caspio(of = Contact)]
/// struct PerCity {
///     city: Option<String>,
///     #[caspio(count)]
///     people: u64,
///     #[caspio(sum = balance)]
///     total: Option<Decimal>,
///     #[caspio(max = joined)]
///     latest: DateTime,
/// }
///
/// # async fn example(client: Client) -> caspio::Result<()> {
/// let contacts = client.table::<Contact>();
/// let cities = contacts
///     .filter(|c| c.email.is_not_null())
///     .select::<PerCity>()
///     .group_by(|c| c.city)
///     .collect()
///     .await?;
/// # Ok(())
/// # }
/// ```
///
/// A projection is read by a query for the records it is a projection of, `select::<PerCity>()`, whose
/// conditions and order use the columns of `Contact`; it has no columns of its own. It may have a
/// lifetime and generic parameters as a record of [`CaspioTable`](macro@CaspioTable) may.
///
/// # Attributes of the struct
///
/// `of = Contact` names the struct that this is a projection of. Required, and without quotes.
///
/// `rename_all` is the rule for the names of what is computed, and `crate` the path of the crate
/// `caspio`; see [`CaspioTable`](macro@CaspioTable).
///
/// # Attributes of a field
///
/// A field without attributes is the column of `Contact`'s field of the same name. That there is
/// such a column, and that the field can hold its values, is checked by the compiler. The types
/// need not be the same: `&str` does for a column that is a `String` in `Contact`, `Decimal` for
/// an integer, and any type with or without `Option`.
///
/// ## `column = field`
///
/// The column of another field of `Contact`.
///
/// ## `count`, `count = field`
///
/// How many records there are in a group, or how many of them are not null in the column of a
/// field of `Contact`.
///
/// ## `sum = field`, `avg = field`, `min = field`, `max = field`
///
/// The sum or the average of a number column, the least or the greatest value of a number, text or
/// date column. Nulls are left out; where there is nothing else the value is null, so the field of
/// a column that may be null is best an `Option`. An average of whole numbers is a whole number, as
/// in T-SQL.
///
/// ## `expr = "..."`
///
/// An expression in T-SQL. **Its text is trusted**, and nothing in it is checked before it is sent.
///
/// ```
/// use caspio::prelude::*;
///
/// # #[derive(CaspioTable)]
/// # #[caspio(table = "Contacts")]
/// # struct Contact {
/// #     city: Option<String>,
/// #     joined: DateTime,
/// # }
/// #[derive(CaspioRecord)]
/// #[caspio(of = Contact)]
/// struct Arrival<'a> {
///     #[caspio(column = city)]
///     place: Option<&'a str>,
///     #[caspio(expr = "YEAR(Joined)")]
///     year: i32,
/// }
/// ```
///
/// ## `rename = "..."`
///
/// The name of what is computed, for fields with `count` to `expr`. Without it, the name comes from
/// the field's as a column's does. It only has to differ from the other names in the struct.
///
/// ## `pk`, `default`, `skip`, `with`
///
/// As on [`CaspioTable`](macro@CaspioTable). `pk` is an `i64` in a projection of a table and a `String` in
/// a projection of a view. Groups of records have no key.
#[proc_macro_derive(CaspioRecord, attributes(caspio))]
pub fn record(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::derive(&input, Kind::Record).into()
}

/// Turns a struct into columns to insert into a table or view.
///
/// ```
/// use caspio::prelude::*;
/// use caspio::record::ToRow;
/// use caspio::{Password, Patch};
///
/// #[derive(CaspioTable)]
/// #[caspio(table = "Members")]
/// struct Member {
///     #[caspio(pk)]
///     pk_id: i64,
///     email: String,
///     age: Option<i32>,
///     balance: Option<Decimal>,
///     #[caspio(password)]
///     secret: Password,
/// }
///
/// #[derive(CaspioInsert)]
/// #[caspio(table = Member)]
/// struct NewMember<'a> {
///     email: &'a str,
///     age: Patch<i32>,
///     #[caspio(column = secret)]
///     password: Password,
/// }
///
/// let new = NewMember { email: "a@b.c", age: Patch::Absent, password: "correct horse".into() };
/// let row = new.to_row();
/// let names: Vec<&str> = row.iter().map(|(name, _)| name).collect();
/// assert_eq!(names, ["Email", "Secret"]);
/// ```
///
/// Each field is the column of `Member`'s field of the same name; columns the struct does not have
/// get what Caspio gives to columns that are left out. The compiler checks that there is such a
/// column, that it can be set, which keys and `read_only` columns cannot, and that it takes values
/// of the field's type. The types need not be the same: `&str` does for a column that is a `String`
/// in `Member`. An `Option` that is `None` is null; a `caspio::Patch` can leave the column out.
///
/// The struct may have lifetimes and generic parameters. Whether a column takes the values of a type
/// that is a parameter is not checked before they are sent.
///
/// Where `Member` is compared with the account's schema, see `schema` of
/// [`CaspioTable`](macro@CaspioTable), an insert without one of the columns that are unique and never
/// null does not compile, unless types are parameters of it.
///
/// A field that is a key or a `read_only` column does not compile:
///
/// ```compile_fail
/// use caspio::prelude::*;
///
/// #[derive(CaspioTable)]
/// #[caspio(table = "Orders")]
/// struct Order {
///     customer: String,
///     #[caspio(read_only)]
///     total: Option<Decimal>,
/// }
///
/// #[derive(CaspioInsert)]
/// #[caspio(table = Order)]
/// struct NewOrder {
///     customer: String,
///     total: Decimal, // this column is read-only, it cannot be set
/// }
/// ```
///
/// # Attributes of the struct
///
/// `table = Member` names the struct of the table, `view = OrderDetail` that of a view. One of the
/// two is required, without quotes. `crate` is the path of the crate `caspio`; see
/// [`CaspioTable`](macro@CaspioTable).
///
/// # Attributes of a field
///
/// ## `column = field`
///
/// The column of another field of the table's struct.
///
/// ## `to = "path"`
///
/// What the column is set to is made by this function, from a reference to the field; see
/// [`CaspioTable`](macro@CaspioTable). The function's values are not checked against the column.
///
/// ## `skip`
///
/// The field is not a column, and not written.
#[proc_macro_derive(CaspioInsert, attributes(caspio))]
pub fn insert(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::derive_insert(&input).into()
}
