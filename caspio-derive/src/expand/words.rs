//! The impls of an enum of words.

use super::{generated, generated_at, placed};
use crate::value::{Word, Words};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

/// The impls.
pub(super) fn items(ident: &Ident, words: &Words, support: &TokenStream) -> TokenStream {
    let expected = Literal::string(&expected(words));
    let words_impl = words_impl(ident, words, support);
    let serde = words.serde.then(|| serde(ident, support));
    quote! {
        #[automatically_derived]
        impl #support::FieldType for #ident {
            type Kind = #support::kind::Text;
            type Value = Self;
            const EXPECTED: &'static #support::str = #expected;
        }

        #words_impl

        #[automatically_derived]
        impl<'__de> #support::Field<'__de> for #ident {
            fn read<__D: #support::Deserializer<'__de>>(
                __value: __D,
            ) -> #support::Result<Self, __D::Error> {
                #support::read_word(__value)
            }

            fn read_nullable<__D: #support::Deserializer<'__de>>(
                __value: __D,
            ) -> #support::Result<#support::Option<Self>, __D::Error> {
                #support::read_word_or_null(__value)
            }
        }

        #[automatically_derived]
        impl #support::ToValue for #ident {
            fn to_value(&self) -> #support::FieldValue<'_> {
                #support::FieldValue::Text(#support::From::from(#support::Words::word(self)))
            }
        }

        #[automatically_derived]
        impl #support::ToLiteral<#support::kind::Text> for #ident {
            fn to_literal(&self) -> #support::Literal {
                #support::Literal::text(#support::Words::word(self))
            }
        }

        #[automatically_derived]
        impl #support::BindValue for #ident {
            fn literal(&self) -> #support::Literal {
                #support::Literal::text(#support::Words::word(self))
            }
        }

        #serde
    }
}

fn words_impl(ident: &Ident, words: &Words, support: &TokenStream) -> TokenStream {
    let list = words.words.iter().map(|Word { word, .. }| word);
    let arms = words.words.iter().map(|Word { variant, word }| {
        let variant = generated(variant);
        quote!(Self::#variant => #word,)
    });
    let nth = words.words.iter().enumerate().map(|(position, word)| {
        let (position, variant) = (
            Literal::usize_unsuffixed(position),
            generated(&word.variant),
        );
        quote!(#position => #support::Option::Some(Self::#variant),)
    });
    let of_other = words.other.iter().map(|(variant, ty)| {
        let variant = generated(variant);
        let span = generated_at(ty.span());
        let support = placed(support, span);
        let text = quote_spanned!(span=> <#ty as #support::AsRef<#support::str>>::as_ref(__word));
        quote!(Self::#variant(__word) => #text,)
    });
    let other = match &words.other {
        Some((variant, ty)) => {
            let variant = generated(variant);
            let span = generated_at(ty.span());
            let support = placed(support, span);
            let text = quote_spanned!(span=> <#ty as #support::From<&#support::str>>::from(__word));
            quote!(#support::Option::Some(Self::#variant(#text)))
        }
        None => quote!(#support::Option::None),
    };
    let word = match words.other {
        Some(_) => quote!(__word),
        None => quote!(_),
    };
    quote! {
        #[automatically_derived]
        impl #support::Words for #ident {
            const WORDS: &'static [&'static #support::str] = &[#(#list),*];

            fn word(&self) -> &#support::str {
                match self {
                    #(#arms)*
                    #(#of_other)*
                }
            }

            fn nth(__position: #support::usize) -> #support::Option<Self> {
                match __position {
                    #(#nth)*
                    _ => #support::Option::None,
                }
            }

            fn other(#word: &#support::str) -> #support::Option<Self> {
                #other
            }
        }
    }
}

/// serde's traits: the word as text.
fn serde(ident: &Ident, support: &TokenStream) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl #support::Serialize for #ident {
            fn serialize<__S: #support::Serializer>(
                &self,
                __serializer: __S,
            ) -> #support::Result<__S::Ok, __S::Error> {
                #support::Serializer::serialize_str(__serializer, #support::Words::word(self))
            }
        }

        #[automatically_derived]
        impl<'__de> #support::Deserialize<'__de> for #ident {
            fn deserialize<__D: #support::Deserializer<'__de>>(
                __deserializer: __D,
            ) -> #support::Result<Self, __D::Error> {
                #support::read_word(__deserializer)
            }
        }
    }
}

/// The words, for messages: `"Open", "In Progress" or "Closed"`.
fn expected(words: &Words) -> String {
    /// The words that a message lists.
    const LISTED: usize = 20;
    if words.other.is_some() {
        return "text".to_owned();
    }
    let all = &words.words;
    let quoted = |word: &Word| format!("{:?}", word.word);
    let more = match all.len().checked_sub(LISTED) {
        Some(more) if more > 1 => Some(format!("one of {more} others")),
        _ => None,
    };
    let shown = if more.is_some() { LISTED } else { all.len() };
    let mut listed: Vec<String> = all.iter().take(shown).map(quoted).collect();
    listed.extend(more);
    match listed.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => "a word".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: impl Iterator<Item = String>) -> Words {
        let variant = || Ident::new("V", proc_macro2::Span::call_site());
        let word = |word| Word {
            variant: variant(),
            word,
        };
        Words {
            words: words.map(word).collect(),
            other: None,
            serde: false,
        }
    }

    #[test]
    fn the_expected_words_are_listed_as_in_a_sentence() {
        let of = |list: &[&str]| expected(&words(list.iter().map(|word| (*word).to_owned())));
        assert_eq!(of(&["Open"]), r#""Open""#);
        assert_eq!(of(&["Open", "a\n\"b\"", ""]), r#""Open", "a\n\"b\"" or """#);

        let many = expected(&words((0..30).map(|number| number.to_string())));
        assert!(many.ends_with(r#", "19" or one of 10 others"#), "{many}");
        let many = expected(&words((0..21).map(|number| number.to_string())));
        assert!(many.ends_with(r#""19" or "20""#), "{many}");
    }
}
