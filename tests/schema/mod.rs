//! Changing the schema: what breaks whom, and what was announced.

mod check;
mod releases;
