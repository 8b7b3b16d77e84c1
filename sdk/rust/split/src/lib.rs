//! Bindings of the world `rialto:attribution/plugin-with-split`.
//!
//! A crate of its own because the plain attribution world exports the same
//! interface, and two worlds that share an export cannot be generated in one
//! crate (their macros would carry one name). Never used by plugins directly:
//! `rialto_sdk::export!` picks it when a model declares `split`.
#![allow(missing_docs, unsafe_code, rust_2018_idioms, clippy::all)]

wit_bindgen::generate!({
    path: ["../../../wit/types", "../../../wit/host/log", "../../../wit/kind/attribution"],
    world: "rialto:attribution/plugin-with-split",
    generate_all,
    default_bindings_module: "rialto_sdk_split",
    pub_export_macro: true,
    export_macro_name: "export_attribution_with_split",
});
