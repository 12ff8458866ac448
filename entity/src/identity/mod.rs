pub mod session;
pub mod signing_key;
pub mod user;

crate::text_enum! {
    /// What staff may do, and `Client` for everybody else.
    PermissionLevel { Admin, Technician, Billing, Client }
    UserType { SystemAdmin, TenantAdmin, RegularUser, ServiceAccount, GuestUser }
    UserStatus { Active, Suspended }
}
