pub mod server_request;

crate::text_enum! {
    RequestStatus { Pending, Approved, Rejected, Deploying, Deployed, Failed, Cancelled }
    Priority { Low, Medium, High, Urgent }
    ServerType { Web, Database, Application, Cache, File, Backup, Development, Testing }
    ExpectedUsage { Low, Medium, High, VeryHigh }
}
