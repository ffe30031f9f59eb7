//! Derive macros of the Caspio SDK: a struct becomes the record of a table or of a view.
//!
//! Users get them from the crate `caspio`, which this one is a part of. A struct is parsed once
//! into a model, the model is checked, and each part of the expansion is written from it:
//!
//! | module | does |
//! |---|---|
//! | `attr`, `keys`, `options` | read `#[caspio(...)]`: the items, the words, what they mean |
//! | `shape`, `model`, `check` | the struct as a table or view, and what is wrong with it |
//! | `rename`, `suggest` | names of columns, and the nearest of a few words |
//! | `expand` | the code: columns, `Source`, `Record`, `Decode`, or stubs after a mistake |

mod attr;
mod check;
mod errors;
mod expand;
mod keys;
mod model;
mod options;
mod rename;
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
/// have are not asked for. It owns its values, so it has no lifetime and no generic parameters.
/// A field that may be null is an `Option`. The types a field can have are listed at
/// `caspio::field`, whose traits let types of your own join in.
///
/// # What is generated
///
/// - The struct `ContactColumns`, as visible as `Contact`, with one typed column a field, and the
///   constant `Contact::COLUMNS` of it. Queries hand it to their closures:
///   `.filter(|c| c.email.is_not_null())`.
/// - The impls of `Source`, `CaspioTable`, `Record` and `Decode` from `caspio::record`. They can
///   be written by hand as well.
///
/// The struct may derive serde's traits for other uses: neither looks at the other's attributes.
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
/// most. Without any it is read all the same, but does not know its key. The key is never written.
///
/// ## `read_only`
///
/// The column is read and never written, as a Formula, an Autonumber or a Timestamp must be.
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
    expand::source(&input, Kind::Table).into()
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
    expand::source(&input, Kind::View).into()
}
