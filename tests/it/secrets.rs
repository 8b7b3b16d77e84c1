//! Secrets of installations: tokens that the host gets, and the master key that
//! everything is sealed under.

use crate::{
    guests::Sending,
    plugins_api::mounted::{Mounted, package},
};
use rialto_app::{App, compose, keyring};
use rialto_contract::connector;
use rialto_delivery::{MailServerChange, mail_server_create};
use rialto_identity::{NewWorkspace, workspace_create};
use rialto_kernel::{Id, Keys, Locale, Purpose, WorkspaceId};
use rialto_plugin_host::{Doors, HostConfig, PluginHost, PluginKind};
use rialto_plugins::open_run;
use rialto_slice::{HostParts, Limits};
use rialto_store::sql;
use rialto_testkit::{TestDatabase, both};
use rialto_web::Caller;
use serde_json::{Value, json};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::path};

/// What the token server was asked, and what the service was sent.
#[derive(Clone, Default)]
struct Seen {
    asked: Arc<Mutex<Vec<String>>>,
    sent: Arc<Mutex<Vec<String>>>,
    status: Arc<AtomicUsize>,
}

impl Seen {
    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn sent(&self) -> Vec<String> {
        self.sent.lock().unwrap().clone()
    }
}

/// A token server and the service its tokens are for, which echoes the token.
/// A refresh token works once: the next one is in the answer.
async fn service() -> (MockServer, Seen) {
    let (server, seen) = (MockServer::start().await, Seen::default());
    let (asked, sent, status) = (seen.asked.clone(), seen.sent.clone(), seen.status.clone());
    let token = move |request: &Request| {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let head = request.headers.get("authorization").map_or("", |value| value.to_str().unwrap());
        let mut asked = asked.lock().unwrap();
        let latest = asked.iter().filter(|one| one.contains("refresh_token")).count();
        asked.push(format!("{head} {body}"));
        if body.contains("grant_type=refresh_token") && !body.contains(&format!("refresh-{latest}")) {
            return ResponseTemplate::new(400).set_body_json(json!({ "error": "invalid_grant", "echo": body }));
        }
        let n = asked.len();
        ResponseTemplate::new(200).set_delay(Duration::from_millis(200)).set_body_json(json!({
            "access_token": format!("access-token-{n}"), "token_type": "Bearer", "expires_in": 600,
            "refresh_token": format!("refresh-{}", latest + 1),
        }))
    };
    Mock::given(path("/token")).respond_with(token).mount(&server).await;
    let hook = move |request: &Request| {
        let head = request.headers.get("authorization").map_or("none", |value| value.to_str().unwrap()).to_owned();
        sent.lock().unwrap().push(head.clone());
        match status.load(Ordering::SeqCst) {
            401 => ResponseTemplate::new(401).set_body_string("no"),
            _ => ResponseTemplate::new(200).set_body_string(format!("hello {head}")),
        }
    };
    Mock::given(path("/hook")).respond_with(hook).mount(&server).await;
    (server, seen)
}

fn manifest(grant: &str, more: &str) -> String {
    format!(
        r#"
id = "test/account"
version = "1.0.0"
[title]
en = "Account"
zh-CN = "账户"
[[wishes.http]]
host = "{{{{setting:server}}}}"
reason = "to deliver"
secrets = ["account"]
[settings]
type = "object"
required = ["server", "account"]
additionalProperties = false
[settings.properties.server]
type = "string"
[settings.properties.account]
type = "object"
format = "oauth2"
[settings.properties.account.oauth2]
grant = "{grant}"
token-url = "{{{{setting:server}}}}/token"
scopes = ["send", "read"]
{more}
"#
    )
}

