//! The trace that a deployment belongs to, as W3C writes it: whoever looks at a trace finds the run, and the other way about.

crate::migration!("m0010_trace_parent", &["alter table deployment add column trace_parent text"]);
