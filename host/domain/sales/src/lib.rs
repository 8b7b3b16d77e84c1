//! rialto-sales
