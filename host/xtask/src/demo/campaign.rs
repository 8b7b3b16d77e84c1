//! Planning a campaign in two languages, sending it to a real SMTP server, and
//! answering as people's mail programs do.

use super::{
    Demo,
    data::metric_where,
    plugins::{Installed, id_of},
    until,
};
use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use std::time::Duration;

const CODE: &str = "demo-spring";
/// How many of those who got the mail open it, and how many of them click.
const OPENS: usize = 60;
const CLICKS: usize = 25;

/// What is planned.
pub struct Plan {
    pub campaign: String,
    pub audience: i64,
}

/// What was sent.
pub struct Sent {
    pub campaign: String,
    accepted: i64,
}

pub async fn plan(demo: &Demo, installed: &Installed) -> Result<Plan> {
    if let Some(found) = demo.api.find("/campaigns", "code", CODE).await?
        && found["state"] != "draft"
    {
        println!("  {} is {} (before)", found["name"], found["state"]);
        let ledger = demo.api.get(&format!("/campaigns/{}/ledger", id_of(&found)?)).await?;
        return Ok(Plan { campaign: id_of(&found)?, audience: ledger["audience"].as_i64().unwrap_or(0) });
    }
    let segment = segment(demo).await?;
    advise(demo, installed).await?;
    let message = message(demo).await?;
    let body = json!({
        "code": CODE, "name": "Spring coupons", "kind": "coupon-mailing", "objective": "redeem-coupons",
        "segment": id_of(&segment)?, "topic": "offers", "currency": "USD", "unit_cost_minor": 2, "budget_minor": 100_000,
        "messages": [{
            "channel": "email", "message": id_of(&message)?, "installation": installed["connector-email"],
            "sender": sender(demo).await?, "mail_server": mail_server(demo).await?,
        }],
        "goals": [{ "metric": "click-rate", "expected": 0.03 }],
    });
    let campaign = id_of(&demo.api.ensure("/campaigns", "code", CODE, body).await?)?;
    let preflight = demo.api.post(&format!("/campaigns/{campaign}:preflight"), json!({})).await?;
    let audience = preflight["audience"].as_i64().context("no audience")?;
    println!("  preflight: {audience} people, cost {}", preflight["cost"]);
    for row in preflight["channels"][0]["rows"].as_array().into_iter().flatten() {
        println!("    {:>6}  {} {}", row["count"], word(&row["state"]), word(&row["reason"]));
    }
    if !preflight["blockers"].as_array().is_some_and(Vec::is_empty) {
        bail!("something stands in the way: {}", preflight["blockers"]);
    }
    Ok(Plan { campaign, audience })
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

async fn segment(demo: &Demo) -> Result<Value> {
    let often = if demo.source.real { 80 } else { 30 };
    let rule = json!({ "on": "order", "count": { "op": "gte", "value": often } });
    let preview = demo.api.post("/segments:preview", json!({ "of": { "rule": rule }, "sample": 3 })).await?;
    println!("  segment: {} people bought {often} times or more", preview["count"]);
    let body = json!({
        "name": "Frequent buyers", "rule": rule, "strategy": "Keep them with coupons for what they buy",
        "owner": "CRM", "measure": "redemption-rate",
    });
    demo.api.ensure("/segments", "name", "Frequent buyers", body).await
}

/// Ask the recommender which campaign type and which past creative fit, and who.
async fn advise(demo: &Demo, installed: &Installed) -> Result<()> {
    library(demo).await?;
    for kind in ["campaign-type", "creative", "contact"] {
        let body = json!({
            "kind": kind, "objective": "redeem-coupons", "locale": "en", "installation": installed["recommender-playbook"],
        });
        let answer = demo.api.post("/recommendations", body).await?;
        let best = &answer["items"][0];
        println!("  best {kind}: {} ({:.3})", word(&best["name"]), best["score"].as_f64().unwrap_or(f64::NAN));
        for reason in best["reasons"].as_array().into_iter().flatten().take(3) {
            println!("    {}", word(&reason["text"]));
        }
        if answer["items"].as_array().is_none_or(Vec::is_empty) {
            bail!("the recommender ranked no {kind}: {answer}");
        }
    }
    Ok(())
}

/// Past campaigns become cases of the library, with what they brought.
async fn library(demo: &Demo) -> Result<()> {
    let page = demo.api.get("/campaigns?state=past&limit=100").await?;
    for past in page["items"].as_array().into_iter().flatten() {
        let title = word(&past["name"]);
        if demo.api.find("/creatives", "title", title).await?.is_some() {
            continue;
        }
        let id = id_of(past)?;
        let creative = json!({
            "code": past["code"], "kind": "case", "origin": "own", "title": title, "channel": "direct_mail",
            "interaction": "coupon", "campaign_type": past["kind"], "theme": "coupons", "objectives": "redeem-coupons",
        });
        let creative = demo.api.post("/creatives", creative).await?;
        let tried = metric_where(demo, "reached-people", "campaign", &id).await?;
        let reached = metric_where(demo, "redeemers", "campaign", &id).await?;
        let result = json!({
            "campaign": id, "objective": "redeem-coupons", "label": title, "at": past["ends_at"],
            "tried": tried as i64, "reached": reached as i64,
        });
        demo.api.post(&format!("/creatives/{}/results", id_of(&creative)?), result).await?;
    }
    Ok(())
}

async fn message(demo: &Demo) -> Result<Value> {
    let topic = json!({ "code": "offers", "name": "Offers and coupons" });
    demo.api.ensure("/topics", "code", "offers", topic).await?;
    let contents = json!({
        "en": { "subject": "{{ first_name|default('Hello') }}, your coupons for spring", "mjml": EN },
        "zh-CN": { "subject": "{{ first_name|default('您好') }}，您的春季优惠券到了", "mjml": ZH },
    });
    let body = json!({ "name": "Spring coupons", "channel": "email", "contents": contents });
    demo.api.ensure("/messages", "name", "Spring coupons", body).await
}

async fn sender(demo: &Demo) -> Result<String> {
    let brand = json!({ "name": "Rialto demo shop", "postal_address": "1 Example Street, Example City" });
    let brand = id_of(&demo.api.ensure("/brands", "name", "Rialto demo shop", brand).await?)?;
    let body = json!({ "brand": brand, "channel": "email", "name": "Demo shop", "address": "shop@example.com" });
    id_of(&demo.api.ensure("/senders", "name", "Demo shop", body).await?)
}

async fn mail_server(demo: &Demo) -> Result<String> {
    let body =
        json!({ "name": "demo", "host": "127.0.0.1", "port": demo.mail.smtp, "security": "none", "connections": 8 });
    id_of(&demo.api.ensure("/mail-servers", "name", "demo", body).await?)
}

pub async fn send(demo: &Demo, plan: &Plan) -> Result<Sent> {
    let path = format!("/campaigns/{}", plan.campaign);
    if demo.api.get(&path).await?["state"] == "draft" {
        demo.api.post(&format!("{path}:launch"), json!({})).await?;
    }
    let ledger = until("sending", Duration::from_secs(600), || finished(demo, &path)).await?;
    let (mut total, mut accepted) = (0, 0);
    for row in ledger["rows"].as_array().into_iter().flatten() {
        let count = row["count"].as_i64().unwrap_or(0);
        println!("    {count:>6}  {} {}", word(&row["state"]), word(&row["reason"]));
        total += count;
        accepted += if row["state"] == "accepted" { count } else { 0 };
    }
    if total != ledger["audience"].as_i64().unwrap_or(-1) || total != plan.audience {
        bail!("the ledger has {total} rows for an audience of {} (preflight {})", ledger["audience"], plan.audience);
    }
    let mails = mails(demo).await?.len() as i64;
    println!("  {accepted} accepted by the mail server, {mails} in its window");
    if accepted == 0 || mails != accepted {
        bail!("{accepted} were accepted, but the mail server shows {mails}");
    }
    Ok(Sent { campaign: plan.campaign.clone(), accepted })
}

async fn finished(demo: &Demo, path: &str) -> Result<Option<Value>> {
    let ledger = demo.api.get(&format!("{path}/ledger")).await?;
    Ok((ledger["state"] == "finished").then_some(ledger))
}

/// What the mail server took in. It keeps its mails on disk, so a second run
/// sees them too.
async fn mails(demo: &Demo) -> Result<Vec<Value>> {
    let url = format!("{}/email", demo.mail.web);
    let mails: Vec<Value> = demo.api.plain().get(&url).send().await?.json().await?;
    Ok(mails)
}

/// Open, click and unsubscribe over HTTP, as mail programs and people do.
pub async fn answers(demo: &Demo, sent: &Sent) -> Result<()> {
    let before = metric_where(demo, "unique-opens", "campaign", &sent.campaign).await?;
    if before < 1.0 {
        let mails = mails(demo).await?;
        for (at, mail) in mails.iter().take(OPENS).enumerate() {
            open(demo, mail).await?;
            if at < CLICKS {
                click(demo, mail).await?;
            }
        }
        let last = mails.last().context("no mail")?;
        unsubscribe(demo, last).await?;
    }
    let open = OPENS.min(usize::try_from(sent.accepted).unwrap_or(0));
    let wanted = [("unique-opens", open), ("unique-clicks", CLICKS.min(open)), ("unsubscribes", 1)];
    for (metric, wanted) in wanted {
        let found = metric_where(demo, metric, "campaign", &sent.campaign).await?;
        println!("  {metric}: {found:.0}");
        if (found - wanted as f64).abs() > 0.5 {
            bail!("{metric} is {found}, and {wanted} were made");
        }
    }
    Ok(())
}

const AGENT: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)";

