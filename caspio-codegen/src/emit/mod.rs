//! Emits code as text, formatted as rustfmt would.

mod field;
mod frame;
mod key_type;
mod list_enum;
mod new;

pub(crate) use field::{attribute, doc_comment, insert_field, record_field};
pub(crate) use frame::{insert_frame, record_frame, use_line};
pub(crate) use key_type::{key_struct, plain_key};
pub(crate) use list_enum::{enum_item, variant_lines};
pub(crate) use new::{new_function, new_impl};

/// The maximum width of a line of code.
const WIDTH: usize = 100;

/// Returns the width of a text as rustfmt counts it: ideographs and emoji take two columns.
fn width(text: &str) -> usize {
    let wide = |c: &char| {
        matches!(c,
            '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}'
            | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}')
    };
    text.chars().count() + text.chars().filter(wide).count()
}
