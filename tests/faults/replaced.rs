//! Workers that are killed, suspended or hung, and those that take their place.