async fn open(demo: &Demo, mail: &Value) -> Result<()> {
    let url = link(mail, "/o/")?;
    let answer = demo.api.plain().get(&url).header("user-agent", AGENT).send().await?;
    if !answer.status().is_success() {
        bail!("the open pixel answered {}", answer.status());
    }
    Ok(())
}

async fn click(demo: &Demo, mail: &Value) -> Result<()> {
    let url = link(mail, "/c/")?;
    let answer = demo.api.plain().get(&url).header("user-agent", AGENT).send().await?;
    let target = answer.headers().get("location").and_then(|l| l.to_str().ok()).unwrap_or("");
    if !target.starts_with("https://shop.example.com/") {
        bail!("the click led to `{target}` ({})", answer.status());
    }
    Ok(())
}

/// One click, as RFC 8058 says: a POST without cookies to the header's address.
async fn unsubscribe(demo: &Demo, mail: &Value) -> Result<()> {
    let header = mail["headers"]["list-unsubscribe"].as_str().context("no List-Unsubscribe header")?;
    let url = header.split(['<', '>', ',']).find(|part| part.starts_with("http")).context("no web address")?;
    let form = "List-Unsubscribe=One-Click";
    let kind = "application/x-www-form-urlencoded";
    let answer = demo.api.plain().post(url).header("content-type", kind).body(form).send().await?;
    if !answer.status().is_success() {
        bail!("the unsubscribe answered {}", answer.status());
    }
    Ok(())
}

