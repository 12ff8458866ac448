//! Ends what tests started, even where they cannot do it themselves: servers that several tests share live as long as
//! the test process, whatever way that ends.

use std::io::Write as _;
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{LazyLock, Mutex};

/// Reads what to look after; the end of its input is the end of the test process.
const SCRIPT: &str = r#"
trap '' INT TERM HUP
cared=
while read -r what pid root; do
  case $what in
    mind) cared="$cared $pid=$root" ;;
    forget)
      rest=
      for entry in $cared; do [ "$entry" = "$pid=$root" ] || rest="$rest $entry"; done
      cared=$rest ;;
  esac
done
for entry in $cared; do
  pid=${entry%%=*}
  [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = rookery ] && kill -TERM "$pid"
done
for entry in $cared; do
  pid=${entry%%=*} root=${entry#*=} tries=0
  while [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = rookery ] && [ "$tries" -lt 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
  [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = rookery ] && kill -KILL "$pid"
  host=$(sed -n 's/.*"directory": "\(.*\)".*/\1/p' "$root/data/demo-host/state.json" 2>/dev/null)
  case $host in /var/tmp/rookery-demo-*) rm -rf "$host" ;; esac
  rm -rf "$root"
done
"#;

static INPUT: LazyLock<Mutex<ChildStdin>> = LazyLock::new(|| {
    let mut command = Command::new("/bin/sh");
    // It outlives us: holding our output open would make whoever reads that wait.
    command.args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    #[expect(clippy::zombie_processes, reason = "it ends after us, by our end")]
    let child = command.spawn().expect("a shell");
    Mutex::new(child.stdin.expect("piped"))
});

fn say(what: &str, pid: u32, root: &Path) {
    let mut input = INPUT.lock().unwrap();
    writeln!(input, "{what} {pid} {}", root.display()).unwrap();
}

/// Sees to it that this server ends and its directory goes.
pub fn mind(pid: u32, root: &Path) {
    say("mind", pid, root);
}

/// That was done.
pub fn forget(pid: u32, root: &Path) {
    say("forget", pid, root);
}
