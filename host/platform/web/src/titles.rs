//! The titles of problems by their code, in each language Rialto speaks: the
//! one table. A code that is not here takes the title of its status.

use rialto_kernel::Locale;

const BY_CODE: &[(&str, &str, &str)] = &[
    ("body-timeout", "The body came too slowly", "请求体传输过慢"),
    ("changed", "Changed meanwhile", "内容已被他人修改"),
    ("cross-site", "Refused: it came from another site", "已拒绝：请求来自其他网站"),
    ("disk-full", "No space left", "磁盘空间不足"),
    ("exists", "Exists already", "已存在"),
    ("forbidden", "Not allowed", "没有权限"),
    ("idempotency-busy", "Still at work on this key", "相同幂等键的请求仍在处理"),
    ("idempotency-mismatch", "The key was used for something else", "幂等键已用于其他请求"),
    ("idempotency-unknown", "The outcome of this key is not known", "该幂等键的结果未知"),
    ("in-use", "In use", "正在使用中"),
    ("internal", "Our mistake", "系统内部错误"),
    ("invalid-input", "The input is not right", "输入有误"),
    ("mail-server", "The mail server failed", "邮件服务器出错"),
    ("malformed", "Cannot be read", "请求无法解析"),
    ("media-type", "Wrong kind of content", "内容类型不受支持"),
    ("method-not-allowed", "Wrong method", "请求方法不被允许"),
    ("not-found", "Not found", "未找到"),
    ("plugin-host", "Our mistake", "系统内部错误"),
    ("sign-in-failed", "Sign-in failed", "登录失败"),
    ("source-broken", "The other end answered oddly", "对方服务器的响应不符合预期"),
    ("source-timeout", "The other end took too long", "对方服务器响应超时"),
    ("source-unreachable", "The other end could not be reached", "无法连接对方服务器"),
    ("too-large", "Too large", "超出大小限制"),
    ("too-many-attempts", "Too many attempts", "尝试次数过多"),
    ("unauthenticated", "Sign in first", "请先登录"),
    ("unavailable", "Away for now", "服务暂不可用"),
];

const BY_STATUS: &[(u16, &str, &str)] = &[
    (400, "Cannot be read", "请求无法解析"),
    (401, "Sign in first", "请先登录"),
    (403, "Not allowed", "没有权限"),
    (404, "Not found", "未找到"),
    (405, "Wrong method", "请求方法不被允许"),
    (408, "Too slow", "请求超时"),
    (409, "Not possible in this state", "当前状态不允许此操作"),
    (412, "Changed meanwhile", "内容已被他人修改"),
    (413, "Too large", "超出大小限制"),
    (415, "Wrong kind of content", "内容类型不受支持"),
    (422, "The input is not right", "输入有误"),
    (429, "Too many requests", "请求过于频繁"),
    (431, "Headers too large", "请求头过大"),
    (502, "The other side failed", "对方出错"),
    (503, "Away for now", "服务暂不可用"),
    (504, "The other side took too long", "对方响应超时"),
    (507, "No space left", "磁盘空间不足"),
];

/// The title of a problem.
#[must_use]
pub fn title(code: &str, status: u16, locale: Locale) -> &'static str {
    let by_code = BY_CODE.iter().find(|(known, ..)| *known == code).map(|(_, en, zh)| (*en, *zh));
    let by_status = || BY_STATUS.iter().find(|(known, ..)| *known == status).map(|(_, en, zh)| (*en, *zh));
    let other = if status >= 500 { ("Our mistake", "系统内部错误") } else { ("Refused", "请求被拒绝") };
    let (en, zh) = by_code.or_else(by_status).unwrap_or(other);
    locale.pick(en, zh)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_title_and_an_unknown_one_that_of_its_status() {
        assert_eq!(title("exists", 409, Locale::ZhCn), "已存在");
        assert_eq!(title("campaign-not-draft", 409, Locale::En), "Not possible in this state");
        assert_eq!(title("x", 418, Locale::En), "Refused");
        assert_eq!(title("source-unreachable", 502, Locale::En), "The other end could not be reached");
        assert_eq!(title("source-unreachable", 502, Locale::ZhCn), "无法连接对方服务器");
        assert_eq!(title("plugin-fault", 502, Locale::En), "The other side failed", "not a mistake of ours");
        assert!(BY_CODE.is_sorted_by_key(|(code, ..)| *code), "the table is in order");
    }
}
