//! Comparing structs with the definitions of their tables and views.

use super::{FieldDefinition, Kind};
use crate::client::{Client, ClientBuilder};
use crate::record::{FieldInfo, ObjectKind, Origin, Record, Source};
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use caspio_schema::is_same_name;
use futures::future::BoxFuture;
use std::any::type_name;

const OPERATION: &str = "schema.verify";

/// Remarks about a record that fits its table or view.
///
/// ```no_run
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let verified = caspio.verify::<Contact>().await?;
/// for column in verified.not_writable {
///     println!("{column} should be `read_only`");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// The columns that may be null although the struct's field does not accept null: a record with null there cannot
    /// be read. Caspio does not mark columns that are always filled, so only the account's owner knows whether this
    /// happens.
    pub may_be_null: Vec<&'static str>,
    /// The columns that cannot be written although the struct's field is not marked `read_only`.
    pub not_writable: Vec<&'static str>,
}

/// Records to verify together: one, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a Caspio record nor a tuple of records",
    note = "name records that derive `CaspioTable`, `CaspioView` or `CaspioRecord`: `(Contact, Order)`; at most eight, the tuples themselves can be nested"
)]
pub trait VerifySet {
    /// Verifies each of them, and returns an error for each that does not fit.
    #[doc(hidden)]
    fn verify(client: &Client) -> BoxFuture<'_, Result<Vec<Error>>>;
}

impl ClientBuilder {
    /// Verifies these records when [`connect`](Self::connect) creates the client;
    /// see [`Client::verify`]. Accepts one record or a tuple of them, and may be called again for more.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example() -> caspio::Result<()> {
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", "client-secret")
    ///     .verify_on_start::<(Contact, Order)>()
    ///     .connect()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify_on_start<T: VerifySet>(self) -> Self {
        self.verify_by(T::verify)
    }
}

impl Client {
    /// Compares a record with the current definition of its table or view: every column must exist, be readable, and
    /// have a type that the struct's field can hold. One call; on v4 more if ids or list keys are not known yet.
    ///
    /// `PK_ID` and T-SQL expressions are not checked. A field of your own type is compared by the kind that it
    /// declares, and one with `#[caspio(with = "...")]` by its name only. For list columns only the list type is
    /// compared.
    ///
    /// # Errors
    ///
    /// `Decode`: it does not fit. The message names every mismatch with the struct's field, the column and the
    /// correction. `NotFound`: there is no such table or view. `Refused`: a view on v2, which
    /// does not return the fields of views.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let verified = caspio.verify::<Contact>().await?;
    /// for column in verified.may_be_null {
    ///     println!("{column} may be null");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn verify<T: Record>(&self) -> Result<Verified> {
        let target = Target::new(<T::Source as Source>::KIND, <T::Source as Source>::NAME);
        let record = short(type_name::<T>());
        self.verify_fields(&target, record, T::FIELDS).await
    }

    async fn verify_fields(
        &self,
        target: &Target,
        record: &str,
        fields: &[FieldInfo],
    ) -> Result<Verified> {
        if fields.is_empty() {
            return Ok(Verified::default());
        }
        self.forget_definitions(target);
        let definitions =
            self.definitions(target)
                .await
                .map_err(|error| match error.is_not_found() {
                    true => error.with_hint(format!("the struct `{record}` is bound to it")),
                    false => error,
                })?;
        compare(target, record, fields, &definitions)
    }
}

fn compare(
    target: &Target,
    record: &str,
    fields: &[FieldInfo],
    definitions: &[FieldDefinition],
) -> Result<Verified> {
    let mut verified = Verified::default();
    let mut mismatches = Vec::new();
    let mut columns = Vec::new();
    for field in fields {
        let Some(column) = column_of(field).filter(|column| !is_key(target, column)) else {
            continue;
        };
        match check_field(field, column, definitions) {
            Ok(definition) => verified.note(field, definition),
            Err(mismatch) => {
                mismatches.push(format!("field `{}`: {mismatch}", field.member));
                columns.push(column);
            }
        }
    }
    if mismatches.is_empty() {
        return Ok(verified);
    }
    let message = format!(
        "the struct `{record}` does not fit: {}",
        mismatches.join("; ")
    );
    Err(Error::new(ErrorKind::Decode, message)
        .with_operation(OPERATION)
        .with_resource(target.to_string())
        .with_field(columns.join(", ")))
}

