//! Where in the records of a table or view the page is.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt;

/// A page of records that contain the searched words; shown, it is a URL.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    /// The id of the table or view.
    pub(super) id: u32,
    pub(super) search: &'a str,
    /// From 1.
    pub(super) page: u64,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/?id={}", self.id)?;
        if !self.search.is_empty() {
            let search = utf8_percent_encode(self.search, NON_ALPHANUMERIC);
            write!(f, "&search={search}")?;
        }
        if self.page > 1 {
            write!(f, "&page={}", self.page)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searched_words_are_encoded() {
        let place = Place {
            id: 3,
            search: "a&b=\"c\r\n",
            page: 2,
        };

        assert_eq!(place.to_string(), "/?id=3&search=a%26b%3D%22c%0D%0A&page=2");
    }
}
