//! Derive macros of the Caspio SDK: a struct becomes the record of a table or view, a projection of one, or columns
//! to insert; a newtype or an enum becomes the type of a column.
//!
//! The crate `caspio` re-exports them. A struct is parsed once into a model, the model is checked, and each part of
//! the code is generated from it:
//!
//! | module | does |
//! |---|---|
//! | `attr`, `keys`, `options`, `origin` | parse `#[caspio(...)]`: the items, their keys, their meaning |
//! | `named_fields`, `params`, `model`, `check` | the struct as a table, a view or a projection, and its mistakes |
//! | `suggest` | the most similar of a few words |
//! | `insert` | the struct as columns to insert |
//! | `value`, `value_options` | the newtype or enum as the type of a column, and its mistakes |
//! | `schema` | compares the struct with the account's schema file |
//! | `expand` | the code: columns, `Source`, `Record`, `Decode`, `ToRow`, or stubs after a mistake |
#![cfg_attr(docsrs, feature(doc_cfg))]

mod attr;
mod check;
mod errors;
mod expand;
mod insert;
mod keys;
mod model;
mod named_fields;
mod options;
mod origin;
mod params;
mod read;
mod schema;
mod setting;
mod suggest;
mod value;
mod value_options;

use keys::DeriveKind;
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
/// A record is a struct with named fields, one for each column to be read; other columns are not requested. A field
/// that may be null is an `Option`. `caspio::field` lists the types a field can have; for types of your own there is
/// [`CaspioValue`](macro@CaspioValue).
///
/// # What is generated
///
/// - The struct `ContactColumns`, as visible as `Contact`, with one typed column per field, and the
///   constant `Contact::COLUMNS`. Queries pass it to their closures: `.filter(|c| c.email.is_not_null())`.
/// - The impls of `Source`, `CaspioTable`, `Record`, `Decode` and `ToRow` from `caspio::advanced`.
///   They can also be implemented by hand.
///
/// `ToRow`, which inserts need, is implemented if each column can be written: a struct with fields that can only be
/// read is a record for reading only.
///
/// The struct may also derive serde's traits, for an API of your own: neither derive uses the other's attributes. The
/// feature `serde` of `caspio` implements them for its field types.
///
/// # Lifetimes and generics
///
/// A struct with a lifetime borrows from its page, so that no text is copied. Such records are read page by page:
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
/// so usually only the underscores matter. For other names use `rename` and `rename_all`.
///
/// # Attributes of the struct
///
/// Attributes are written as `#[caspio(...)]`, in one list or several.
///
/// ## `table = "..."`
///
/// The table's name in Caspio. Required.
///
/// ## `rename_all = "..."`
///
/// The rule that turns the names of fields into names of columns; `rename` on a field has precedence.
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
/// The account's schema file, `caspio.schema.json`, which the struct is compared with at compile time; the path is
/// relative to the folder of Cargo.toml. The environment variable `CASPIO_SCHEMA` sets one file for all structs, and
/// `schema = false` exempts a struct. For a workspace, set it in `.cargo/config.toml`:
///
/// ```toml
/// [env]
/// CASPIO_SCHEMA = { value = "caspio.schema.json", relative = true }
/// ```
///
/// The table must be in the file, and each field's column in the table. The field's type must hold the column's values,
/// and null if the file allows it: then it is an `Option` or has a `default`. A column that Caspio fills must be
/// `read_only`, and a password a `password`. A [`CaspioInsert`](macro@CaspioInsert) must have the columns that are
/// unique and never null. If the type of a field is a parameter of the struct, or the field has `with`, only the
/// existence of the column is checked.
///
/// A change of the file recompiles the crate.
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
/// The path of the crate `caspio` if it is not `::caspio`: renamed in the manifest, or re-exported by another crate.
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
/// The column is read and never written, which is required for a Formula, an Autonumber and a Timestamp. Its column
/// has the type `Column<Contact, i64, ReadOnly>`, like a key; an update that sets it does not compile.
///
/// ## `password`
///
/// The column holds passwords, and the field is a `caspio::Password`. It is written and never read: no read requests
/// it, and a record that was read holds `Password::unread()`, which is never written. Comparing or selecting such a
/// column does not compile.
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
/// Null and a missing column become `Default::default()`, or the value that the function at the path returns. The
/// function takes no arguments.
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
/// The field is not a column; it is `Default::default()`, or the value that the function returns with
/// `skip, default = "path"`. `skip` cannot be combined with other attributes.
///
/// ## `with = "module"`
///
/// The module's `deserialize` reads the column, so that the field may have any type. The function has the signature
/// that serde's `with` requires.
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
/// A record with such a column can be read; to be inserted, the field needs `to` or `read_only`.
///
/// ## `to = "path"`
///
/// This function returns the value to be written, from a reference to the field. Fields
/// with `with` need it, and fields whose type does not implement `ToValue`.
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
/// All mistakes in a struct are reported at once, each at its word. Two fields with the same column, an unknown or
/// repeated attribute, and a field named `PK_ID` without `pk` are mistakes:
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
    expand::derive(&input, DeriveKind::Table).into()
}

