//! rialto-creative
