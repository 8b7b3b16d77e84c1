//! The API's document (OpenAPI 3.1) and the page to try it on.

use axum::{
    Router,
    http::{HeaderValue, header},
    middleware::map_response,
    response::{IntoResponse as _, Response},
    routing::get,
};
use std::sync::Arc;
use utoipa::{
    PartialSchema as _,
    openapi::{
        Components, ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder,
        path::{Operation, PathItem},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};
use utoipa_swagger_ui::{Config, SwaggerUi};

/// The page may run its own scripts and call this host, and nothing else.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Add to a document what holds for every route: how to authenticate, and that
/// a refusal is a problem.
#[must_use]
pub fn finish(mut document: OpenApi) -> OpenApi {
    let components = document.components.get_or_insert_with(Components::new);
    components.schemas.insert("Problem".to_owned(), crate::ProblemDocument::schema());
    components.schemas.insert("FieldError".to_owned(), rialto_kernel::problem::FieldError::schema());
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API token: `Authorization: Bearer rialto_…`"))
        .build();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    let cookie = ApiKeyValue::with_description("rialto_session", "The cookie that signing in sets");
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    document.security = Some(vec![requirement("token"), requirement("session")]);
    let mut ids = std::collections::BTreeMap::<String, usize>::new();
    for operation in document.paths.paths.values().flat_map(operations) {
        *ids.entry(operation.operation_id.clone().unwrap_or_default()).or_default() += 1;
    }
    for (path, item) in &mut document.paths.paths {
        let operations = [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("put", &mut item.put),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
            ("head", &mut item.head),
        ];
        for (method, operation) in operations {
            let Some(operation) = operation else { continue };
            // Handlers of two areas may share a name; a client needs each once.
            if ids.get(operation.operation_id.as_deref().unwrap_or("")).is_none_or(|uses| *uses > 1) {
                operation.operation_id = Some(operation_id(method, path));
            }
            add_problem(operation);
        }
    }
    document
}

fn operations(item: &PathItem) -> impl Iterator<Item = &Operation> {
    [&item.get, &item.post, &item.put, &item.patch, &item.delete, &item.head].into_iter().flatten()
}

/// Method and path as one word: unique, and as stable as the address.
fn operation_id(method: &str, path: &str) -> String {
    let path = path.trim_start_matches("/api/v1");
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    std::iter::once(method).chain(words).collect::<Vec<_>>().join("_")
}

fn requirement(scheme: &str) -> SecurityRequirement {
    SecurityRequirement::new(scheme, Vec::<String>::new())
}

fn add_problem(operation: &mut Operation) {
    let schema = RefOr::Ref(Ref::from_schema_name("Problem"));
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let response = ResponseBuilder::new()
        .description("What went wrong, and what to do about it")
        .content("application/problem+json", content)
        .build();
    operation.responses.responses.entry("default".to_owned()).or_insert(RefOr::T(response));
}

/// Routes of the document and of the page, at these addresses.
pub fn router(document: &OpenApi, json_at: &'static str, page_at: &'static str) -> Result<Router, serde_json::Error> {
    let text: Arc<str> = document.to_json()?.into();
    let json = get(move || {
        let text = Arc::clone(&text);
        async move { ([(header::CONTENT_TYPE, "application/json")], text.to_string()).into_response() }
    });
    let config = Config::from(json_at).try_it_out_enabled(true).validator_url("none");
    let page = Router::from(SwaggerUi::new(page_at).config(config)).layer(map_response(page_headers));
    Ok(Router::new().route(json_at, json).merge(page))
}

async fn page_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response
}