/// Turns a struct into the record of a view.
///
/// It is [`CaspioTable`](macro@CaspioTable) for views, with the same attributes, except that `view = "..."` names the
/// view, and that its key, the column `PK_ID`, is text: the ids of the joined records, separated by commas.
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
    expand::derive(&input, DeriveKind::View).into()
}

/// Turns a struct into a projection of a table or view: some of its columns, expressions, and aggregates of groups of
/// records.
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
/// Read a projection with `select::<PerCity>()` on a query of `Contact`, whose conditions and order use the columns of
/// `Contact`; a projection has no columns of its own. It may have a lifetime and generic parameters, as a record of
/// [`CaspioTable`](macro@CaspioTable) may.
///
/// # Attributes of the struct
///
/// `of = Contact` names the struct that this is a projection of. Required, and without quotes.
///
/// `rename_all` is the rule for the names of computed values, and `crate` the path of the crate
/// `caspio`; see [`CaspioTable`](macro@CaspioTable).
///
/// # Attributes of a field
///
/// A field without attributes is the column of `Contact`'s field of the same name. That there is
/// such a column, and that the field can hold its values, is checked by the compiler. The types
/// need not be the same: `&str` works for a column that is a `String` in `Contact`, `Decimal` for
/// an integer, and any type with or without `Option`.
///
/// ## `column = field`
///
/// The column of another field of `Contact`.
///
/// ## `count`, `count = field`
///
/// The number of records in a group, or of those that are not null in the column of a field of `Contact`.
///
/// ## `sum = field`, `avg = field`, `min = field`, `max = field`
///
/// The sum or the average of a number column, the minimum or maximum of a number, text or date column. Nulls are
/// ignored; if all values are null, the result is null, so use an `Option` for a column that may be null. An average of
/// whole numbers is a whole number, as in T-SQL.
///
/// ## `expr = "..."`
///
/// An expression in T-SQL. **You are responsible for its text**: it is sent unchecked.
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
/// The name of a computed value, for fields with `count` to `expr`. By default it is made from the name of the field,
/// as for a column. It must differ from the other names in the struct.
///
/// ## `pk`, `default`, `skip`, `with`
///
/// As on [`CaspioTable`](macro@CaspioTable). `pk` is an `i64` in a projection of a table and a `String` in
/// a projection of a view. Groups of records have no key.
#[proc_macro_derive(CaspioRecord, attributes(caspio))]
pub fn record(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::derive(&input, DeriveKind::Record).into()
}

/// Turns a struct into columns to insert into a table or view.
///
/// ```
/// use caspio::prelude::*;
/// use caspio::advanced::ToRow;
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
/// get Caspio's defaults. The compiler checks that there is such a
/// column, that it can be set, which keys and `read_only` columns cannot, and that it takes values
/// of the field's type. The types need not be the same: `&str` works for a column that is a `String`
/// in `Member`. An `Option` that is `None` is null; a `caspio::Patch` can omit the column.
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
/// This function returns the value to be written, from a reference to the field; see
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

