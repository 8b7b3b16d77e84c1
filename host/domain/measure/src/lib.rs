//! rialto-measure
