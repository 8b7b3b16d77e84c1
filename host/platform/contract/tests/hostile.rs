#[path = "../../../../tests/it/plugins/mod.rs"]
mod plugins;
