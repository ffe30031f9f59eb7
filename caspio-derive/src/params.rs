//! A struct's generic parameters, in the forms that the impls need.

use crate::errors::Errors;
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{DeriveInput, GenericParam, Lifetime, WherePredicate};

/// The generic parameters: one lifetime at most, types and constants.
pub(crate) struct Params {
    /// The lifetime of the data that a record borrows from its page.
    lifetime: Option<Lifetime>,
    /// Types and constants, as declared, without defaults.
    params: Vec<GenericParam>,
    predicates: Vec<WherePredicate>,
}

/// A struct in an impl: `impl #params Trait for #ty #bounds`.
pub(crate) struct Scope {
    pub(crate) params: TokenStream,
    pub(crate) ty: TokenStream,
    pub(crate) bounds: TokenStream,
}

impl Params {
    /// Reads a struct's parameters; `None` if a record cannot have them.
    pub(crate) fn read(input: &DeriveInput, errors: &mut Errors) -> Option<Self> {
        let mut lifetimes = input.generics.lifetimes();
        let first = lifetimes.next().map(|param| param.lifetime.clone());
        let mut sound = true;
        for other in lifetimes {
            sound = false;
            errors.push(
                other.lifetime.span(),
                "a record borrows from the page it came in and from nothing else, \
                 so it has one lifetime",
            );
        }
        let clause = input.generics.where_clause.iter();
        let predicates = clause.flat_map(|clause| clause.predicates.iter().cloned());
        sound.then(|| Self {
            lifetime: first,
            params: input.generics.params.iter().filter_map(declared).collect(),
            predicates: predicates.collect(),
        })
    }

    /// The struct that borrows nothing, which represents the table or view: `Row<'static, T>`.
    pub(crate) fn owned(&self, ident: &Ident) -> Scope {
        let params = self.params.iter().map(ToTokens::to_token_stream);
        let params = self.owned_tokens(angled(params));
        let bounds = self.owned_tokens(self.bounds(&[]));
        let ty = self.at(ident, "'static");
        Scope { params, ty, bounds }
    }

    /// The struct with its lifetime free, and further bounds: `Row<'a, T>`.
    pub(crate) fn borrowed(&self, ident: &Ident, bounds: &[TokenStream]) -> Scope {
        self.scope(ident, None, bounds)
    }

