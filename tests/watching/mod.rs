mod collector;
mod exposition;
mod metrics;
mod traces;
