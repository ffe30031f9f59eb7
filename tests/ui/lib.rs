//! The folders of this crate have programs, which the test `ui` compiles.
