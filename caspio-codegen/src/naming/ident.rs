//! Valid identifiers for fields, modules, types and variants.

use super::singular;
use super::words::{capitalised, lower, words};

const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Keywords that cannot be raw identifiers.
const NEVER_RAW: &[&str] = &["crate", "self", "Self", "super"];

/// Names that Windows reserves, so that no file can have them.
const NO_FILES: &[&str] = &["aux", "con", "nul", "prn"];

/// Returns the field name for a column: `first_name` for `First Name`; `None` if no character of the name
/// is usable.
///
/// The name is not raw; [`as_written`] makes it raw where that is needed.
pub(crate) fn member_name(column: &str) -> Option<String> {
    let name = snake(column)?;
    let first = name.chars().next()?;
    Some(if first.is_numeric() {
        format!("_{name}")
    } else if NEVER_RAW.contains(&name.as_str()) {
        format!("{name}_")
    } else {
        name
    })
}

/// Returns a name as it is written in code: `r#type` for `type`.
pub(crate) fn as_written(name: &str) -> String {
    if KEYWORDS.contains(&name) && !NEVER_RAW.contains(&name) {
        format!("r#{name}")
    } else {
        name.to_owned()
    }
}

/// Returns the module name for a table or view, `kind`: `order_items` for `Order Items`. It is ASCII,
/// because the compiler does not find the files of other modules.
pub(crate) fn module_name(name: &str, kind: &str) -> Option<String> {
    let words = words(name).iter().map(|word| ascii(&lower(word))).collect();
    let module = kept(words).join("_");
    let numbered = ["com", "lpt"].iter().any(|port| {
        let number = module.strip_prefix(port);
        number.is_some_and(|number| number.len() == 1 && number != "0")
    });
    let first = module.chars().next()?;
    Some(if first.is_numeric() {
        format!("{kind}_{module}")
    } else if KEYWORDS.contains(&module.as_str()) || NO_FILES.contains(&module.as_str()) || numbered
    {
        format!("{module}_{kind}")
    } else {
        module
    })
}

/// Returns the struct name for a table or view: `OrderItem` for `order_items`, or `OrderItems` if `one`
/// is false. `kind` is put before a leading digit: `Table2024Sale`.
pub(crate) fn type_name(name: &str, kind: &str, one: bool) -> Option<String> {
    let mut words = kept(words(name).iter().map(|word| lower(word)).collect());
    if one && let Some(last) = words.last_mut() {
        *last = singular(last);
    }
    let name: String = words.iter().map(|word| capitalised(word)).collect();
    let first = name.chars().next()?;
    Some(if first.is_numeric() {
        capitalised(kind) + &name
    } else {
        name
    })
}

/// Returns the variant name for a value of a list: `LargeDog` for `Large dog`.
pub(crate) fn variant_name(value: &str) -> Option<String> {
    let name: String = kept(words(value))
        .iter()
        .map(|word| capitalised(word))
        .collect();
    let first = name.chars().next()?;
    Some(match first {
        _ if first.is_numeric() => format!("_{name}"),
        _ if name == "Self" => "Self_".to_owned(),
        _ => name,
    })
}

/// Returns the name with a number, for the second item of one name: `name_2`, `Name2`.
///
/// A separator is put between a trailing digit and the number.
pub(crate) fn number(name: &str, number: usize) -> String {
    let snake = !name.contains(char::is_uppercase);
    let separate = snake || name.ends_with(|c: char| c.is_numeric());
    let separator = if separate && !name.ends_with('_') {
        "_"
    } else {
        ""
    };
    format!("{name}{separator}{number}")
}

/// Returns whether a text is a valid identifier.
pub(crate) fn is_ident(text: &str) -> bool {
    syn::parse_str::<proc_macro2::Ident>(text).is_ok()
}

/// Replaces letters of European languages by the nearest ASCII letters, and drops others.
fn ascii(word: &str) -> String {
    let letter = |c| match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì'..='ï' | 'ī' | 'į' | 'ı' => "i",
        'ł' | 'ľ' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ő' => "o",
        'œ' => "oe",
        'ř' => "r",
        'ś' | 'ş' | 'š' => "s",
        'ß' => "ss",
        'ť' => "t",
        'ù'..='ü' | 'ū' | 'ů' | 'ű' | 'ų' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => "",
    };
    let mut written = String::new();
    for c in word.chars() {
        match c {
            c if c.is_ascii() => written.push(c),
            c => written.push_str(letter(c)),
        }
    }
    written
}

fn snake(name: &str) -> Option<String> {
    let words = kept(words(name).iter().map(|word| lower(word)).collect());
    Some(words.join("_")).filter(|name| !name.is_empty())
}

/// The words up to a length that still makes lines of code.
fn kept(words: Vec<String>) -> Vec<String> {
    const LONGEST: usize = 60;
    let mut length = 0;
    let mut kept: Vec<String> = Vec::new();
    for mut word in words.into_iter().filter(|word| !word.is_empty()) {
        length += word.chars().count() + 1;
        if length > LONGEST && !kept.is_empty() {
            break;
        }
        if let Some((end, _)) = word.char_indices().nth(LONGEST) {
            word.truncate(end);
        }
        kept.push(word);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_in_snake_case() {
        for (column, member) in [
            ("First_Name", "first_name"),
            ("FirstName", "first_name"),
            ("CustomerID", "customer_id"),
            ("2nd phone", "_2nd_phone"),
            ("Type", "type"),
            ("Self", "self_"),
            ("a\"b'c[d]", "a_b_c_d"),
            ("Größe (cm)", "größe_cm"),
        ] {
            assert_eq!(member_name(column).as_deref(), Some(member), "{column}");
        }
        assert_eq!(member_name("%%%"), None);
    }

    #[test]
    fn keywords_are_raw_where_they_can_be() {
        assert_eq!(as_written("type"), "r#type");
        assert_eq!(as_written("self_"), "self_");
        assert_eq!(as_written("union"), "union");
        for keyword in KEYWORDS {
            assert!(is_ident(&as_written(
                &member_name(keyword).expect("a name")
            )));
        }
    }

    #[test]
    fn modules_are_files_on_every_system() {
        for (table, module) in [
            ("Contacts", "contacts"),
            ("Type", "type_table"),
            ("mod", "mod_table"),
            ("AUX", "aux_table"),
            ("LPT1", "lpt1_table"),
            ("2024", "table_2024"),
            ("Straße Łódź", "strasse_lodz"),
        ] {
            assert_eq!(module_name(table, "table").as_deref(), Some(module));
        }
        assert_eq!(module_name("имя", "table"), None);
    }

    #[test]
    fn structs_are_named_after_one_record() {
        for (table, one, many) in [
            ("Contacts", "Contact", "Contacts"),
            ("ORDER_ITEMS", "OrderItem", "OrderItems"),
            ("crm contacts", "CrmContact", "CrmContacts"),
            ("2024 Sales", "Table2024Sale", "Table2024Sales"),
        ] {
            assert_eq!(type_name(table, "table", true).as_deref(), Some(one));
            assert_eq!(type_name(table, "table", false).as_deref(), Some(many));
        }
    }

    #[test]
    fn numbers_keep_to_the_case_around_them() {
        assert_eq!(number("first_name", 2), "first_name_2");
        assert_eq!(number("self_", 2), "self_2");
        assert_eq!(number("Contact", 2), "Contact2");
        assert_eq!(number("Sale2024", 2), "Sale2024_2");
    }
}
