//! Comparing records with what the account says of their columns.

use super::{FieldDefinition, Kind};
use crate::client::{Client, ClientBuilder};
use crate::record::{FieldInfo, Origin, Record, Source, SourceKind};
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::future::BoxFuture;
use std::any::type_name;

const OPERATION: &str = "schema.verify";

/// What a record that fits its table or view should know all the same.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Pets")]
/// # struct Pet { #[caspio(pk)] pk_id: i64, name: String }
/// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
/// let verified = caspio.verify::<Pet>().await?;
/// for column in verified.not_writable {
///     println!("{column} should be `read_only`");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// The columns that Caspio lets be null while the struct's field does not hold null: a record with
    /// null there cannot be read. Caspio has no mark for columns that are always filled, so whether that
    /// happens only the account's owner knows.
    pub may_be_null: Vec<&'static str>,
    /// The columns that cannot be written while the struct's field is not marked `read_only`.
    pub not_writable: Vec<&'static str>,
}

/// Records to be verified together: one, or a tuple of them.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Pets")]
/// # struct Pet { #[caspio(pk)] pk_id: i64, name: String }
/// # #[derive(CaspioTable)] #[caspio(table = "Vets")]
/// # struct Vet { #[caspio(pk)] pk_id: i64, name: String }
/// # async fn example() -> caspio::Result<()> {
/// let builder = Client::builder().account("b3poa").credentials("client-id", "client-secret");
/// let caspio = builder.verify_on_start::<(Pet, Vet)>().connect().await?;
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a Caspio record nor a tuple of records",
    note = "name records that derive `CaspioTable`, `CaspioView` or `CaspioRecord`: `(Contact, Order)`; at most eight, the tuples themselves can be nested"
)]
pub trait VerifySet {
    /// Verifies each of them; those that do not fit come as a list.
    #[doc(hidden)]
    fn verify(client: &Client) -> BoxFuture<'_, Result<Vec<Error>>>;
}

impl ClientBuilder {
    /// Compares these records with the account when the client is made by [`connect`](Self::connect);
    /// see [`Client::verify`]. Takes one record or a tuple of them, and may be called again for more.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)]
    /// # #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, email: String }
    /// # #[derive(CaspioTable)]
    /// # #[caspio(table = "Orders")]
    /// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal }
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
    /// Compares a record with what the account says of its table or view now: every column is there, is
    /// told to readers, and has a type that the struct's field holds. One call; on v4 more where ids or
    /// list keys are not known yet.
    ///
    /// `PK_ID` and columns that are T-SQL expressions are taken as they are. A field of a type of your
    /// own is compared by the kind it claims, and one with `#[caspio(with = "...")]` by its name only.
    /// Of a list only that it is one is compared.
    ///
    /// # Errors
    ///
    /// `Decode`: it does not fit; all faults are in the message, each with the struct's field, the column
    /// and what to change. `NotFound`: there is no such table or view. `Refused`: a view on v2, which
    /// does not tell the fields of views.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)]
    /// # #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, email: String }
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
    let mut faults = Vec::new();
    let mut columns = Vec::new();
    for field in fields {
        let Some(column) = column_of(field).filter(|column| !is_key(target, column)) else {
            continue;
        };
        match fault(field, column, definitions) {
            Ok(definition) => verified.note(field, definition),
            Err(fault) => {
                faults.push(format!("field `{}`: {fault}", field.member));
                columns.push(column);
            }
        }
    }
    if faults.is_empty() {
        return Ok(verified);
    }
    let message = format!("the struct `{record}` does not fit: {}", faults.join("; "));
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

/// The column that a field is read from; none for an expression and for `COUNT(*)`.
fn column_of(field: &FieldInfo) -> Option<&'static str> {
    match field.origin {
        Origin::Column => Some(field.name),
        Origin::Aggregate { column, .. } => Some(column).filter(|column| !column.is_empty()),
        Origin::Expression(_) => None,
    }
}

/// The columns that can be read but are in no list of fields: `PK_ID`, and in a view those of its tables.
fn is_key(target: &Target, column: &str) -> bool {
    let begins = |prefix: &str| {
        let start = column.get(..prefix.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    column.eq_ignore_ascii_case("PK_ID") || (target.kind == SourceKind::View && begins("_PK_ID_"))
}

/// The definition that a field fits, or what does not fit.
fn fault<'d>(
    field: &FieldInfo,
    column: &str,
    definitions: &'d [FieldDefinition],
) -> Result<&'d FieldDefinition, String> {
    let named = |definition: &&FieldDefinition| definition.name.eq_ignore_ascii_case(column);
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
            "column {column:?} is a password, which Caspio never tells"
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
                Err(error) if unfit(&error) => Ok(vec![error]),
                Err(error) => Err(error),
            }
        })
    }
}

/// Whether an error says that a record does not fit, in place of what stopped the call.
fn unfit(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Decode | ErrorKind::NotFound)
}

macro_rules! tuples {
    ($($($name:ident)*,)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: VerifySet),*> VerifySet for ($($name,)*) {
            fn verify(client: &Client) -> BoxFuture<'_, Result<Vec<Error>>> {
                Box::pin(async {
                    let mut faults = Vec::new();
                    $(faults.extend($name::verify(client).await?);)*
                    Ok(faults)
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
