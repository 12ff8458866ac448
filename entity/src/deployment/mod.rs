pub mod deployment_diff;
pub mod deployment_event;
pub mod deployment_event_archive;
pub mod deployment_event_part;
pub mod deployment_host;
pub mod deployment_receipt;
pub mod deployment_run;
pub mod server_run;

crate::text_enum! {
    DeploymentMode { Run, Preview }
    DeploymentStatus { Pending, Running, Completed, Failed, Cancelled, Unknown }
    DeploymentEventKind { Status, Progress, Task, Line }
    TaskStatus { Started, Ok, Changed, Skipped, Failed, Unreachable, Ignored, Unchecked }
    HostResult { Pending, Running, Ok, Failed, Unreachable, Unknown, Cancelled, NotRun }
}
