//! An operation: a method, a path and the name that Caspio's document has for it.

use super::Refusal;
use super::call::{Call, Outcome};
use axum::http::{Method, StatusCode};

/// What an operation accepts as its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyKind {
    /// JSON, or no body. The emulator requires the content type without a body too, while Caspio
    /// requires it only where a body is sent.
    Json,
    /// A multipart form.
    Form,
}

/// One operation.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) method: Method,
    /// Segments after the version's base, `{}` for a value.
    pub(crate) pattern: &'static str,
    /// The operation's name, which the meter and the faults use.
    pub(crate) operation: &'static str,
    pub(crate) takes: BodyKind,
    /// Whether it needs no token.
    pub(crate) public: bool,
    pub(crate) handler: fn(&Call<'_>) -> Outcome,
}

impl Route {
    pub(crate) const fn get(
        pattern: &'static str,
        operation: &'static str,
        handler: fn(&Call<'_>) -> Outcome,
    ) -> Self {
        Self::new(Method::GET, pattern, operation, handler)
    }

    pub(crate) const fn post(
        pattern: &'static str,
        operation: &'static str,
        handler: fn(&Call<'_>) -> Outcome,
    ) -> Self {
        Self::new(Method::POST, pattern, operation, handler)
    }

    pub(crate) const fn put(
        pattern: &'static str,
        operation: &'static str,
        handler: fn(&Call<'_>) -> Outcome,
    ) -> Self {
        Self::new(Method::PUT, pattern, operation, handler)
    }

    pub(crate) const fn patch(
        pattern: &'static str,
        operation: &'static str,
        handler: fn(&Call<'_>) -> Outcome,
    ) -> Self {
        Self::new(Method::PATCH, pattern, operation, handler)
    }

    pub(crate) const fn delete(
        pattern: &'static str,
        operation: &'static str,
        handler: fn(&Call<'_>) -> Outcome,
    ) -> Self {
        Self::new(Method::DELETE, pattern, operation, handler)
    }

    /// Makes the operation take a multipart form.
    pub(crate) const fn form(mut self) -> Self {
        self.takes = BodyKind::Form;
        self
    }

    /// Makes the operation need no token.
    pub(crate) const fn public(mut self) -> Self {
        self.public = true;
        self
    }

    const fn new(
        method: Method,
        pattern: &'static str,
        operation: &'static str,
        handler: fn(&Call<'_>) -> Outcome,
    ) -> Self {
        Self {
            method,
            pattern,
            operation,
            takes: BodyKind::Json,
            public: false,
            handler,
        }
    }

    /// Returns the operation's path below `base`.
    pub(crate) fn path(&self, base: &str) -> String {
        match self.pattern {
            "" => base.to_owned(),
            pattern => format!("{base}/{pattern}"),
        }
    }

    fn captures(&self, path: &[String]) -> Option<Vec<String>> {
        let mut values = Vec::new();
        let mut segments = path.iter();
        for wanted in self.pattern.split('/').filter(|step| !step.is_empty()) {
            let segment = segments.next()?;
            if wanted == "{}" {
                values.push(segment.clone());
            } else if !wanted.eq_ignore_ascii_case(segment) {
                return None;
            }
        }
        segments.next().is_none().then_some(values)
    }
}

/// Finds the operation for a path. The first matching pattern is used, so literal segments come
/// before captures in the tables. A known path with another method is 405.
pub(crate) fn find<'r>(
    routes: impl IntoIterator<Item = &'r Route>,
    method: &Method,
    path: &[String],
) -> Result<(&'r Route, Vec<String>), Refusal> {
    let mut known = false;
    for route in routes {
        let Some(values) = route.captures(path) else {
            continue;
        };
        if route.method == *method {
            return Ok((route, values));
        }
        known = true;
    }
    Err(Refusal::bare(if known {
        StatusCode::METHOD_NOT_ALLOWED
    } else {
        StatusCode::NOT_FOUND
    }))
}
