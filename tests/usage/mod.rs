mod field_usage;
mod keeping;
