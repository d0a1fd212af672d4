//! A service that means harm.