impl Verified {
    fn note(&mut self, field: &FieldInfo, definition: &FieldDefinition) {
        if field.origin != Origin::Column {
            return;
        }
        if definition.is_nullable() && !field.nullable {
            self.may_be_null.push(field.name);
        }
        if !definition.is_writable() && !field.read_only {
            self.not_writable.push(field.name);
        }
    }
}

/// The column that a field is read from; `None` for an expression and for `COUNT(*)`.
fn column_of(field: &FieldInfo) -> Option<&'static str> {
    match field.origin {
        Origin::Column => Some(field.name),
        Origin::Aggregate { column, .. } => Some(column).filter(|column| !column.is_empty()),
        Origin::Expression(_) => None,
    }
}

/// Whether a column can be read although no list of fields contains it: `PK_ID`, and in a view the `PK_ID` of each of
/// its tables.
fn is_key(target: &Target, column: &str) -> bool {
    let begins = |prefix: &str| {
        let start = column.get(..prefix.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    is_same_name(column, "PK_ID") || (target.kind == ObjectKind::View && begins("_PK_ID_"))
}

/// Returns the definition that a field fits, or the mismatch.
fn check_field<'d>(
    field: &FieldInfo,
    column: &str,
    definitions: &'d [FieldDefinition],
) -> Result<&'d FieldDefinition, String> {
    let named = |definition: &&FieldDefinition| is_same_name(&definition.name, column);
    let Some(definition) = definitions.iter().find(named) else {
        let names = definitions
            .iter()
            .map(|definition| definition.name.as_str());
        let nearest = caspio_schema::nearest(column, names);
        let hint = nearest.map(|name| format!(", did you mean {name:?}?"));
        return Err(format!(
            "there is no column {column:?}{}",
            hint.unwrap_or_default()
        ));
    };
    let data_type = &definition.data_type;
    if !data_type.is_readable() {
        return Err(format!(
            "column {column:?} is a password, which Caspio never returns"
        ));
    }
    let is_column = field.origin == Origin::Column;
    match field.kind.filter(|_| is_column) {
        Some(kind) if !data_type.fits(kind) => Err(format!(
            "column {column:?} is {data_type}, which `{}` does not hold; use {}",
            field.rust_type,
            proposed(data_type.kinds()),
        )),
        _ => Ok(definition),
    }
}

fn proposed(kinds: &[Kind]) -> String {
    let types: Vec<_> = kinds
        .iter()
        .map(|kind| format!("`{}`", kind.rust_type()))
        .collect();
    types.join(" or ")
}

/// The name of a type without its path: `shop::Contact<'_>` is `Contact<'_>`.
fn short(name: &str) -> &str {
    let path = name.split('<').next().unwrap_or(name);
    let start = path.rfind("::").map_or(0, |at| at + 2);
    &name[start..]
}

impl<T: Record> VerifySet for T {
    fn verify(client: &Client) -> BoxFuture<'_, Result<Vec<Error>>> {
        Box::pin(async {
            match client.verify::<T>().await {
                Ok(_) => Ok(Vec::new()),
                Err(error) if is_mismatch(&error) => Ok(vec![error]),
                Err(error) => Err(error),
            }
        })
    }
}

/// Whether an error is a mismatch, and not a failure of the call.
fn is_mismatch(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Decode | ErrorKind::NotFound)
}

macro_rules! tuples {
    ($($($name:ident)*,)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: VerifySet),*> VerifySet for ($($name,)*) {
            fn verify(client: &Client) -> BoxFuture<'_, Result<Vec<Error>>> {
                Box::pin(async {
                    let mut mismatches = Vec::new();
                    $(mismatches.extend($name::verify(client).await?);)*
                    Ok(mismatches)
                })
            }
        }
    )*};
}

tuples!(
    A,
    A B,
    A B C,
    A B C D,
    A B C D E,
    A B C D E F,
    A B C D E F G,
    A B C D E F G H,
);
