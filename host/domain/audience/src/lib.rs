//! rialto-audience
