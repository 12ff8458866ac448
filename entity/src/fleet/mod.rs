pub mod project;
pub mod project_access;
pub mod script;
pub mod script_revision;
pub mod server;
pub mod server_label;

crate::text_enum! {
    /// Read < write < admin, in that order.
    AccessLevel { Read, Write, Admin }
    ServerStatus { Running, Stopped, Unknown }
    ServerDeploymentStatus { None, Pending, Deploying, Deployed, Failed }
    ScriptKind { Ansible, Ssh }
    ConnectionTestStatus {
        Ok, AuthenticationFailed, HostKeyUnknown, HostKeyMismatch, Unreachable, Refused, NoKey,
    }
}
