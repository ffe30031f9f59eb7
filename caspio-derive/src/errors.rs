//! The mistakes found in one struct, reported together.

use proc_macro2::{Span, TokenStream};
use std::fmt::Display;
use syn::Error;

/// Collects mistakes, so that a user sees all of them after one build.
#[derive(Default)]
pub(crate) struct Errors {
    all: Option<Error>,
}

impl Errors {
    /// Adds a mistake at the span of its word.
    pub(crate) fn push(&mut self, span: Span, message: impl Display) {
        self.extend(Error::new(span, message));
    }

    /// Adds the errors of a parser.
    pub(crate) fn extend(&mut self, error: Error) {
        match &mut self.all {
            Some(all) => all.combine(error),
            None => self.all = Some(error),
        }
    }

    /// Returns whether there are no mistakes.
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_none()
    }

    /// Returns one `compile_error!` per mistake.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.all.map(Error::into_compile_error).unwrap_or_default()
    }
}
