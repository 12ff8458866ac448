mod collector;
mod exposition;
pub mod metrics;
mod traces;
