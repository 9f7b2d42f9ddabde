//! What the tests share that runs the program: literate cases and whole runs in memory.

pub mod case;
pub mod run;
pub mod tables;
