//! `POST /things/{id}:launch` is `POST /things/{id}/launch`: the router cannot
//! match what follows a parameter, so the last colon of an API address is
//! read as a slash before it is routed.

use axum::{
    Router,
    extract::Request,
    http::{Uri, uri::PathAndQuery},
};
use tower::{ServiceExt as _, service_fn};

/// `router`, where a verb may also follow its object after a colon.
pub fn verbs(router: Router) -> Router {
    Router::new().fallback_service(service_fn(move |mut request: Request| {
        if let Some(uri) = rewritten(request.uri()) {
            *request.uri_mut() = uri;
        }
        router.clone().oneshot(request)
    }))
}

fn rewritten(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    let (object, verb) = path.rsplit_once(':')?;
    let is_verb = !verb.is_empty() && verb.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    if !path.starts_with("/api/") || !is_verb || object.ends_with('/') {
        return None;
    }
    let text = match uri.query() {
        Some(query) => format!("{object}/{verb}?{query}"),
        None => format!("{object}/{verb}"),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(text).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verb_after_a_colon_is_a_last_segment() {
        let at = |path: &'static str| rewritten(&Uri::from_static(path)).map(|uri| uri.to_string());
        assert_eq!(at("/api/v1/plugins:check?a=b:c").as_deref(), Some("/api/v1/plugins/check?a=b:c"));
        assert_eq!(at("/api/v1/things/1/parts/2:roll-back").as_deref(), Some("/api/v1/things/1/parts/2/roll-back"));
        for same in ["/api/v1/things/1", "/api/v1/a:b/c", "/api/v1/a:B", "/api/v1/:check", "/u/a:check", "/api/v1/a:"] {
            assert_eq!(at(same), None, "{same}");
        }
    }
}