    /// Like [`borrowed`](Self::borrowed), with `'__de`, the lifetime of the page, which outlives it.
    pub(crate) fn decoded(&self, ident: &Ident, bounds: &[TokenStream]) -> Scope {
        let page = match &self.lifetime {
            Some(lifetime) => quote!('__de: #lifetime),
            None => quote!('__de),
        };
        self.scope(ident, Some(page), bounds)
    }

    fn scope(&self, ident: &Ident, page: Option<TokenStream>, bounds: &[TokenStream]) -> Scope {
        let lifetime = self.lifetime.iter().map(ToTokens::to_token_stream);
        let params = self.params.iter().map(ToTokens::to_token_stream);
        Scope {
            params: angled(page.into_iter().chain(lifetime).chain(params)),
            ty: self.applied(ident, self.lifetime.as_ref()),
            bounds: self.bounds(bounds),
        }
    }

    /// The struct with another lifetime for the data that it borrows from a page.
    pub(crate) fn at(&self, ident: &Ident, lifetime: &str) -> TokenStream {
        self.applied(ident, Some(&Lifetime::new(lifetime, Span::call_site())))
    }

    /// A type with the struct's parameters except its lifetime: `RowColumns<T>`.
    pub(crate) fn without_lifetime(&self, ident: &Ident) -> TokenStream {
        let args = angled(self.args());
        quote!(#ident #args)
    }

    fn applied(&self, ident: &Ident, lifetime: Option<&Lifetime>) -> TokenStream {
        let lifetime = lifetime.filter(|_| self.lifetime.is_some());
        let args = angled(
            lifetime
                .map(ToTokens::to_token_stream)
                .into_iter()
                .chain(self.args()),
        );
        quote!(#ident #args)
    }

    fn args(&self) -> impl Iterator<Item = TokenStream> {
        self.names().map(ToTokens::to_token_stream)
    }

    fn names(&self) -> impl Iterator<Item = &Ident> {
        self.params.iter().filter_map(|param| match param {
            GenericParam::Type(param) => Some(&param.ident),
            GenericParam::Const(param) => Some(&param.ident),
            GenericParam::Lifetime(_) => None,
        })
    }

    fn types(&self) -> impl Iterator<Item = &Ident> {
        self.params.iter().filter_map(|param| match param {
            GenericParam::Type(param) => Some(&param.ident),
            GenericParam::Const(_) | GenericParam::Lifetime(_) => None,
        })
    }

    /// A source is `'static`, so its types are as well.
    fn bounds(&self, more: &[TokenStream]) -> TokenStream {
        let declared = self.predicates.iter().map(ToTokens::to_token_stream);
        let owned = self.types().map(|name| quote!(#name: 'static));
        let mut all = declared.chain(owned).chain(more.iter().cloned()).peekable();
        if all.peek().is_none() {
            return TokenStream::new();
        }
        quote!(where #(#all,)*)
    }

    /// Whether the struct has type or constant parameters.
    pub(crate) fn are_open(&self) -> bool {
        !self.params.is_empty()
    }

    /// Whether a type is only known once the struct's types and constants are.
    pub(crate) fn decide(&self, ty: &impl ToTokens) -> bool {
        let is_param = |word: &Ident| self.names().any(|name| name == word);
        self.are_open() && any_word(ty.to_token_stream(), &is_param)
    }

    /// The type parameters that a type mentions.
    pub(crate) fn types_in(&self, ty: &impl ToTokens) -> impl Iterator<Item = &Ident> {
        let ty = ty.to_token_stream();
        let is_in = move |name: &&Ident| any_word(ty.clone(), &|word| word == *name);
        self.types().filter(is_in)
    }

    /// Whether a type borrows from the page.
    pub(crate) fn is_borrowed(&self, ty: &impl ToTokens) -> bool {
        let Some(lifetime) = &self.lifetime else {
            return false;
        };
        any_word(ty.to_token_stream(), &|word| *word == lifetime.ident)
    }

    /// A type, or other code, for a page that lives forever.
    pub(crate) fn owned_tokens(&self, tokens: TokenStream) -> TokenStream {
        match &self.lifetime {
            Some(lifetime) => made_static(tokens, &lifetime.ident),
            None => tokens,
        }
    }
}

/// A parameter as an impl declares it.
fn declared(param: &GenericParam) -> Option<GenericParam> {
    let mut param = param.clone();
    match &mut param {
        GenericParam::Lifetime(_) => return None,
        GenericParam::Type(param) => {
            param.attrs.clear();
            param.default = None;
        }
        GenericParam::Const(param) => {
            param.attrs.clear();
            param.default = None;
        }
    }
    Some(param)
}

fn angled(items: impl Iterator<Item = TokenStream>) -> TokenStream {
    let mut items = items.peekable();
    if items.peek().is_none() {
        return TokenStream::new();
    }
    quote!(<#(#items),*>)
}

/// Whether any word of the code, lifetimes without their apostrophe included, is one of these.
fn any_word(tokens: TokenStream, is: &dyn Fn(&Ident) -> bool) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => is(&word),
        TokenTree::Group(group) => any_word(group.stream(), is),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// The code with `'static` instead of a lifetime. Nothing can hide that lifetime: the compiler refuses to declare a
/// name twice.
fn made_static(tokens: TokenStream, from: &Ident) -> TokenStream {
    let mut after_apostrophe = false;
    let replaced = tokens.into_iter().map(|token| {
        let is_lifetime = std::mem::take(&mut after_apostrophe);
        match token {
            TokenTree::Punct(sign) => {
                after_apostrophe = sign.as_char() == '\'';
                TokenTree::Punct(sign)
            }
            TokenTree::Ident(word) if is_lifetime && word == *from => {
                TokenTree::Ident(Ident::new("static", word.span()))
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), made_static(group.stream(), from));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            other => other,
        }
    });
    replaced.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    fn params(input: &DeriveInput) -> Params {
        Params::read(input, &mut Errors::default()).expect("sound parameters")
    }

    #[test]
    fn each_form_of_a_struct_has_its_lifetime() {
        let input: DeriveInput = parse_quote! {
            struct Row<'a, T: Into<&'a str> = String, const N: usize = 3> where T: Copy { value: T }
        };
        let (params, ident) = (params(&input), &input.ident);

        let owned = params.owned(ident);
        let expected = quote!(<T: Into<&'static str>, const N: usize>);
        assert_eq!(owned.params.to_string(), expected.to_string());
        assert_eq!(owned.ty.to_string(), quote!(Row<'static, T, N>).to_string());
        assert_eq!(
            owned.bounds.to_string(),
            quote!(where T: Copy, T: 'static,).to_string()
        );

        let decoded = params.decoded(ident, &[]);
        let expected = quote!(<'__de: 'a, 'a, T: Into<&'a str>, const N: usize>);
        assert_eq!(decoded.params.to_string(), expected.to_string());
        assert_eq!(decoded.ty.to_string(), quote!(Row<'a, T, N>).to_string());
    }

    #[test]
    fn a_struct_without_parameters_gets_none() {
        let input: DeriveInput = parse_quote!(
            struct Row {
                value: i64,
            }
        );
        let scope = params(&input).borrowed(&input.ident, &[]);

        assert!(scope.params.is_empty() && scope.bounds.is_empty());
        assert_eq!(scope.ty.to_string(), "Row");
    }

    #[test]
    fn types_are_classified_by_their_parameters() {
        let input: DeriveInput = parse_quote!(
            struct Row<'a, T> {
                value: &'a T,
            }
        );
        let params = params(&input);
        let ty = |text: &str| syn::parse_str::<syn::Type>(text).expect(text);

        assert!(params.decide(&ty("Vec<(i64, T)>")) && !params.decide(&ty("Vec<U>")));
        assert!(params.is_borrowed(&ty("Cow<'a, str>")) && !params.is_borrowed(&ty("&'b str")));
    }
}
