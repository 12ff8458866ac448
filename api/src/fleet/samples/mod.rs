//! The scripts that every installation starts with.

/// A sample script. All of them are Ansible playbooks.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Its name.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub description: &'static str,
    /// Whether it needs root on the target.
    pub requires_root: bool,
    /// The variables it declares.
    pub variables: &'static [SampleVariable],
    /// The playbook.
    pub content: &'static str,
}

/// A variable of a sample, a string.
#[derive(Clone, Copy, Debug)]
pub struct SampleVariable {
    /// Its name in the playbook.
    pub name: &'static str,
    /// What a form calls it.
    pub label: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// Its value where none is given.
    pub default: &'static str,
}

/// Installs Nginx.
pub const NGINX: Sample = Sample {
    name: "Nginx",
    description: "Installs Nginx from Debian's packages and serves a page that tells which server it is.",
    requires_root: true,
    variables: &[SampleVariable {
        name: "site_root",
        label: "Site directory",
        description: "Where the page is written on the server.",
        default: "/var/www/rookery",
    }],
    content: include_str!("nginx.yml"),
};

/// Installs Docker.
pub const DOCKER: Sample = Sample {
    name: "Docker",
    description: "Installs the Docker engine from Debian's packages and limits the size of container logs.",
    requires_root: true,
    variables: &[SampleVariable {
        name: "log_max_size",
        label: "Size of a log file",
        description: "A container's log is rotated at this size.",
        default: "10m",
    }],
    content: include_str!("docker.yml"),
};

/// Updates all packages.
pub const SYSTEM_UPDATE: Sample = Sample {
    name: "System update",
    description: "Brings every installed package up to date and says whether the server has to be restarted.",
    requires_root: true,
    variables: &[],
    content: include_str!("system_update.yml"),
};

/// Writes a page and a ledger, without root. What the demo's own host can run.
pub const LOCAL_SERVICE: Sample = Sample {
    name: "Local service",
    description: "Writes a small service page, records the deployment in a ledger beside it and checks both. Needs no root.",
    requires_root: false,
    variables: &[
        SampleVariable {
            name: "demo_directory",
            label: "Service directory",
            description: "Created where it is missing. Where empty: the directory the server itself names in DEMO_DIRECTORY, or demo in the home directory.",
            default: "",
        },
        SampleVariable {
            name: "page_title",
            label: "Title",
            description: "The title of the page.",
            default: "Hello from Rookery",
        },
    ],
    content: include_str!("local_service.yml"),
};

/// All of them.
pub const SAMPLES: [Sample; 4] = [NGINX, DOCKER, SYSTEM_UPDATE, LOCAL_SERVICE];
