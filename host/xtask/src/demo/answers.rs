//! Answering as people and their mail programs do: over HTTP, from the mails
//! that the mail server took in.

use super::{Demo, data::metric_where, memory::Told};
use anyhow::{Context as _, Result, bail};
use serde_json::Value;

/// How many of those who got the mail open it, and how many of them click.
const OPENS: usize = 60;
const CLICKS: usize = 25;

/// What the mail server took in. It keeps its mails on disk, so a second run
/// sees them too.
pub async fn mails(demo: &Demo) -> Result<Vec<Value>> {
    let url = format!("{}/email", demo.mail.web);
    let mails: Vec<Value> = demo.api.plain().get(&url).send().await?.json().await?;
    Ok(mails)
}

/// Open, click and unsubscribe over HTTP, as mail programs and people do.
pub async fn answers(demo: &Demo, campaign: &str, told: &mut Told) -> Result<()> {
    let before = metric_where(demo, "unique-opens", "campaign", campaign).await?;
    let mails = mails(demo).await?;
    if before < 1.0 {
        for (at, mail) in mails.iter().take(OPENS).enumerate() {
            open(demo, mail).await?;
            if at < CLICKS {
                click(demo, mail).await?;
            }
        }
        let last = mails.last().context("no mail")?;
        unsubscribe(demo, last).await?;
    }
    let opened = OPENS.min(mails.len());
    let wanted = [("unique-opens", opened), ("unique-clicks", CLICKS.min(opened)), ("unsubscribes", 1)];
    for (metric, wanted) in wanted {
        let found = metric_where(demo, metric, "campaign", campaign).await?;
        told.say(format!("{metric}: {found:.0}"));
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
