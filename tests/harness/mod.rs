//! What the tests share that runs the program: literate cases and whole runs in memory.

pub mod case;
pub mod official;
pub mod run;
pub mod tables;
