//! Splitting a name into words.

/// Splits a name at characters that an identifier cannot contain, and where the case changes.
///
/// `FirstName`, `first name` and `[First]_Name` have the words `First` and `Name`; `CRMContacts` has
/// `CRM` and `Contacts`. The words keep their case.
pub(crate) fn words(name: &str) -> Vec<String> {
    name.split(|c: char| !is_kept(c))
        .filter(|part| !part.is_empty())
        .flat_map(split_by_case)
        .collect()
}

/// Returns whether an identifier can contain a character after its first.
///
/// Combining marks and compatibility characters are dropped, because the compiler normalizes
/// identifiers and would change them.
fn is_kept(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    let stands_for_others = matches!(c,
        '\u{aa}' | '\u{b5}' | '\u{ba}'
        | '\u{2000}'..='\u{2fff}'
        | '\u{3130}'..='\u{318f}'
        | '\u{f900}'..='\u{ffff}'
        | '\u{1d400}'..='\u{1eeff}'
        | '\u{2f800}'..='\u{2fa1f}');
    c.is_alphabetic()
        && !stands_for_others
        && syn::parse_str::<proc_macro2::Ident>(&c.to_string()).is_ok()
}

fn split_by_case(part: &str) -> Vec<String> {
    let letters: Vec<char> = part.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (index, letter) in letters.iter().enumerate() {
        if !word.is_empty() && begins_word(&letters, index) {
            words.push(std::mem::take(&mut word));
        }
        word.push(*letter);
    }
    words.push(word);
    words
}

fn begins_word(letters: &[char], index: usize) -> bool {
    let at = |index: usize| letters.get(index).copied().unwrap_or(' ');
    let (before, letter, after) = (at(index - 1), at(index), at(index + 1));
    if !letter.is_uppercase() {
        return false;
    }
    // The plural of an abbreviation is one word: `IDs`.
    let plural = after == 's' && !at(index + 2).is_lowercase();
    before.is_lowercase() || (before.is_uppercase() && after.is_lowercase() && !plural)
}

/// Returns a word in lower case, without combining marks that lower-casing may add.
pub(crate) fn lower(word: &str) -> String {
    word.to_lowercase()
        .chars()
        .filter(|c| is_kept(*c))
        .collect()
}

/// Returns a word with its first letter in upper case and the others in lower case.
pub(crate) fn capitalised(word: &str) -> String {
    let word = lower(word);
    let mut rest = word.chars();
    match rest.next() {
        Some(first) => {
            let first = first.to_uppercase().filter(|c| is_kept(*c));
            first.chain(rest).collect()
        }
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_by_case_and_separators() {
        for (name, expected) in [
            ("First_Name", &["First", "Name"][..]),
            ("firstName", &["first", "Name"]),
            ("CRMContacts", &["CRM", "Contacts"]),
            ("Order IDs", &["Order", "IDs"]),
            ("[a] \"b\" 'c'", &["a", "b", "c"]),
            ("2nd phone", &["2nd", "phone"]),
            ("Größe", &["Größe"]),
            ("имяФамилия", &["имя", "Фамилия"]),
            ("😀 Mood", &["Mood"]),
            ("e\u{301}tat", &["e", "tat"]),
            ("😀", &[]),
        ] {
            assert_eq!(words(name), expected, "{name}");
        }
    }

    #[test]
    fn words_change_their_case() {
        assert_eq!(capitalised("éTAT"), "État");
        assert_eq!(lower("İD"), "id");
        assert_eq!(capitalised(""), "");
    }
}