/// Makes a newtype or an enum the type of a column.
///
/// A struct with one field is what its field is: in records, conditions, updates, keys and positions. An enum has a
/// variant for each word of a text column, or of a list.
///
/// ```
/// use caspio::prelude::*;
///
/// #[derive(Clone, Copy, Debug, PartialEq, CaspioValue)]
/// struct TaskId(i64);
///
/// #[derive(Clone, Debug, PartialEq, CaspioValue)]
/// struct Email(String);
///
/// #[derive(Clone, Debug, PartialEq, CaspioValue)]
/// #[caspio(rename_all = "Title Case")]
/// enum Status {
///     Open,
///     InProgress,
///     #[caspio(rename = "Done!")]
///     Done,
/// }
///
/// #[derive(Debug, CaspioTable)]
/// #[caspio(table = "Tasks")]
/// struct Task {
///     #[caspio(pk)]
///     id: TaskId,
///     owner: Option<Email>,
///     status: Status,
///     earlier: List<Status>,
/// }
///
/// let c = Task::COLUMNS;
/// assert_eq!(c.status.eq(Status::InProgress).to_sql(), "Status = N'In Progress'");
/// assert_eq!(c.id.in_([TaskId(7), TaskId(9)]).to_sql(), "PK_ID IN (7,9)");
///
/// # async fn example(caspio: Client, id: TaskId) -> caspio::Result<()> {
/// let tasks = caspio.table::<Task>();
/// let task = tasks.get(id).await?;
/// tasks.update(id).set(|c| (c.status.to(Status::Done), c.owner.to(Email("a@b.c".into())))).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Newtypes
///
/// The struct has no parameters, and one field, with or without a name. It gets the impls of `FieldType`, `Field`,
/// `ToValue`, `ToLiteral` and `BindValue` of its field's type, as far as that has them, and of `From<TaskId>` for
/// `i64`, the type of its field. A column compares with its own newtype and with values of the inner type:
/// `c.id.eq(7)`.
///
/// A newtype of an `i64`, of an integer of up to 32 bits or of a `String` is a record's key where it is marked `pk`,
/// for which it derives `Clone`.
///
/// A record is read into the struct without a constructor of your own: a type that has to check its value implements
/// `caspio::field::Field` by hand.
///
/// # Enums
///
/// Each variant without data is a word: its name, or the one that `rename` or `rename_all` gives it. A word is read as
/// Caspio compares text, in any case and with any blanks at its end, and written as it is in the code. The enum gets
/// the impls of `FieldType`, `Field`, `ToValue`, `ToLiteral` and `BindValue`, and of `caspio::field::Words`, which
/// converts between words and variants.
///
/// In an `Option`, null is `None`, and so is an empty text, which text columns hold before they are set. A word without
/// a variant is an error of kind `Decode`, which names the record, the column, the word and the words of the enum; or
/// the variant that is marked `other`:
///
/// ```
/// use caspio::field::Words;
/// use caspio::prelude::*;
///
/// #[derive(Debug, PartialEq, CaspioValue)]
/// enum Color {
///     Red,
///     Green,
///     #[caspio(other)]
///     Other(String),
/// }
///
/// assert_eq!(Color::from_word("RED"), Some(Color::Red));
/// assert_eq!(Color::from_word("mauve"), Some(Color::Other("mauve".to_owned())));
/// ```
///
/// # Attributes of the type
///
/// `crate` is the path of the crate `caspio`; see [`CaspioTable`](macro@CaspioTable).
///
/// ## `rename_all = "..."`
///
/// The rule that turns the names of an enum's variants into words; `rename` on a variant has precedence.
///
/// | rule | `InProgress` |
/// |---|---|
/// | `none`, the default; `PascalCase` | `InProgress` |
/// | `Title Case` | `In Progress` |
/// | `Title_Snake` | `In_Progress` |
/// | `camelCase` | `inProgress` |
/// | `snake_case` | `in_progress` |
/// | `SCREAMING_SNAKE_CASE` | `IN_PROGRESS` |
/// | `lowercase`, `UPPERCASE` | `inprogress`, `INPROGRESS` |
///
/// ## `serde`
///
/// Implements serde's `Serialize` and `Deserialize` for an enum, as its words; a newtype derives them itself, and is
/// its inner value.
///
/// # Attributes of a variant
///
/// ## `rename = "..."`
///
/// The word as it is in Caspio. It may be empty.
///
/// ## `other`
///
/// The variant for words that no other variant has. It holds the word, in a `String`, `Box<str>` or `Arc<str>`.
#[proc_macro_derive(CaspioValue, attributes(caspio))]
pub fn value(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::derive_value(&input).into()
}