/// An installation whose guest calls the service with the account's token.
async fn installed(host: &Mounted, server: &MockServer, manifest: &str, account: Value, secrets: &[&str]) -> Id {
    let url = format!("{}/hook", server.uri());
    let signing = Some(("bearer", "account", &[][..]));
    let guest = Sending { method: "POST", url: &url, signing, ..Sending::default() }.guest();
    let digest = host.upload(package(&guest.connector(), manifest)).await;
    let settings = json!({ "server": server.uri(), "account": account });
    let new = json!({ "package": digest, "name": "service", "settings": settings });
    let (status, view) = host.post("/installations", new).await;
    assert_eq!(status, 201, "{view}");
    assert_eq!(view["settings"]["account"], json!({ "set": true }));
    let (id, version) = (view["id"].as_str().unwrap(), view["waiting"][0]["id"].as_str().unwrap());
    let reach = json!({
        "host": "127.0.0.1", "ports": [server.address().port()], "methods": ["POST"], "plain_http": true,
        "private": true, "secrets": secrets,
    });
    let approve = json!({ "grants": { "http": [reach] }, "activate": true });
    let (status, view) = host.post(&format!("/installations/{id}/versions/{version}:approve"), approve).await;
    assert_eq!(status, 200, "{view}");
    id.parse().unwrap()
}

/// One run; answers what its guest wrote into the log.
async fn run(host: &Mounted, id: Id) -> String {
    let mut open = open_run(&host.host, host.workspace, id, PluginKind::Connector, Doors::default()).await.unwrap();
    assert!(open.settings_json.contains("{{secret:account}}"), "{}", open.settings_json);
    let settings = open.settings_json.clone();
    let batch = crate::plugins::lab_batch(1);
    connector::deliver(&mut open.run, &settings, batch).await.unwrap();
    let closed = open.finish().await;
    closed.logs.iter().map(|line| line.message.clone()).collect()
}

fn mounted(db: TestDatabase) -> Mounted {
    Mounted::with(db, HostConfig { private_hosts: true, ..HostConfig::default() })
}

