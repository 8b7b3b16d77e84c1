//! The Rialto host: composes every slice.
