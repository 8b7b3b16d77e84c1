//! rialto-sdk-harness
