pub mod device;
pub mod site;

crate::text_enum! {
    DeviceType { Sensor, Controller, Gateway, Camera, Actuator, Meter, Beacon, Router, Server, Workstation }
    DeviceStatus { Online, Offline, Maintenance, Error, Decommissioned }
}
