//! rialto-delivery
