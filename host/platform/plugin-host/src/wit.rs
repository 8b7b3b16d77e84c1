//! The contract's bindings, both sides, generated once from `wit/`: the
//! interfaces the host provides (implemented in `capability/wit.rs`) and those
//! a plugin exports (called by the contract crate). Nothing here is written by
//! hand, and nothing else in the host may generate bindings.

#![allow(missing_docs, clippy::all, clippy::unwrap_used, unused_qualifications, reason = "generated code")]

wasmtime::component::bindgen!({
    path: [
        "../../../wit/types",
        "../../../wit/host/log",
        "../../../wit/host/http",
        "../../../wit/host/mail",
        "../../../wit/host/state",
        "../../../wit/host/query",
        "../../../wit/kind/connector",
        "../../../wit/kind/attribution",
        "../../../wit/kind/recommender",
        "../../../wit/kind/report",
    ],
    inline: "
        package rialto:host@0.1.0;
        world everything {
            import rialto:log/log@0.1.0;
            import rialto:http/http@0.1.0;
            import rialto:mail/mail@0.1.0;
            import rialto:state/state@0.1.0;
            import rialto:query/query@0.1.0;
            export rialto:connector/connector@0.1.0;
            export rialto:connector/check@0.1.0;
            export rialto:connector/deliver@0.1.0;
            export rialto:connector/collect@0.1.0;
            export rialto:connector/receive@0.1.0;
            export rialto:attribution/model@0.1.0;
            export rialto:attribution/split@0.1.0;
            export rialto:recommender/recommend@0.1.0;
            export rialto:recommender/learn@0.1.0;
            export rialto:recommender/draft@0.1.0;
            export rialto:report/report@0.1.0;
        }
    ",
    world: "rialto:host/everything",
    imports: { default: async | trappable },
    exports: { default: async },
    additional_derives: [PartialEq, serde::Serialize, serde::Deserialize],
    include_component_type: true,
});