both! {
    async fn a_token_is_got_once_and_serves_all_until_it_ends(db: TestDatabase) {
        let clock = db.clock.clone();
        let host = Arc::new(mounted(db));
        let (server, seen) = service().await;
        let account = json!({ "client-id": "the client", "client-secret": "client-s3cret/77" });
        let id = installed(&host, &server, &manifest("client-credentials", ""), account, &["account"]).await;
        let mut crowd = tokio::task::JoinSet::new();
        for _ in 0..12 {
            let host = host.clone();
            crowd.spawn(async move { run(&host, id).await });
        }
        while let Some(log) = crowd.join_next().await {
            assert_eq!(log.unwrap(), "hello Bearer [secret]");
        }
        // RFC 6749, 2.3.1: both halves are form-encoded before they are joined.
        let basic = "Basic dGhlK2NsaWVudDpjbGllbnQtczNjcmV0JTJGNzc= scope=send+read&grant_type=client_credentials";
        assert_eq!(seen.asked(), [basic], "one exchange for all of them");
        assert_eq!(seen.sent(), vec!["Bearer access-token-1"; 12]);
        clock.advance_seconds(530);
        assert_eq!(run(&host, id).await, "hello Bearer [secret]");
        assert_eq!(seen.asked().len(), 1, "a minute before its end it still serves");
        clock.advance_seconds(20);
        run(&host, id).await;
        assert_eq!((seen.asked().len(), seen.sent().last().unwrap().as_str()), (2, "Bearer access-token-2"));
        // A token that the service refuses is not used again.
        seen.status.store(401, Ordering::SeqCst);
        clock.advance_seconds(60);
        assert_eq!(run(&host, id).await, "no");
        seen.status.store(200, Ordering::SeqCst);
        run(&host, id).await;
        assert_eq!((seen.asked().len(), seen.sent().last().unwrap().as_str()), (3, "Bearer access-token-3"));
        let kept = host.everything_stored().await;
        assert!(!kept.contains("access-token") && !kept.contains("client-s3cret"), "{kept}");
        // Another account is another token.
        let other = json!({ "settings": { "account": { "client-id": "b", "client-secret": "c" } } });
        assert_eq!(host.patch(&format!("/installations/{id}"), other).await.0, 200);
        run(&host, id).await;
        assert_eq!(seen.asked().len(), 4);
    }

    async fn a_refresh_token_that_works_once_is_handed_on(db: TestDatabase) {
        let clock = db.clock.clone();
        let host = mounted(db);
        let (server, seen) = service().await;
        let account = json!({ "client-id": "c", "refresh-token": "refresh-0" });
        let id = installed(&host, &server, &manifest("refresh-token", "client-auth = \"body\""), account, &["account"]).await;
        for n in 1..=3 {
            assert_eq!(run(&host, id).await, "hello Bearer [secret]");
            let expected = format!("scope=send+read&grant_type=refresh_token&refresh_token=refresh-{}&client_id=c", n - 1);
            assert_eq!(seen.asked().last().unwrap().trim(), expected);
            clock.advance_seconds(700);
        }
        // Put back to one that is spent: the server's word is told, and nothing of what it echoed.
        let spent = json!({ "settings": { "account": { "client-id": "c", "refresh-token": "refresh-0" } } });
        assert_eq!(host.patch(&format!("/installations/{id}"), spent).await.0, 200);
        let told = run(&host, id).await;
        assert!(told.contains("`account`") && told.contains("status 400, invalid_grant"), "{told}");
        assert!(!told.contains("refresh-0"), "{told}");
        assert!(!host.everything_stored().await.contains("refresh-"));
    }

    async fn an_account_goes_only_where_it_is_granted(db: TestDatabase) {
        let host = mounted(db);
        let (server, seen) = service().await;
        let account = json!({ "client-id": "c", "client-secret": "s" });
        let id = installed(&host, &server, &manifest("client-credentials", ""), account, &[]).await;
        let told = run(&host, id).await;
        assert!(told.contains("`account` is not granted for 127.0.0.1"), "{told}");
        assert!(seen.asked().is_empty() && seen.sent().is_empty(), "not a byte");
        let wrong = [
            (json!("text"), "must be an object"),
            (json!({ "client-id": "c" }), "client-secret"),
            (json!({ "client-id": "c", "client-secret": "s3cr3t", "more": 1 }), "must be an object"),
        ];
        for (account, named) in wrong {
            let (status, problem) =
                host.patch(&format!("/installations/{id}"), json!({ "settings": { "account": account } })).await;
            assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some("/account")), "{problem}");
            assert!(problem.to_string().contains(named) && !problem.to_string().contains("s3cr3t"), "{problem}");
        }
    }

    async fn a_master_key_is_replaced_in_steps(db: TestDatabase) {
        let (old, new) = (Keys::new([1; 32]), Keys::new([2; 32]));
        let app = host_of(&db, &old);
        let company = NewWorkspace {
            slug: "test".to_owned(),
            name: "Test".to_owned(),
            locale: Locale::En,
            zone: "UTC".to_owned(),
            currency: "USD".to_owned(),
        };
        let workspace = WorkspaceId(workspace_create(&app.host, company).await.unwrap().id);
        let sealed = fill(&app, workspace).await;
        let hash = old.address_hash(workspace, "ada@example.com");

        // Both keys, as after `rialto key rotate-master` wrote the key file.
        let keys = keyring::ready(&db.store, new.after(&old)).await.unwrap();
        let app = host_of(&db, &keys);
        let first = keyring::reseal(&app.host, 7, |_| ()).await.unwrap();
        assert_eq!((first.done, first.broken), (7, 0));
        assert_eq!(opening(&db, workspace, &keys).await, sealed, "stopped half-way, everything opens");
        assert!(opening(&db, workspace, &old).await < sealed && opening(&db, workspace, &new).await == 7);
        // Killed there, and begun again.
        let keys = keyring::ready(&db.store, new.after(&old)).await.unwrap();
        keyring::keep(&db.store, &keys, db.random.as_ref(), 1).await.unwrap();
        let app = host_of(&db, &keys);
        let rest = keyring::reseal(&app.host, u64::MAX, |_| ()).await.unwrap();
        assert_eq!((rest.done, rest.broken), (sealed - 7, 0));
        assert_eq!(keyring::reseal(&app.host, u64::MAX, |_| ()).await.unwrap().done, 0, "nothing is left");

        // The new key alone, and what must never change.
        let alone = keyring::ready(&db.store, new.clone()).await.unwrap();
        assert_eq!(opening(&db, workspace, &alone).await, sealed);
        assert_eq!(opening(&db, workspace, &old).await, 0, "nothing opens under the old key");
        assert_eq!(alone.address_hash(workspace, "ada@example.com"), hash);
        assert_ne!(new.address_hash(workspace, "ada@example.com"), hash, "by itself it would be another");
        let receipt = old.mac(Purpose::Receipt, &[b"a receipt"]);
        assert!(alone.verify(Purpose::Receipt, &[b"a receipt"], &receipt), "receipts stay good");
        assert!(!new.verify(Purpose::Receipt, &[b"a receipt"], &receipt));
        let wrong = keyring::ready(&db.store, old.clone()).await.unwrap_err().to_string();
        assert!(wrong.contains("the master key is not the one"), "{wrong}");
        // And once more, from the second to a third.
        let keys = keyring::ready(&db.store, Keys::new([3; 32]).after(&alone)).await.unwrap();
        keyring::keep(&db.store, &keys, db.random.as_ref(), 2).await.unwrap();
        let app = host_of(&db, &keys);
        assert_eq!(keyring::reseal(&app.host, u64::MAX, |_| ()).await.unwrap().done, sealed);
        let third = keyring::ready(&db.store, Keys::new([3; 32])).await.unwrap();
        assert_eq!(third.address_hash(workspace, "ada@example.com"), hash);
    }
}

