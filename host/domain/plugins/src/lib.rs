//! rialto-plugins
