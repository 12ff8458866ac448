//! A shell on a target: its script goes in by standard input, so that nothing of it appears among the target's processes.

use std::fmt::Write as _;

use russh::ChannelMsg;
use russh::client::Msg;

use super::connector::Session;
use super::record::{Record, Stream};

/// The shell that reads the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shell {
    /// POSIX sh.
    Sh,
    /// Bash.
    Bash,
}

impl Shell {
    const fn command(self) -> &'static str {
        match self {
            Self::Sh => "exec /bin/sh -s",
            Self::Bash => "exec bash -s",
        }
    }

    /// The program.
    pub(super) const fn program(self) -> &'static str {
        match self {
            Self::Sh => "sh",
            Self::Bash => "bash",
        }
    }
}

/// The connection broke.
#[derive(Debug, thiserror::Error)]
#[error("the connection was lost")]
pub(super) struct ConnectionLost;

/// How a remote shell ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShellExit {
    /// By itself, with this status.
    Status(u32),
    /// By a signal.
    Signal,
}

/// A running remote shell.
pub(super) struct RemoteShell {
    channel: russh::Channel<Msg>,
    exit: Option<ShellExit>,
    stdout: LineBuffer,
    stderr: LineBuffer,
}

impl RemoteShell {
    /// Starts a shell and gives it the script.
    pub(super) async fn start(session: &Session, shell: Shell, script: &str) -> Result<Self, ConnectionLost> {
        let channel = session.channel_open_session().await.map_err(|_| ConnectionLost)?;
        channel.exec(true, shell.command()).await.map_err(|_| ConnectionLost)?;
        channel.data(script.as_bytes()).await.map_err(|_| ConnectionLost)?;
        channel.eof().await.map_err(|_| ConnectionLost)?;
        Ok(Self { channel, exit: None, stdout: LineBuffer::default(), stderr: LineBuffer::default() })
    }

    /// What it wrote next, line by line; none when it has ended. Can be dropped and called again without losing anything.
    pub(super) async fn next_lines(&mut self) -> Option<Vec<(Stream, String)>> {
        loop {
            match self.channel.wait().await {
                Some(ChannelMsg::Data { data }) => return Some(self.stdout.push(&data, Stream::Stdout)),
                Some(ChannelMsg::ExtendedData { data, .. }) => return Some(self.stderr.push(&data, Stream::Stderr)),
                Some(ChannelMsg::ExitStatus { exit_status }) => self.exit = Some(ShellExit::Status(exit_status)),
                Some(ChannelMsg::ExitSignal { .. }) => self.exit = Some(ShellExit::Signal),
                Some(_) => {}
                None => {
                    let rest: Vec<_> =
                        self.stdout.take(Stream::Stdout).into_iter().chain(self.stderr.take(Stream::Stderr)).collect();
                    return (!rest.is_empty()).then_some(rest);
                }
            }
        }
    }

    /// How it ended, once [`Self::next_lines`] has nothing more.
    pub(super) fn exit(&self) -> Result<ShellExit, ConnectionLost> {
        self.exit.ok_or(ConnectionLost)
    }

    /// Asks the target to end it.
    pub(super) async fn terminate(&self) {
        if let Err(error) = self.channel.signal(russh::Sig::TERM).await {
            tracing::debug!(%error, "connection is gone before its command was stopped");
        }
    }
}

/// Runs a short script and collects what it writes to standard output.
pub(super) async fn output_of(session: &Session, script: &str) -> Result<String, ConnectionLost> {
    let mut shell = RemoteShell::start(session, Shell::Sh, script).await?;
    let mut output = String::new();
    while let Some(lines) = shell.next_lines().await {
        for (stream, line) in lines {
            if stream == Stream::Stdout {
                // Writing to a string cannot fail.
                _ = writeln!(output, "{line}");
            }
        }
    }
    shell.exit().map(|_| output)
}

/// The text as one word of a POSIX shell, whatever it holds.
pub(super) fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\0', "").replace('\'', "'\\''"))
}

/// What of a line is kept. More than a record holds, so that a secret across the cut is never written by half.
const LINE_BYTES_MAXIMUM: usize = 4 * Record::LINE_BYTES_LIMIT;

/// Collects bytes into lines.
#[derive(Default)]
struct LineBuffer {
    line: Vec<u8>,
    /// The line is longer than is kept; its rest is passed over.
    is_full: bool,
}

impl LineBuffer {
    fn push(&mut self, data: &[u8], stream: Stream) -> Vec<(Stream, String)> {
        let mut lines = Vec::new();
        for part in data.split_inclusive(|byte| *byte == b'\n') {
            if !self.is_full {
                self.line.extend_from_slice(part);
                self.is_full = self.line.len() > LINE_BYTES_MAXIMUM;
            }
            if part.ends_with(b"\n") {
                lines.push((stream, text_of(&std::mem::take(&mut self.line))));
                self.is_full = false;
            }
        }
        lines
    }

    fn take(&mut self, stream: Stream) -> Option<(Stream, String)> {
        let rest = std::mem::take(&mut self.line);
        (!rest.is_empty()).then(|| (stream, text_of(&rest)))
    }
}

fn text_of(line: &[u8]) -> String {
    String::from_utf8_lossy(line).trim_end_matches(['\n', '\r']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_value_stays_one_word() {
        for value in ["", "plain", "it's", "$(id) `id` \\ \" ! \n ; &", "'''"] {
            let output =
                std::process::Command::new("sh").args(["-c", &format!("printf %s {}", quote(value))]).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), value);
        }
    }

    #[test]
    fn lines_survive_being_torn() {
        let mut buffer = LineBuffer::default();
        assert_eq!(buffer.push("on".as_bytes(), Stream::Stdout), []);
        assert_eq!(
            buffer.push("e\ntwo\r\nthr".as_bytes(), Stream::Stdout),
            [(Stream::Stdout, "one".to_owned()), (Stream::Stdout, "two".to_owned())]
        );
        assert_eq!(buffer.take(Stream::Stdout), Some((Stream::Stdout, "thr".to_owned())));
        assert_eq!(buffer.take(Stream::Stdout), None);
    }

    #[test]
    fn of_an_endless_line_only_the_beginning_is_kept() {
        let mut buffer = LineBuffer::default();
        for _ in 0..10 {
            assert_eq!(buffer.push(&vec![b'x'; LINE_BYTES_MAXIMUM], Stream::Stderr), []);
        }
        let lines = buffer.push(b"\nnext\n", Stream::Stderr);
        assert!(lines[0].1.len() <= 2 * LINE_BYTES_MAXIMUM);
        assert_eq!(lines[1].1, "next");
    }
}
