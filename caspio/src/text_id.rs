//! Ids of objects that the service assigns: texts, each kind with a type of its own.

use caspio_core::{Error, ErrorKind, Result};

/// Declares the type of an id.
macro_rules! text_id {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Returns the id as a text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl From<&String> for $name {
            fn from(id: &String) -> Self {
                Self(id.clone())
            }
        }

        impl From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

pub(crate) use text_id;

/// Refuses a text that cannot be an id in a path, because it would reach another operation or none.
///
/// # Errors
///
/// `Refused`: it is empty, or contains what divides a URL, or control characters.
pub(crate) fn check(id: &str) -> Result<()> {
    let divides = |c: char| matches!(c, '/' | '\\' | '?' | '#' | '%') || c.is_control();
    let reason = match id.trim() {
        "" => "the id is empty",
        "." | ".." => "an id is not only dots",
        _ if id.contains(divides) => "an id has no characters that divide a URL",
        _ => return Ok(()),
    };
    Err(Error::new(ErrorKind::Refused, format!("{reason}: {id:?}")))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn what_would_change_the_path_is_no_id() {
        for bad in [
            "", " ", ".", "..", "a/b", "a\\b", "a%2Fb", "a?b", "a#b", "a\nb", "\0",
        ] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
        for good in ["b7c3b7d5-4fa5-4725-86a2-6ca5ca797157", "x2y7pe", "é 1"] {
            assert!(check(good).is_ok(), "{good:?}");
        }
    }
}
