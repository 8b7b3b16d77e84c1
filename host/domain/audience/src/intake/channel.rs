//! From the `utm_medium` and `utm_source` of a visit to the marketing channel
//! of a touch.

/// Sources that make a paid medium a paid social one.
const SOCIAL: [&str; 14] = [
    "facebook",
    "fb",
    "instagram",
    "ig",
    "linkedin",
    "tiktok",
    "twitter",
    "x",
    "pinterest",
    "weibo",
    "wechat",
    "douyin",
    "xiaohongshu",
    "kuaishou",
];

/// The channel of a visit; `None` when it carries no campaign.
pub(super) fn channel_of(medium: Option<&str>, source: Option<&str>) -> Option<&'static str> {
    let fold = |text: &str| text.trim().to_lowercase().replace([' ', '-'], "_");
    let (medium, source) = (medium.map(fold).unwrap_or_default(), source.map(fold).unwrap_or_default());
    if medium.is_empty() && source.is_empty() {
        return None;
    }
    let social = SOCIAL.contains(&source.as_str());
    Some(match medium.as_str() {
        "cpc" | "ppc" | "paid" if social => "paid_social",
        "cpc" | "ppc" | "paid" | "paidsearch" | "paid_search" | "sem" => "paid_search",
        "paid_social" | "paidsocial" | "social_paid" => "paid_social",
        "email" | "e_mail" | "newsletter" => "email",
        "sms" | "text" | "mms" => "sms",
        "display" | "banner" | "cpm" | "gdn" => "display",
        "social" | "social_network" | "social_media" | "sm" | "organic_social" => "social",
        "affiliate" | "affiliates" => "affiliate",
        "referral" | "partner" => "referral",
        "organic" | "organic_search" => "organic_search",
        "push" | "web_push" | "notification" => "push",
        "video" | "cpv" => "video",
        "audio" | "podcast" => "audio",
        "print" | "qr" | "direct_mail" | "mailer" => "direct_mail",
        "wechat" | "weixin" => "wechat",
        "" if social => "social",
        _ => "other",
    })
}

#[cfg(test)]
mod tests {
    use super::channel_of;

    #[test]
    fn media_become_channels() {
        for (medium, source, channel) in [
            (Some("cpc"), Some("google"), Some("paid_search")),
            (Some("CPC"), Some("Facebook"), Some("paid_social")),
            (Some("E-mail"), None, Some("email")),
            (None, Some("weibo"), Some("social")),
            (Some("carrier pigeon"), None, Some("other")),
            (None, None, None),
            (Some(" "), None, None),
        ] {
            assert_eq!(channel_of(medium, source), channel, "{medium:?} {source:?}");
        }
    }
}
