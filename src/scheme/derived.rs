//! Look-ups made from a scheme's data on first use and kept with it, so that a run builds each
//! once however many workbooks it reads.

use std::fmt;
use std::sync::OnceLock;

/// A value computed from its neighbours. It is no part of their identity: a clone starts empty,
/// and comparison ignores it.
pub struct Derived<T>(OnceLock<T>);

impl<T> Derived<T> {
    /// The value, made by `make` the first time.
    pub fn get_or(&self, make: impl FnOnce() -> T) -> &T {
        self.0.get_or_init(make)
    }
}

impl<T> Default for Derived<T> {
    fn default() -> Self {
        Derived(OnceLock::new())
    }
}

impl<T> Clone for Derived<T> {
    fn clone(&self) -> Self {
        Derived::default()
    }
}

impl<T> PartialEq for Derived<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for Derived<T> {}

impl<T> fmt::Debug for Derived<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Derived")
    }
}