/// The first address in a mail's HTML with this in its path.
fn link(mail: &Value, path: &str) -> Result<String> {
    let html = mail["html"].as_str().context("the mail has no HTML")?.replace("&#x2f;", "/").replace("&amp;", "&");
    html.split(['"', '\''])
        .find(|part| part.starts_with("http") && part.contains(path))
        .map(str::to_owned)
        .with_context(|| format!("no address with {path} in the mail"))
}

const EN: &str = r#"<mjml><mj-head><mj-title>Spring coupons</mj-title></mj-head><mj-body>
<mj-section><mj-column>
<mj-text font-size="22px">Hello {{ first_name|default('there') }} {{ last_name }}</mj-text>
<mj-text>Spring is here, and so are your coupons: for what you buy most.</mj-text>
<mj-button href="https://shop.example.com/coupons?lang=en">See my coupons</mj-button>
<mj-text font-size="11px">You get this because you agreed to offers by mail.
<a href="{{ unsubscribe_url }}">Unsubscribe</a> · Demo shop, 1 Example Street, Example City</mj-text>
</mj-column></mj-section></mj-body></mjml>"#;

const ZH: &str = r#"<mjml><mj-head><mj-title>春季优惠券</mj-title></mj-head><mj-body>
<mj-section><mj-column>
<mj-text font-size="22px">{{ first_name|default('您好') }} {{ last_name }}</mj-text>
<mj-text>春天到了，为您常买的商品准备的优惠券也到了。</mj-text>
<mj-button href="https://shop.example.com/coupons?lang=zh">查看我的优惠券</mj-button>
<mj-text font-size="11px">您同意接收优惠邮件，因此收到此信。
<a href="{{ unsubscribe_url }}">退订</a> · Demo shop, 1 Example Street, Example City</mj-text>
</mj-column></mj-section></mj-body></mjml>"#;
