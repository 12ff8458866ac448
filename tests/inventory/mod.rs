mod demo_data;
mod devices;
mod sites;
