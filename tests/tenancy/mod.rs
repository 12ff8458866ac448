mod create_tenant;
mod demo_data;
mod update_tenant;
