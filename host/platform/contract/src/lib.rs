//! rialto-contract
