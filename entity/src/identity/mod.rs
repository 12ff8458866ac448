pub mod access_token;
pub mod access_token_document;
pub mod session;
pub mod signing_key;
pub mod trusted_document;
pub mod user;

crate::text_enum! {
    /// What staff may do, and `Client` for everybody else.
    PermissionLevel { Admin, Technician, Billing, Client }
    UserType { SystemAdmin, TenantAdmin, RegularUser, ServiceAccount, GuestUser }
    UserStatus { Active, Suspended }
}
