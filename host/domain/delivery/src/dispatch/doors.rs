//! What a connector's run can reach of the ledger: the mails it hands over,
//! the dispatch of its requests, and the addresses its placeholders stand for.
//! A delivery that is not of this run is nobody's.

use super::{gate::Asking, work::Work};
use crate::{smtp::check_mail, sql::Due};
use async_trait::async_trait;
use rialto_kernel::Id;
use rialto_plugin_host::capability::{AddressSource, DispatchDoor, Fault, MailContent, MailDoor};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

/// The deliveries of one run.
pub(crate) struct Deliveries {
    work: Arc<Work>,
    rows: HashMap<String, Due>,
    content_hash: HashMap<Id, Vec<u8>>,
    connector_version: Mutex<String>,
    run: Mutex<Option<Id>>,
    mails: Mutex<HashMap<Id, MailContent>>,
    gone: tokio::sync::Mutex<Gone>,
}

/// What the gate said of the deliveries of this run.
#[derive(Debug, Default, Clone)]
pub(crate) struct Gone {
    /// These are `dispatching`.
    pub(crate) dispatched: HashSet<Id>,
    /// These were turned away, for good or for now, and are settled.
    pub(crate) refused: HashSet<Id>,
}

impl Deliveries {
    pub(crate) fn new(work: &Arc<Work>, rows: &[Due], content_hash: HashMap<Id, Vec<u8>>) -> Arc<Self> {
        Arc::new(Self {
            work: Arc::clone(work),
            rows: rows.iter().map(|row| (row.id.to_string(), row.clone())).collect(),
            content_hash,
            connector_version: Mutex::default(),
            run: Mutex::default(),
            mails: Mutex::default(),
            gone: tokio::sync::Mutex::default(),
        })
    }

    /// Tell which run it is, once that is known.
    pub(crate) fn began(&self, run: Id, connector_version: &str) {
        *self.run.lock().unwrap_or_else(PoisonError::into_inner) = Some(run);
        connector_version.clone_into(&mut self.connector_version.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The mail handed over for a delivery.
    pub(crate) fn take_mail(&self, send: Id) -> Option<MailContent> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner).remove(&send)
    }

    /// Whether a mail was handed over for a delivery.
    pub(crate) fn has_mail(&self, send: Id) -> bool {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&send)
    }

    /// What the gate said.
    pub(crate) async fn gone(&self) -> Gone {
        self.gone.lock().await.clone()
    }

    fn row(&self, delivery: &str) -> Result<&Due, Fault> {
        self.rows.get(delivery).ok_or_else(|| Fault::invalid("no such delivery in this run"))
    }

    fn asking(&self, row: &Due) -> Asking {
        Asking {
            send: row.id,
            contact: row.contact,
            attempt: row.attempt,
            address_hash: row.address_hash.clone(),
            paid_minor: row.cost_minor,
            content_hash: self.content_hash.get(&row.id).cloned().unwrap_or_default(),
            connector_version: self.connector_version.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            run: *self.run.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }
}

#[async_trait]
impl MailDoor for Deliveries {
    async fn submit(&self, delivery: &str, content: &MailContent) -> Result<(), Fault> {
        let row = self.row(delivery)?;
        if self.work.pool.is_none() {
            return Err(Fault::unavailable("no mail server is set up in this workspace"));
        }
        if self.work.content.sender_address().is_empty() {
            return Err(Fault::new("bad-settings", "the campaign's message has no sender to write from"));
        }
        check_mail(content).map_err(Fault::invalid)?;
        let mut mails = self.mails.lock().unwrap_or_else(PoisonError::into_inner);
        if mails.contains_key(&row.id) {
            return Err(Fault::new("conflict", "this delivery has its mail already"));
        }
        mails.insert(row.id, content.clone());
        Ok(())
    }
}

#[async_trait]
impl DispatchDoor for Deliveries {
    async fn dispatching(&self, delivery: &str) -> Result<(), Fault> {
        let row = self.row(delivery)?;
        if self.gone.lock().await.dispatched.contains(&row.id) {
            return Ok(());
        }
        // Requests of one run go side by side, and so do their transactions:
        // nothing is held over the commit. Two for one delivery meet in the
        // ledger, where only one finds it leased.
        let decided = self.work.step(Vec::new(), vec![self.asking(row)], None).await.map_err(|cause| {
            tracing::warn!(send = %row.id, %cause, "the ledger did not let a delivery go");
            Fault::unavailable("the ledger does not let this delivery go now")
        })?;
        let mut gone = self.gone.lock().await;
        if decided.go.contains(&row.id) {
            gone.dispatched.insert(row.id);
            return Ok(());
        }
        match decided.refused.get(&row.id) {
            Some(reason) => {
                gone.refused.insert(row.id);
                Err(Fault::denied(format!("this delivery is not to be made: {}", reason.word())))
            }
            None if decided.waiting.contains(&row.id) => {
                gone.refused.insert(row.id);
                Err(Fault::denied("this delivery is to be made later: quiet hours"))
            }
            None => Err(Fault::unavailable("the campaign is held")),
        }
    }
}

#[async_trait]
impl AddressSource for Deliveries {
    async fn address(&self, delivery: &str) -> Result<String, Fault> {
        self.row(delivery)?.address.clone().ok_or_else(|| Fault::invalid("this delivery has no address"))
    }
}
