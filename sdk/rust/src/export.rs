//! The one export macro: it turns a type into a component that exports its
//! kind and exactly the abilities it declares.

/// Export a plugin. First the kind and the type, then the optional abilities;
/// only what is named is exported, and the host looks each up alone.
///
/// ```text
/// rialto_sdk::export!(connector: Mail, check, deliver);   // of check, deliver, collect, receive
/// rialto_sdk::export!(attribution: Linear, split);        // of split
/// rialto_sdk::export!(recommender: Playbook, learn);      // of learn, draft
/// rialto_sdk::export!(report: Monthly);
/// ```
#[macro_export]
macro_rules! export {
    (connector: $plugin:ty $(, $ability:ident)* $(,)?) => {
        $crate::__is_a!($plugin: $crate::Connector);
        $crate::__export_parts!($crate::connector::Glue<$plugin>; connector $(, $ability)*);
    };
    (attribution: $plugin:ty $(,)?) => {
        $crate::__is_a!($plugin: $crate::Attribution);
        $crate::__export_parts!($crate::attribution::Glue<$plugin>; attribution);
    };
    (attribution: $plugin:ty, split $(,)?) => {
        $crate::__is_a!($plugin: $crate::Attribution);
        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code, missing_docs, clippy::all)]
        const _: () = {
            $crate::__sdk_section!();
            type Exported = $crate::attribution::Glue<$plugin>;
            $crate::split_bindings::export_attribution_with_split!(Exported with_types_in $crate::split_bindings);
        };
    };
    (recommender: $plugin:ty $(, $ability:ident)* $(,)?) => {
        $crate::__is_a!($plugin: $crate::Recommender);
        $crate::__export_parts!($crate::recommender::Glue<$plugin>; recommend $(, $ability)*);
    };
    (report: $plugin:ty $(,)?) => {
        $crate::__is_a!($plugin: $crate::Report);
        $crate::__export_parts!($crate::report::Glue<$plugin>; report);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __export_parts {
    ($glue:ty; $($part:ident),+) => {
        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code, missing_docs, clippy::all)]
        const _: () = {
            $crate::__sdk_section!();
            type Exported = $glue;
            $( $crate::bindings::$part::export!(Exported with_types_in $crate::bindings::$part); )+
        };
    };
}

/// Native builds, for unit tests, export nothing: names such as
/// `rialto:report/report@0.1.0#build` are none to a native linker. The trait is
/// checked all the same.
#[doc(hidden)]
#[macro_export]
macro_rules! __is_a {
    ($plugin:ty: $kind:path) => {
        const _: fn() = || {
            fn is_a<T: $kind>() {}
            is_a::<$plugin>();
        };
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __sdk_section {
    () => {
        #[used]
        #[unsafe(link_section = "rialto:sdk")]
        static SDK: [u8; $crate::SDK_STAMP.len()] = *$crate::SDK_STAMP;
    };
}
