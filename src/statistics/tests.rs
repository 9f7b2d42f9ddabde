//! Measures against plain loops and by hand.
