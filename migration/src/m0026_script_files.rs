//! A playbook's revision has files beside it: roles, templates, and what tasks include.

crate::migration!("m0026_script_files", &["alter table script_revision add column files {json} not null default '[]'"]);
