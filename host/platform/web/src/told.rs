//! Answers with sentences of ours in them, such as why a run failed: kept in
//! English, told in the caller's language. What people and plugins wrote is no
//! sentence of ours and stays as it is, and so does all that programs read.

use crate::Caller;
use axum::response::{IntoResponse, Response};
use rialto_kernel::{Locale, words::said};
use serde::Serialize;
use serde_json::Value;

/// An answer whose texts under some keys are sentences of ours.
#[derive(Debug, Clone)]
pub struct Told<T> {
    body: T,
    keys: &'static [&'static str],
    locale: Locale,
}

impl<T> Told<T> {
    /// This answer; `keys` name the texts, wherever in it they stand.
    pub fn new(caller: &Caller, keys: &'static [&'static str], body: T) -> Self {
        Self { body, keys, locale: caller.locale }
    }
}

impl<T: Serialize> IntoResponse for Told<T> {
    fn into_response(self) -> Response {
        if self.locale == Locale::En {
            return axum::Json(self.body).into_response();
        }
        match serde_json::to_value(&self.body) {
            Ok(mut value) => {
                tell(&mut value, self.keys, self.locale);
                axum::Json(value).into_response()
            }
            // It says what is wrong with the body as any other answer would.
            Err(_) => axum::Json(self.body).into_response(),
        }
    }
}

fn tell(value: &mut Value, keys: &[&str], locale: Locale) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                if keys.contains(&key.as_str()) {
                    tell_texts(field, locale);
                }
                tell(field, keys, locale);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| tell(item, keys, locale)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn tell_texts(value: &mut Value, locale: Locale) {
    match value {
        Value::String(text) => *text = said(text, locale).into_owned(),
        Value::Array(items) => items.iter_mut().for_each(|item| tell_texts(item, locale)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::tell;
    use rialto_kernel::Locale;
    use serde_json::json;

    #[test]
    fn sentences_of_ours_are_told_and_nothing_else() {
        let mut value = json!({
            "items": [{ "error": "the run is waiting", "reason": "the run is waiting", "state": "the run is waiting" }],
            "warnings": ["the run is waiting", "from a plugin"],
            "error": { "reason": null },
        });
        let before = value.clone();
        tell(&mut value, &["error", "warnings"], Locale::ZhCn);
        assert_ne!(value["items"][0]["error"], before["items"][0]["error"]);
        assert_ne!(value["warnings"][0], before["warnings"][0]);
        assert_eq!(value["warnings"][1], "from a plugin");
        for key in ["reason", "state"] {
            assert_eq!(value["items"][0][key], before["items"][0][key]);
        }
        assert_eq!(value["error"], before["error"]);
    }
}
