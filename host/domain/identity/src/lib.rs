//! rialto-identity
