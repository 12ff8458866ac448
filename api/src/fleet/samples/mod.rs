//! The scripts that every installation starts with.

use super::create_script::NewRevision;
use super::model::{ScriptVariable, VariableType};
use super::policy::CreateScript;
use super::store::{self, ScriptKind, script};
use crate::platform::error::AppResult;
use crate::platform::granted::Tx;
use crate::platform::kernel::Kernel;
use crate::platform::viewer::Viewer;

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

/// Those that an installation without any script starts with.
pub const SAMPLES: [Sample; 3] = [NGINX, DOCKER, SYSTEM_UPDATE];

/// Gives an empty library its samples.
///
/// # Errors
/// INTERNAL.
pub async fn ensure(kernel: &Kernel) -> AppResult<()> {
    let system = Viewer::system(kernel, "filling an empty library of scripts");
    if system.reader().find::<script::Entity>().limit(1).one().await?.is_some() {
        return Ok(());
    }
    let tx = system.begin().await?;
    insert(&tx, &SAMPLES).await?;
    tx.commit().await
}

/// Adds samples to the library.
///
/// # Errors
/// INTERNAL.
pub async fn insert(tx: &Tx, samples: &[Sample]) -> AppResult<()> {
    let proof = tx.grant_root::<CreateScript>()?;
    for sample in samples {
        let (name, description) = (sample.name.to_owned(), sample.description.to_owned());
        let row =
            store::insert_script(tx, &proof, name, description, ScriptKind::Ansible, sample.requires_root).await?;
        let variables = sample.variables.iter().map(|variable| ScriptVariable {
            name: variable.name.to_owned(),
            r#type: VariableType::String,
            label: Some(variable.label.to_owned()),
            description: Some(variable.description.to_owned()),
            required: false,
            default: Some(variable.default.to_owned()),
            choices: Vec::new(),
        });
        let (content, files) = (sample.content.to_owned(), Vec::new());
        let revision = NewRevision { content, files, variables: variables.collect() };
        store::insert_revision(tx, &proof, row.id, 1, revision).await?;
    }
    Ok(())
}
