//! What an endpoint's answer means for a delivery.

use rialto_sdk::{
    Fault,
    connector::{Delivery, Outcome},
    http::Response,
};

/// When the other side says "later" without saying when.
const RETRY_AFTER_MS: u64 = 60_000;
/// Nobody waits longer than a day because a stranger says so.
const RETRY_AFTER_MS_MAX: u64 = 86_400_000;

/// Read an answer.
///
/// 2xx is accepted; 408, 425, 429 and 5xx are tried again after the wait they
/// ask for; every other status is a refusal. Without an answer it depends on
/// the host, which knows whether anything can have left.
pub fn outcome(delivery: &Delivery<'_>, answer: &Result<Response, Fault>) -> Outcome {
    match answer {
        Ok(response) if response.is_success() => {
            let outcome = delivery.accepted();
            match response.header("webhook-id").or_else(|| response.header("x-request-id")) {
                Some(id) => outcome.provider_id(id),
                None => outcome,
            }
        }
        Ok(response) if passes(response.status) => {
            let wait_ms = response.retry_after_ms().unwrap_or(RETRY_AFTER_MS).min(RETRY_AFTER_MS_MAX);
            delivery.retry(refusal(response.status).retry_after_ms(wait_ms))
        }
        Ok(response) => delivery.rejected(refusal(response.status)),
        Err(fault) => unanswered(delivery, fault.clone()),
    }
}

fn passes(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}

fn refusal(status: u16) -> Fault {
    let code = match status {
        429 => "rate-limited",
        408 | 425 | 500..=599 => "unavailable",
        _ => "denied",
    };
    Fault::new(code, format!("the endpoint answered {status}")).detail("status", status)
}

/// Without an answer only the host knows whether a byte can have left: `retry`
/// says "try again if nothing did", and the host reads it as uncertain
/// otherwise. A request that cannot be made is the message's fault.
fn unanswered(delivery: &Delivery<'_>, fault: Fault) -> Outcome {
    match fault.code.as_str() {
        "invalid-input" => delivery.rejected(fault),
        "timeout" | "uncertain" => delivery.uncertain(fault),
        _ => delivery.retry(fault),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rialto_sdk::connector::{Batch, Columns, status};

    fn read(answer: Result<Response, Fault>) -> (String, Option<u64>) {
        let columns = Columns { ids: vec!["d1".to_owned()], ..Columns::default() };
        let batch = Batch::check(columns).unwrap();
        let delivery = batch.iter().next().unwrap();
        let outcome = outcome(&delivery, &answer);
        (outcome.status, outcome.fault.and_then(|fault| fault.retry_after_ms))
    }

    fn answer(status: u16, headers: &[(&str, &str)]) -> Result<Response, Fault> {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Ok(Response { status, headers, body: Vec::new(), options: Vec::new() })
    }

    #[test]
    fn every_status_has_its_meaning() {
        let status = |code| read(answer(code, &[])).0;
        assert_eq!([200, 202, 204].map(status), [status::ACCEPTED; 3]);
        assert_eq!([408, 425, 429, 500, 503].map(status), [status::RETRY; 5]);
        assert_eq!([301, 400, 401, 404, 410, 422].map(status), [status::REJECTED; 6]);
    }

    #[test]
    fn the_wait_is_theirs_within_reason() {
        assert_eq!(read(answer(429, &[("Retry-After", "7")])).1, Some(7_000));
        assert_eq!(read(answer(503, &[])).1, Some(RETRY_AFTER_MS));
        assert_eq!(read(answer(503, &[("Retry-After", "99999999")])).1, Some(RETRY_AFTER_MS_MAX));
    }

    #[test]
    fn without_an_answer_the_host_decides() {
        let status = |code: &'static str| read(Err(Fault::new(code, "x"))).0;
        assert_eq!(status("invalid-input"), status::REJECTED);
        assert_eq!(status("timeout"), status::UNCERTAIN);
        assert_eq!(["unavailable", "denied", "something-new"].map(status), [status::RETRY; 3]);
    }
}
