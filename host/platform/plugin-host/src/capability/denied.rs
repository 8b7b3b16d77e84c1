//! What a plugin asked for and was not allowed, so that an admin can see it. A
//! plugin chooses what it asks for: distinct targets are bounded, and no path,
//! query, body or key is kept.

use super::{Fault, HostAnswer, HostCall, HttpRequest};
use crate::recorder::DeniedCall;
use url::Url;

/// Distinct denials kept of one run; the rest only count, as one.
const DENIED_MAX: usize = 20;
/// The longest target and reason.
const TEXT_CHARS_MAX: usize = 200;
/// The target of what goes past the bound.
const OTHERS: &str = "others";

#[derive(Default)]
pub(crate) struct Denials(Vec<DeniedCall>);

impl Denials {
    pub(crate) fn note(&mut self, call: &HostCall, answer: &HostAnswer) {
        match (call, answer) {
            (HostCall::HttpSendAll { requests }, HostAnswer::Responses(answers)) => {
                for (request, answer) in requests.iter().zip(answers) {
                    self.see("http", || target(request), answer.as_ref().err());
                }
            }
            (HostCall::QueryAsk { .. }, HostAnswer::Answers(answers)) => {
                for answer in answers {
                    self.see("query", || "query.ask".to_owned(), answer.as_ref().err());
                }
            }
            (_, HostAnswer::Unit(Err(fault)) | HostAnswer::Value(Err(fault)) | HostAnswer::Keys(Err(fault))) => {
                self.see(call.capability(), || name(call).to_owned(), Some(fault));
            }
            _ => {}
        }
    }

    fn see(&mut self, capability: &str, target: impl FnOnce() -> String, fault: Option<&Fault>) {
        let Some(fault) = fault.filter(|fault| fault.code == "denied") else { return };
        let target = cut(&target());
        if let Some(known) = self.0.iter_mut().find(|d| d.capability == capability && d.target == target) {
            known.calls += 1;
            return;
        }
        if self.0.len() >= DENIED_MAX {
            match self.0.iter_mut().find(|d| d.target == OTHERS) {
                Some(others) => others.calls += 1,
                None => self.0.push(denied(capability, OTHERS, "more targets than are told apart")),
            }
            return;
        }
        self.0.push(denied(capability, &target, &cut(&fault.message)));
    }

    pub(crate) fn take(&mut self) -> Vec<DeniedCall> {
        std::mem::take(&mut self.0)
    }
}

fn denied(capability: &str, target: &str, reason: &str) -> DeniedCall {
    DeniedCall { capability: capability.to_owned(), target: target.to_owned(), reason: reason.to_owned(), calls: 1 }
}

/// Method, scheme, host and port: never a path or a query.
fn target(request: &HttpRequest) -> String {
    let method: String = request.method.chars().filter(char::is_ascii_alphabetic).take(10).collect();
    match Url::parse(&request.url) {
        Ok(url) => {
            let port = url.port_or_known_default().map_or_else(String::new, |port| format!(":{port}"));
            format!("{method} {}://{}{port}", url.scheme(), url.host_str().unwrap_or(""))
        }
        Err(_) => format!("{method} an address that cannot be read"),
    }
}

fn name(call: &HostCall) -> &'static str {
    match call {
        HostCall::LogWrite(_) => "log.write",
        HostCall::HttpSendAll { .. } => "http.send-all",
        HostCall::MailSubmit { .. } => "mail.submit",
        HostCall::StateGet { .. } => "state.get",
        HostCall::StateKeys { .. } => "state.keys",
        HostCall::StatePut { .. } => "state.put",
        HostCall::StateDelete { .. } => "state.delete",
        HostCall::StatePutNow { .. } => "state.put-now",
        HostCall::QueryMetrics => "query.metrics",
        HostCall::QueryAsk { .. } => "query.ask",
    }
}

fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(TEXT_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capability::Blob;

    fn request(method: &str, url: &str) -> HttpRequest {
        HttpRequest {
            method: method.into(),
            url: url.into(),
            headers: vec![],
            body: Blob::default(),
            delivery: None,
            signing: None,
            timeout_ms: None,
            options: vec![],
        }
    }

    #[test]
    fn the_same_again_counts_and_distinct_ones_are_bounded() {
        let mut denials = Denials::default();
        for n in 0..100 {
            let requests = vec![
                request("POST", "https://evil.test/ann@example.com?token=s3cret"),
                request("GET", &format!("https://h{n}.test/")),
                request("GET", "https://fine.test/"),
            ];
            let no = || Err(Fault::denied("the host is not granted"));
            let answers = vec![no(), no(), Err(Fault::unavailable("away"))];
            denials.note(&HostCall::HttpSendAll { requests }, &HostAnswer::Responses(answers));
        }
        let told = denials.take();
        assert_eq!(told.len(), DENIED_MAX + 1);
        assert_eq!((told[0].target.as_str(), told[0].calls), ("POST https://evil.test:443", 100));
        assert_eq!((told[20].target.as_str(), told[20].calls), (OTHERS, 81));
        assert!(!format!("{told:?}").contains("s3cret") && !format!("{told:?}").contains("ann@"));
    }

    #[test]
    fn every_other_call_is_told_by_its_name() {
        let mut denials = Denials::default();
        let call = HostCall::StateGet { key: "ann@example.com".into() };
        denials.note(&call, &HostAnswer::Value(Err(Fault::denied("state is not granted in this run"))));
        denials.note(&call, &HostAnswer::Value(Ok(None)));
        let told = denials.take();
        assert_eq!((told[0].capability.as_str(), told[0].target.as_str(), told[0].calls), ("state", "state.get", 1));
    }
}
