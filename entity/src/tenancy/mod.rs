pub mod membership;
pub mod tenant;

crate::text_enum! {
    TenantType { Enterprise, Standard, Starter, Trial }
    TenantStatus { Active, Suspended, Archived, Pending }
    MembershipRole { Owner, Admin, Member, Viewer }
    MembershipStatus { Active, Invited, Suspended }
}
