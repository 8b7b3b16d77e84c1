//! What is said, in two languages, from whom, and through which mail server.

use super::{Demo, audiences::NAME, plugins::id_of};
use anyhow::Result;
use serde_json::{Value, json};

pub async fn message(demo: &Demo) -> Result<Value> {
    let topic = json!({ "code": "offers", "name": "Offers and coupons" });
    demo.api.ensure("/topics", "code", "offers", topic).await?;
    let contents = json!({
        "en": { "subject": "{{ first_name|default('Hello') }}, your coupons for winter", "mjml": EN },
        "zh-CN": { "subject": "{{ first_name|default('您好') }}，您的冬季优惠券到了", "mjml": ZH },
    });
    let body = json!({ "name": NAME, "channel": "email", "contents": contents });
    demo.api.ensure("/messages", "name", NAME, body).await
}

pub async fn sender(demo: &Demo) -> Result<String> {
    let brand = json!({ "name": "Rialto demo shop", "postal_address": "1 Example Street, Example City" });
    let brand = id_of(&demo.api.ensure("/brands", "name", "Rialto demo shop", brand).await?)?;
    let body = json!({ "brand": brand, "channel": "email", "name": "Demo shop", "address": "shop@example.com" });
    id_of(&demo.api.ensure("/senders", "name", "Demo shop", body).await?)
}

pub async fn mail_server(demo: &Demo) -> Result<String> {
    let body =
        json!({ "name": "demo", "host": "127.0.0.1", "port": demo.mail.smtp, "security": "none", "connections": 8 });
    id_of(&demo.api.ensure("/mail-servers", "name", "demo", body).await?)
}

const EN: &str = r#"<mjml><mj-head><mj-title>Winter coupons</mj-title></mj-head><mj-body>
<mj-section><mj-column>
<mj-text font-size="22px">Hello {{ first_name|default('there') }} {{ last_name }}</mj-text>
<mj-text>Winter is near, and so are your coupons: for what you buy most.</mj-text>
<mj-button href="https://shop.example.com/coupons?lang=en">See my coupons</mj-button>
<mj-text font-size="11px">You get this because you agreed to offers by mail.
<a href="{{ view_url }}">View in browser</a> · <a href="{{ preferences_url }}">Your preferences</a> ·
<a href="{{ unsubscribe_url }}">Unsubscribe</a> · Demo shop, 1 Example Street, Example City</mj-text>
</mj-column></mj-section></mj-body></mjml>"#;

const ZH: &str = r#"<mjml><mj-head><mj-title>冬季优惠券</mj-title></mj-head><mj-body>
<mj-section><mj-column>
<mj-text font-size="22px">{{ first_name|default('您好') }} {{ last_name }}</mj-text>
<mj-text>冬天快到了，为您常买的商品准备的优惠券也到了。</mj-text>
<mj-button href="https://shop.example.com/coupons?lang=zh">查看我的优惠券</mj-button>
<mj-text font-size="11px">您同意接收优惠邮件，因此收到此信。
<a href="{{ view_url }}">在浏览器中查看</a> · <a href="{{ preferences_url }}">订阅偏好中心</a> ·
<a href="{{ unsubscribe_url }}">退订</a> · Demo shop, 1 Example Street, Example City</mj-text>
</mj-column></mj-section></mj-body></mjml>"#;
