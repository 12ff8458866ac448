//! Shuts in what a script runs on this machine.
//!
//! A playbook is a program, and not only on its targets: lookups and `delegate_to: localhost` run here, and templates in the
//! names of hosts and imported files are evaluated even by `--syntax-check`. With Landlock such a program reads the run's own
//! directory and what the system installs for everybody, and nothing of ours: not the master key, not the database's file, not
//! other runs, not the server's memory. <https://docs.kernel.org/userspace-api/landlock.html>

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
};
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities};

/// The newest kernel interface whose restrictions are asked for; an older kernel enforces those it knows.
const ABI_KNOWN: ABI = ABI::V7;

/// What every program may read and run, where it exists. Of `/etc` only what tells about the system, since configurations of
/// services lie there too.
const SYSTEM: [&str; 33] = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/nix/store",
    "/proc",
    "/sys/devices/system/cpu",
    "/dev/random",
    "/dev/urandom",
    "/dev/zero",
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/crypto-policies",
    "/etc/gai.conf",
    "/etc/group",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/nsswitch.conf",
    "/etc/os-release",
    "/etc/passwd",
    "/etc/pki/tls/certs",
    "/etc/protocols",
    "/etc/python3",
    "/etc/resolv.conf",
    "/etc/services",
    "/etc/ssl/certs",
];

/// What a program needs to write outside its directory: nothing that lasts. Python's workers share semaphores, ssh asks for terminals.
const DEVICES: [&str; 5] = ["/dev/null", "/dev/ptmx", "/dev/pts", "/dev/shm", "/dev/tty"];

/// Where an installation of Python or Ansible keeps its own files. Not the whole of it: one may lie in somebody's home.
const INSTALLATION: [&str; 6] = ["bin", "lib", "lib64", "libexec", "share", "pyvenv.cfg"];

/// Whether programs may talk to others by TCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Network {
    /// As this machine can.
    Open,
    /// Not at all, where the kernel knows how: Linux 6.7.
    Closed,
}

/// Whether this kernel can shut programs in at all.
#[must_use]
pub fn is_possible() -> bool {
    let ruleset = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    ruleset.handle_access(AccessFs::from_all(ABI::V1)).and_then(Ruleset::create).is_ok()
}

/// Restricts the calling thread, and whatever it starts from now on, for good: it has no privileges, reads and writes in `dir`, reads and runs what
/// the system and `ansible_playbook`'s installation offer, and signals nobody but its own. Answers whether the kernel enforces
/// that; one without Landlock does not, of which the server warns when it starts.
///
/// # Errors
/// When the directory cannot be opened, or the kernel refuses.
pub(super) fn confine(dir: &Path, ansible_playbook: &Path, network: Network) -> io::Result<bool> {
    let own = PathFd::new(dir).map_err(io::Error::other)?;
    // Of a server that runs as root: those would read other processes' environment past Landlock, and files of all users.
    // Landlock sees to it that a program started later does not get them back (`no_new_privs`).
    let none = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    };
    set_capabilities(None, none)?;
    restrict(own, &installation(ansible_playbook), network).map_err(io::Error::other)
}

fn restrict(own: PathFd, programs: &[PathBuf], network: Network) -> Result<bool, RulesetError> {
    let all = AccessFs::from_all(ABI_KNOWN);
    let ruleset = Ruleset::default().handle_access(all)?.scope(Scope::from_all(ABI_KNOWN))?;
    let ruleset = match network {
        Network::Open => ruleset,
        Network::Closed => ruleset.handle_access(AccessNet::from_all(ABI_KNOWN))?,
    };
    let read = AccessFs::from_read(ABI_KNOWN);
    let device = BitFlags::from(AccessFs::WriteFile) | AccessFs::ReadFile | AccessFs::ReadDir | AccessFs::IoctlDev;
    let file = device | AccessFs::Truncate | AccessFs::MakeReg | AccessFs::RemoveFile;
    let system = SYSTEM.iter().map(Path::new).chain(programs.iter().map(PathBuf::as_path)).map(|path| (path, read));
    let devices = DEVICES.iter().map(|path| (Path::new(path), if path == &"/dev/shm" { file } else { device }));
    let mut ruleset = ruleset.create()?.add_rule(PathBeneath::new(own, all))?;
    for (path, access) in system.chain(devices) {
        // What does not exist needs no rule.
        if let Ok(opened) = PathFd::new(path) {
            let access = if path.is_dir() { access } else { access & AccessFs::from_file(ABI_KNOWN) };
            ruleset = ruleset.add_rule(PathBeneath::new(opened, access))?;
        }
    }
    Ok(ruleset.restrict_self()?.ruleset != RulesetStatus::NotEnforced)
}

/// The directories of the installation that `ansible_playbook` belongs to, and of the Python that runs it.
fn installation(ansible_playbook: &Path) -> Vec<PathBuf> {
    let Ok(program) = ansible_playbook.canonicalize() else { return Vec::new() };
    let python = program.with_file_name("python3").canonicalize();
    let prefixes = [Some(program), python.ok()].into_iter().flatten();
    prefixes
        .filter_map(|program| Some(program.parent()?.parent()?.to_owned()))
        .flat_map(|prefix| INSTALLATION.map(|name| prefix.join(name)))
        .collect()
}

/// `rookery confined DIR PROGRAM ARGUMENT…`: becomes that program, shut in and without a network. Returns only if it could not.
#[must_use]
pub fn become_confined(dir: &Path, program: &Path, arguments: &[OsString]) -> ExitCode {
    let error = match confine(dir, program, Network::Closed) {
        Ok(_) => Command::new(program).args(arguments).exec(),
        Err(error) => error,
    };
    eprintln!("{} cannot be started: {error}", program.display());
    ExitCode::from(126)
}
