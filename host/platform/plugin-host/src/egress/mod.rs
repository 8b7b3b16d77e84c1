//! The egress door.
use crate::{capability::{Doors, Fault, HttpRequest, HttpResponse}, grants::{Grants, HostGrant}, limits::Limits};
use std::{net::SocketAddr, sync::Arc};

/// Turns names into addresses.
#[async_trait::async_trait]
pub trait Resolve: Send + Sync {
    /// Every address of a name.
    async fn resolve(&self, host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>>;
}
/// The system's resolver.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemResolver;
#[async_trait::async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((host, port)).await?.collect())
    }
}
/// The door.
pub struct Egress { }
impl Egress {
    pub(crate) fn new(_r: Arc<dyn Resolve>, _p: bool, _c: rialto_kernel::SharedClock) -> Self { Self {} }
}
/// What may be reached, and how much.
#[derive(Debug, Clone)]
pub struct Policy { 
    /// Hosts.
    pub hosts: Vec<HostGrant> }
impl Policy {
    pub(crate) fn of_grants(g: &Grants, _l: &Limits) -> Self { Self { hosts: g.http.clone() } }
}
pub(crate) struct EgressRun { redactor: Redactor }
#[derive(Default)]
pub(crate) struct Redactor;
impl Redactor { pub(crate) fn text(&self, t: &str) -> String { t.to_owned() } }
pub(crate) struct Sent { pub(crate) answer: Result<HttpResponse, Fault>, pub(crate) dispatched: bool }
impl EgressRun {
    pub(crate) fn new(_e: Arc<Egress>, _p: Policy, _d: Doors) -> Self { Self { redactor: Redactor } }
    pub(crate) async fn send_all(&mut self, r: &[HttpRequest]) -> Vec<Sent> {
        r.iter().map(|_| Sent { answer: Err(Fault::unavailable("not yet")), dispatched: false }).collect()
    }
    pub(crate) fn redactor(&self) -> &Redactor { &self.redactor }
}
