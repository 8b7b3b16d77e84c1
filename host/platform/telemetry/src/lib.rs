//! rialto-telemetry
