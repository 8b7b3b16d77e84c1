//! What wit-bindgen makes of the contract. Generated shapes only: the modules
//! beside this one put names and traits over them.
//!
//! Each exported interface is a world of its own, so that [`crate::export!`]
//! links exactly the abilities a plugin declares. The capabilities are one
//! shared world; the component encoder drops those a plugin does not call.
#![allow(missing_docs, unsafe_code, rust_2018_idioms, clippy::all)]

pub mod host {
    wit_bindgen::generate!({
        inline: "
            package rialto-sdk:host;
            world capabilities {
                import rialto:types/types@0.1.0;
                import rialto:log/log@0.1.0;
                import rialto:http/http@0.1.0;
                import rialto:mail/mail@0.1.0;
                import rialto:state/state@0.1.0;
                import rialto:query/query@0.1.0;
                import rialto:recommender/inputs@0.1.0;
            }
        ",
        path: [
            "../../wit/types",
            "../../wit/host/log",
            "../../wit/host/http",
            "../../wit/host/mail",
            "../../wit/host/state",
            "../../wit/host/query",
            "../../wit/kind/recommender",
        ],
        generate_all,
        generate_unused_types: true,
        additional_derives: [PartialEq],
    });
}

macro_rules! kind {
    ($module:ident, $macro:literal, $inline:literal, $paths:tt, { $($extra:tt)* }) => {
        pub mod $module {
            wit_bindgen::generate!({
                inline: $inline,
                path: $paths,
                with: {
                    "rialto:types/types@0.1.0": crate::bindings::host::rialto::types::types,
                    $($extra)*
                },
                generate_all,
                additional_derives: [PartialEq],
                default_bindings_module: $macro,
                pub_export_macro: true,
                export_macro_name: "export",
            });
        }
    };
}

kind!(
    connector,
    "rialto_sdk::bindings::connector",
    "
    package rialto-sdk:connector;
    world connector-plugin { export rialto:connector/connector@0.1.0; }
",
    [
        "../../wit/types",
        "../../wit/host/log",
        "../../wit/host/http",
        "../../wit/host/mail",
        "../../wit/host/state",
        "../../wit/kind/connector"
    ],
    {}
);

kind!(
    check,
    "rialto_sdk::bindings::check",
    "
    package rialto-sdk:check;
    world connector-check { export rialto:connector/check@0.1.0; }
",
    [
        "../../wit/types",
        "../../wit/host/log",
        "../../wit/host/http",
        "../../wit/host/mail",
        "../../wit/host/state",
        "../../wit/kind/connector"
    ],
    {}
);

kind!(
    deliver,
    "rialto_sdk::bindings::deliver",
    "
    package rialto-sdk:deliver;
    world connector-deliver { export rialto:connector/deliver@0.1.0; }
",
    [
        "../../wit/types",
        "../../wit/host/log",
        "../../wit/host/http",
        "../../wit/host/mail",
        "../../wit/host/state",
        "../../wit/kind/connector"
    ],
    {}
);

kind!(
    collect,
    "rialto_sdk::bindings::collect",
    "
    package rialto-sdk:collect;
    world connector-collect { export rialto:connector/collect@0.1.0; }
",
    [
        "../../wit/types",
        "../../wit/host/log",
        "../../wit/host/http",
        "../../wit/host/mail",
        "../../wit/host/state",
        "../../wit/kind/connector"
    ],
    {}
);

kind!(
    receive,
    "rialto_sdk::bindings::receive",
    "
    package rialto-sdk:receive;
    world connector-receive { export rialto:connector/receive@0.1.0; }
",
    [
        "../../wit/types",
        "../../wit/host/log",
        "../../wit/host/http",
        "../../wit/host/mail",
        "../../wit/host/state",
        "../../wit/kind/connector"
    ],
    {}
);

kind!(
    attribution,
    "rialto_sdk::bindings::attribution",
    "
    package rialto-sdk:attribution;
    world attribution-plugin { export rialto:attribution/model@0.1.0; }
",
    ["../../wit/types", "../../wit/host/log", "../../wit/kind/attribution"],
    {}
);

kind!(recommend, "rialto_sdk::bindings::recommend", "
    package rialto-sdk:recommend;
    world recommender-plugin { export rialto:recommender/recommend@0.1.0; }
", ["../../wit/types", "../../wit/host/log", "../../wit/host/http", "../../wit/host/state",
    "../../wit/kind/recommender"],
    { "rialto:recommender/inputs@0.1.0": crate::bindings::host::rialto::recommender::inputs });

kind!(learn, "rialto_sdk::bindings::learn", "
    package rialto-sdk:learn;
    world recommender-learn { export rialto:recommender/learn@0.1.0; }
", ["../../wit/types", "../../wit/host/log", "../../wit/host/http", "../../wit/host/state",
    "../../wit/kind/recommender"],
    { "rialto:recommender/inputs@0.1.0": crate::bindings::host::rialto::recommender::inputs });

kind!(draft, "rialto_sdk::bindings::draft", "
    package rialto-sdk:draft;
    world recommender-draft { export rialto:recommender/draft@0.1.0; }
", ["../../wit/types", "../../wit/host/log", "../../wit/host/http", "../../wit/host/state",
    "../../wit/kind/recommender"],
    { "rialto:recommender/inputs@0.1.0": crate::bindings::host::rialto::recommender::inputs });

kind!(
    report,
    "rialto_sdk::bindings::report",
    "
    package rialto-sdk:report;
    world report-plugin { export rialto:report/report@0.1.0; }
",
    ["../../wit/types", "../../wit/host/log", "../../wit/host/query", "../../wit/kind/report"],
    {}
);
