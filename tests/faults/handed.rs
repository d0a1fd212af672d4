//! Workers of an older version, and of a newer one.
