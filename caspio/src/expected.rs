//! What a closure should return, for messages about closures that return something else.

/// A type that a closure may return, on purpose or by mistake, where a `W` is expected.
///
/// An unmet bound on what a closure returns marks the whole closure. That the closure returns [`Type`](Self::Type) is a
/// second bound, for which the compiler marks the returned expression: "expected `Filter<Contact>`, found
/// `Filter<Order>`".
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not what this closure should return",
    label = "expected `{W}`"
)]
pub trait Expected<W> {
    /// What the closure should return: `Self` if it may return `Self`.
    type Type;
}

/// A closure that takes `C` and returns `T`.
pub trait Returns<C, T> {}

impl<F: FnOnce(C) -> T, C, T> Returns<C, T> for F {}
