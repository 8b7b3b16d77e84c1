//! The certificate of an erasure: what was erased, what stays and why, signed
//! with a key that only this host has. It holds ids and counts, never a name.

use super::model::PersonRequest;
use rialto_kernel::{Keys, Purpose, WorkspaceId};
use rialto_slice::person::Holding;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The certificate of a finished erasure and its signature.
pub(super) fn certificate_make(
    keys: &Keys,
    workspace: WorkspaceId,
    request: &PersonRequest,
    rows: &BTreeMap<String, u64>,
    holdings: &[Holding],
    now: i64,
) -> (String, String) {
    let left: BTreeMap<&str, &str> =
        holdings.iter().filter(|one| !one.left.is_empty()).map(|one| (one.table, one.left)).collect();
    let certificate = json!({
        "erasure": request.id,
        "workspace": workspace.0,
        "contact": request.contact,
        "contacts": request.contacts,
        "requested_at": request.created_at.to_string(),
        "erased_at": rialto_kernel::from_micros(now).to_string(),
        "rows_erased": rows,
        "what_stays": left,
        "backups": "a backup from before the erasure still holds the person; when one is restored, this host erases again",
    });
    let text = certificate.to_string();
    let signature = hex::encode(keys.mac(Purpose::Erasure, &[text.as_bytes()]));
    (text, signature)
}

/// Whether this host signed the certificate and nobody changed it.
#[must_use]
pub fn certificate_verify(keys: &Keys, certificate: &Value, signature: &str) -> bool {
    let Ok(tag) = hex::decode(signature) else { return false };
    tag.len() == 32 && keys.verify(Purpose::Erasure, &[certificate.to_string().as_bytes()], &tag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rialto_kernel::Id;

    #[test]
    fn a_changed_certificate_is_not_this_host_s() {
        let keys = Keys::new([3; 32]);
        let request = PersonRequest {
            id: Id::from_u128(1),
            kind: super::super::RequestKind::Erasure,
            contact: Id::from_u128(2),
            contacts: vec![Id::from_u128(2)],
            state: super::super::RequestState::Running,
            reason: String::new(),
            job: Id::nil(),
            bytes: 0,
            certificate: None,
            signature: None,
            created_by: String::new(),
            created_at: rialto_kernel::from_micros(1),
            finished_at: None,
        };
        let rows = BTreeMap::from([("event".to_owned(), 3)]);
        let (text, signature) = certificate_make(&keys, WorkspaceId(Id::from_u128(9)), &request, &rows, &[], 2);
        let mut read: Value = serde_json::from_str(&text).unwrap();
        assert!(certificate_verify(&keys, &read, &signature));
        assert!(!certificate_verify(&Keys::new([4; 32]), &read, &signature));
        assert!(!certificate_verify(&keys, &read, &signature[..62]));
        read["rows_erased"]["event"] = json!(4);
        assert!(!certificate_verify(&keys, &read, &signature));
    }
}
