pub mod field_usage;
