//! Reports: ask the metrics catalogue and answer with a document of typed
//! blocks, which the host renders to HTML, Markdown and CSV.

mod document;

use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use crate::{Fault, settings};

pub use crate::bindings::report::exports::rialto::report::report::{Block, Column, Description, Document};
pub use document::Mark;

/// A report.
pub trait Report: 'static {
    /// The settings of the manifest's schema; [`crate::NoSettings`] when there are none.
    type Settings: DeserializeOwned;

    /// The parameters of the schema that `describe` gives.
    type Parameters: DeserializeOwned;

    /// Its title in the reader's language, and a JSON Schema of its parameters.
    fn describe(locale: &str) -> Description;

    /// Ask, and write the document in the reader's language.
    ///
    /// # Errors
    /// When the parameters cannot be used or nothing at all can be said.
    fn build(settings: Self::Settings, locale: &str, parameters: Self::Parameters) -> Result<Document, Fault>;
}

impl Description {
    /// A title and a JSON Schema of the parameters, as text.
    pub fn new(title: impl Into<String>, parameters: impl ToString) -> Self {
        Self { title: title.into(), parameters: parameters.to_string(), options: Vec::new() }
    }
}

/// Carries a report over the contract; made by [`crate::export!`].
#[doc(hidden)]
pub struct Glue<T>(PhantomData<T>);

impl<T: Report> crate::bindings::report::exports::rialto::report::report::Guest for Glue<T> {
    fn describe(locale: String) -> Description {
        T::describe(&locale)
    }

    fn build(settings: String, locale: String, parameters: String) -> Result<Document, Fault> {
        T::build(settings::read("settings", &settings)?, &locale, settings::read("parameters", &parameters)?)
    }
}
