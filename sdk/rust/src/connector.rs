//! Connectors: carry messages over a channel, or bring data in from one.

mod batch;
mod outcome;

use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use crate::{Fault, OptionBag as _, Options, settings};

pub use crate::bindings::{
    collect::exports::rialto::connector::collect::{Observation, Page},
    connector::exports::rialto::connector::connector::Description,
    deliver::exports::rialto::connector::deliver::Outcome,
    receive::exports::rialto::connector::receive::{Event, Inbound, Received},
};
pub use batch::{Batch, Columns, Delivery};
pub use outcome::{one_each, status};

/// A connector. `describe` is all that is required; the other abilities are
/// exported only when named in [`crate::export!`].
pub trait Connector: 'static {
    /// The settings of the manifest's schema; [`crate::NoSettings`] when there are none.
    type Settings: DeserializeOwned;

    /// What it is. Called at installation, with nothing granted.
    fn describe() -> Description;

    /// Are these settings good, and does the other side answer? Sends nothing
    /// to anyone. The answer is shown to the person who asked.
    ///
    /// # Errors
    /// What is wrong, and what to do about it.
    fn check(settings: Self::Settings) -> Result<Options, Fault> {
        let _ = settings;
        Ok(Options::new())
    }

    /// Deliver up to 100 messages, and answer with exactly one outcome each.
    ///
    /// # Errors
    /// A fault means that nothing was sent for any of them.
    fn deliver(settings: Self::Settings, batch: &Batch) -> Result<Vec<Outcome>, Fault> {
        let _ = (settings, batch);
        Err(Fault::unsupported("deliver"))
    }

    /// Bring in a page of observations from where the cursor stands.
    ///
    /// # Errors
    /// Nothing is taken in, and the cursor stays.
    fn collect(settings: Self::Settings, source: &str, cursor: Option<&str>) -> Result<Page, Fault> {
        let _ = (settings, source, cursor);
        Err(Fault::unsupported("collect"))
    }

    /// Read what the other side sent to this installation's address.
    ///
    /// # Errors
    /// The other side is told to try again.
    fn receive(settings: Self::Settings, inbound: &Inbound) -> Result<Received, Fault> {
        let _ = (settings, inbound);
        Err(Fault::unsupported("receive"))
    }
}

impl Description {
    /// It serves these channels and reads these message parts, up to 100
    /// deliveries a batch.
    pub fn new<'a>(channels: impl IntoIterator<Item = &'a str>, parts: impl IntoIterator<Item = &'a str>) -> Self {
        let owned = |text: &str| text.to_owned();
        Self {
            channels: channels.into_iter().map(owned).collect(),
            parts: parts.into_iter().map(owned).collect(),
            batch: 100,
            options: Options::new(),
        }
    }

    /// Take at most so many deliveries in one batch.
    pub fn batch(mut self, batch: u32) -> Self {
        self.batch = batch;
        self
    }

    /// Say more, for those who know the name.
    pub fn option(mut self, name: &str, value: impl serde::Serialize) -> Self {
        self.options = self.options.with(name, value);
        self
    }
}

impl Inbound {
    /// The first header of that name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// `invalid-input` when it is not JSON of that shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        Ok(serde_json::from_slice(&self.body)?)
    }
}

impl Received {
    /// Answer with a status and an empty body.
    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), events: Vec::new() }
    }

    /// Report what happened.
    pub fn event(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }
}

/// Carries a connector over the contract; made by [`crate::export!`].
#[doc(hidden)]
pub struct Glue<T>(PhantomData<T>);

impl<T: Connector> crate::bindings::connector::exports::rialto::connector::connector::Guest for Glue<T> {
    fn describe() -> Description {
        T::describe()
    }
}

impl<T: Connector> crate::bindings::check::exports::rialto::connector::check::Guest for Glue<T> {
    fn check(settings: String) -> Result<Options, Fault> {
        T::check(settings::read("settings", &settings)?)
    }
}

impl<T: Connector> crate::bindings::deliver::exports::rialto::connector::deliver::Guest for Glue<T> {
    fn deliver(
        settings: String,
        batch: crate::bindings::deliver::exports::rialto::connector::deliver::Batch,
    ) -> Result<Vec<Outcome>, Fault> {
        T::deliver(settings::read("settings", &settings)?, &Batch::check(batch.into())?)
    }
}

impl<T: Connector> crate::bindings::collect::exports::rialto::connector::collect::Guest for Glue<T> {
    fn collect(settings: String, source: String, cursor: Option<String>) -> Result<Page, Fault> {
        T::collect(settings::read("settings", &settings)?, &source, cursor.as_deref())
    }
}

impl<T: Connector> crate::bindings::receive::exports::rialto::connector::receive::Guest for Glue<T> {
    fn receive(settings: String, inbound: Inbound) -> Result<Received, Fault> {
        T::receive(settings::read("settings", &settings)?, &inbound)
    }
}