fn host_of(db: &TestDatabase, keys: &Keys) -> App {
    let config = HostConfig::default();
    let plugins = PluginHost::new(config, keys.clone(), db.clock.clone(), db.random.clone()).unwrap();
    compose(HostParts {
        store: db.store.clone(),
        clock: db.clock.clone(),
        random: db.random.clone(),
        keys: keys.clone(),
        plugins,
        data_dir: std::env::temp_dir(),
        public_url: "http://rialto.test".to_owned(),
        name: "test-host".to_owned(),
        limits: Limits::default(),
    })
    .unwrap()
}

/// The context of a kept answer.
fn answer_context(workspace: WorkspaceId, key: &str) -> Vec<u8> {
    Keys::context(workspace, Id::nil(), &format!("idempotency/local/{key}"))
}

/// Seal values of every kind; answers how many.
async fn fill(app: &App, workspace: WorkspaceId) -> u64 {
    let host = &app.host;
    let change: MailServerChange = serde_json::from_value(json!({
        "name": "out", "host": "127.0.0.1", "port": 25, "security": "none", "username": "u", "password": "mail-password",
    }))
    .unwrap();
    mail_server_create(host, &Caller::local(workspace), change).await.unwrap();
    let mut rows = Vec::new();
    for n in 0..10_u128 {
        let (installation, name) = (Id::from_u128(n / 3 + 1), format!("secret-{n}"));
        let context = Keys::context(workspace, installation, &name);
        let token = Keys::context(workspace, installation, &format!("token:{name}"));
        let answer = answer_context(workspace, &name);
        let run = Id::from_u128(100 + n);
        let seal = |purpose, context: &[u8]| host.keys.seal(purpose, context, b"value", host.random.as_ref()).unwrap();
        let recording = (run, seal(Purpose::Recording, &Keys::context(workspace, run, "recording")));
        let secret = |context: &[u8]| seal(Purpose::Secret, context);
        rows.push((installation, name, secret(&context), secret(&token), secret(&answer), recording));
    }
    let count = rows.len() as u64 * 4 + 1;
    host.store
        .write(workspace, "test.fill", move |conn| {
            Box::pin(async move {
                for (installation, name, secret, token, answer, (run, recording)) in rows {
                    sql("INSERT INTO plugin_recording (workspace, run, installation, installation_version, kind, at,
                                                       outcome, bytes, about, sealed)
                         VALUES ($1, $2, $3, $3, 'connector', 0, 'succeeded', 1, 'nobody', $4)")
                    .bind(workspace)
                    .bind(run)
                    .bind(installation)
                    .bind(recording)
                    .execute(conn)
                    .await?;
                    sql("INSERT INTO installation_secret (workspace, installation, name, sealed, updated_at)
                         VALUES ($1, $2, $3, $4, 0)")
                    .bind(workspace)
                    .bind(installation)
                    .bind(&name)
                    .bind(secret)
                    .execute(conn)
                    .await?;
                    sql("INSERT INTO installation_token (workspace, installation, name, sealed, renew_at, expires_at,
                                                         lease_of, lease_until, updated_at)
                         VALUES ($1, $2, $3, $4, 0, 0, $2, 0, 0)")
                    .bind(workspace)
                    .bind(installation)
                    .bind(&name)
                    .bind(token)
                    .execute(conn)
                    .await?;
                    sql("INSERT INTO idempotency (workspace, actor, key, request_hash, status, content_type, body, created_at)
                         VALUES ($1, 'local', $2, $3, 200, NULL, $4, 0)")
                    .bind(workspace)
                    .bind(&name)
                    .bind(Vec::<u8>::new())
                    .bind(answer)
                    .execute(conn)
                    .await?;
                }
                Ok::<_, rialto_store::StoreError>(())
            })
        })
        .await
        .unwrap();
    count
}

/// How many sealed values open under these keys.
async fn opening(db: &TestDatabase, workspace: WorkspaceId, keys: &Keys) -> u64 {
    let mut conn = db.store.read(workspace).await.unwrap();
    let mut sealed: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    let rows: Vec<(Id, String, Vec<u8>)> =
        sql("SELECT installation, name, sealed FROM installation_secret WHERE workspace = $1 ORDER BY name")
            .bind(workspace)
            .fetch_all(&mut conn)
            .await
            .unwrap();
    sealed.extend(rows.into_iter().map(|(id, name, bytes)| (Keys::context(workspace, id, &name), bytes)));
    let rows: Vec<(Id, String, Vec<u8>)> =
        sql("SELECT installation, name, sealed FROM installation_token WHERE workspace = $1 ORDER BY name")
            .bind(workspace)
            .fetch_all(&mut conn)
            .await
            .unwrap();
    sealed.extend(
        rows.into_iter().map(|(id, name, bytes)| (Keys::context(workspace, id, &format!("token:{name}")), bytes)),
    );
    let rows: Vec<(String, Vec<u8>)> = sql("SELECT key, body FROM idempotency WHERE workspace = $1 ORDER BY key")
        .bind(workspace)
        .fetch_all(&mut conn)
        .await
        .unwrap();
    sealed.extend(rows.into_iter().map(|(key, bytes)| (answer_context(workspace, &key), bytes)));
    let rows: Vec<(Id, Vec<u8>)> = sql("SELECT id, password FROM mail_server WHERE workspace = $1 ORDER BY id")
        .bind(workspace)
        .fetch_all(&mut conn)
        .await
        .unwrap();
    sealed.extend(rows.into_iter().map(|(id, bytes)| (Keys::context(workspace, id, "password"), bytes)));
    let rows: Vec<(Id, Vec<u8>)> = sql("SELECT run, sealed FROM plugin_recording WHERE workspace = $1 ORDER BY run")
        .bind(workspace)
        .fetch_all(&mut conn)
        .await
        .unwrap();
    let of_run = |run: &Id| Keys::context(workspace, *run, "recording");
    let recorded = rows.iter().filter(|(run, bytes)| keys.open(Purpose::Recording, &of_run(run), bytes).is_ok());
    let others = sealed.iter().filter(|(context, bytes)| keys.open(Purpose::Secret, context, bytes).is_ok());
    (recorded.count() + others.count()) as u64
}
