//! The spool: how what happened gets from the runner to the server, across the death of either.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::clock;
use super::own_file;
use super::record::{Record, RecordBody};
use super::redact::Redactor;

/// The spool's name in a run directory.
pub const FILE: &str = "spool.jsonl";

/// How much a run may write before its lines are no longer recorded; tasks and results always are.
const LINES_BYTES_LIMIT: u64 = 64 * 1024 * 1024;

/// No record of a runner is as long: what is, a script wrote.
const RECORD_BYTES_MOST: u64 = 16 * 1024 * 1024;

/// Appends records. There is one writer, the runner.
pub(super) struct SpoolWriter {
    file: File,
    redactor: Redactor,
    number: u64,
    /// Where the last complete record ends.
    bytes: u64,
    is_torn: bool,
    lines_are_cut: bool,
}

impl SpoolWriter {
    /// Creates the spool. That it exists already means that this directory was run before, or must not be.
    pub(super) fn create(dir: &Path) -> io::Result<Self> {
        let file = take(dir)?;
        let redactor = Redactor::new([]).map_err(io::Error::other)?;
        Ok(Self { file, redactor, number: 0, bytes: 0, is_torn: false, lines_are_cut: false })
    }

    /// From here on, these secrets are kept out.
    pub(super) fn set_redactor(&mut self, redactor: Redactor) {
        self.redactor = redactor;
    }

    /// Appends a record, in one write.
    pub(super) fn append(&mut self, body: RecordBody) -> io::Result<()> {
        if self.bytes > LINES_BYTES_LIMIT && matches!(body, RecordBody::Line { .. }) {
            return self.cut_lines();
        }
        self.write(body)
    }

    /// Appends the last record and has it on the disk before returning.
    pub(super) fn finish(mut self, body: RecordBody) -> io::Result<()> {
        self.write(body)?;
        self.file.sync_all()
    }

    fn cut_lines(&mut self) -> io::Result<()> {
        if self.lines_are_cut {
            return Ok(());
        }
        self.lines_are_cut = true;
        let text =
            format!("more than {} MiB of output: further lines are not recorded", LINES_BYTES_LIMIT / 1024 / 1024);
        self.write(RecordBody::Line { task: None, host: None, stream: super::record::Stream::Runner, text })
    }

    fn write(&mut self, body: RecordBody) -> io::Result<()> {
        let number = self.number + 1;
        let record = Record { number, at: clock::now(), body: body.redacted(&self.redactor) };
        let mut line = serde_json::to_vec(&record)?;
        line.push(b'\n');
        // A full disk may have taken half a record: what follows must not be glued to it.
        if self.is_torn {
            self.file.set_len(self.bytes)?;
        }
        self.is_torn = true;
        self.file.write_all(&line)?;
        self.is_torn = false;
        self.number = number;
        self.bytes += line.len() as u64;
        Ok(())
    }
}

/// Creates the spool of a directory. Of all who try, one succeeds, also across a loss of power: whoever does not find
/// a spool afterwards knows that nothing was run.
pub(super) fn take(dir: &Path) -> io::Result<File> {
    let file = OpenOptions::new().append(true).create_new(true).mode(0o600).open(dir.join(FILE))?;
    file.sync_all()?;
    File::open(dir)?.sync_all()?;
    Ok(file)
}

/// Reads a spool from a position on, while it grows. A last line that is not complete yet is left for the next read.
#[derive(Debug)]
pub struct SpoolReader {
    file: BufReader<File>,
    offset: u64,
}

/// A record and where the next one begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Spooled {
    /// The record.
    pub record: Record,
    /// Bytes from the start of the spool to the next record: store it with what the record caused, and resume from there.
    pub next_offset: u64,
}

impl SpoolReader {
    /// Opens the spool of a run directory at a position that an earlier reader gave, or 0.
    ///
    /// # Errors
    /// When there is no spool (yet): [`io::ErrorKind::NotFound`].
    pub fn open(dir: &Path, offset: u64) -> io::Result<Self> {
        let mut file = own_file::open(&dir.join(FILE))?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(Self { file: BufReader::new(file), offset })
    }

    /// Where the next record begins.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The records that are complete by now, up to `limit`; none when there is nothing new. A line that is no record
    /// costs what it said and nothing else: in its place stands a line that says so.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(&mut self, limit: usize) -> io::Result<Vec<Spooled>> {
        let mut records = Vec::new();
        while records.len() < limit {
            let mut line = Vec::new();
            self.file.by_ref().take(RECORD_BYTES_MOST).read_until(b'\n', &mut line)?;
            if line.len() as u64 == RECORD_BYTES_MOST {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            if line.last() != Some(&b'\n') {
                // Read again as a whole: its writer may take back what it could write only half of.
                self.file.seek(SeekFrom::Start(self.offset))?;
                break;
            }
            let record = serde_json::from_slice(&line).unwrap_or_else(|error| damaged(&error));
            self.offset += line.len() as u64;
            records.push(Spooled { record, next_offset: self.offset });
        }
        Ok(records)
    }
}

fn damaged(error: &serde_json::Error) -> Record {
    // Not the reader's message: it may show what a script said.
    tracing::error!(column = error.column(), "a record of a runner is unreadable");
    let text = "what the runner recorded here is unreadable".to_owned();
    let body = RecordBody::Line { task: None, host: None, stream: super::record::Stream::Runner, text };
    Record { number: Record::UNREADABLE, at: clock::now(), body }
}

/// The last record is well within this much of the end.
const TAIL_BYTES: u64 = 512 * 1024;

/// The last complete record of a spool; none also where the last line is no record.
pub(super) fn last_record(dir: &Path) -> io::Result<Option<Record>> {
    let mut file = own_file::open(&dir.join(FILE))?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    // What follows the last end of a line is not complete.
    let complete = tail.iter().rposition(|byte| *byte == b'\n').map(|end| &tail[..end]);
    let last = complete.and_then(|lines| lines.rsplit(|byte| *byte == b'\n').next());
    Ok(last.and_then(|line| serde_json::from_slice(line).ok()))
}

#[cfg(test)]
mod tests {
    use super::super::record::Stream;
    use super::*;

    fn line(text: &str) -> RecordBody {
        RecordBody::Line { task: Some(1), host: Some("web".into()), stream: Stream::Stdout, text: text.into() }
    }

    fn texts(records: Vec<Spooled>) -> Vec<String> {
        let text = |spooled: Spooled| match spooled.record.body {
            RecordBody::Line { text, .. } => text,
            other => panic!("{other:?} is no line"),
        };
        records.into_iter().map(text).collect()
    }

    #[test]
    fn a_reader_follows_and_resumes() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(SpoolReader::open(dir.path(), 0).unwrap_err().kind(), io::ErrorKind::NotFound);
        let mut writer = SpoolWriter::create(dir.path()).unwrap();
        let mut reader = SpoolReader::open(dir.path(), 0).unwrap();
        assert_eq!(reader.read(10).unwrap(), []);
        writer.append(line("one")).unwrap();
        writer.append(line("two")).unwrap();
        let records = reader.read(1).unwrap();
        assert_eq!((records[0].record.number, texts(records.clone())), (1, vec!["one".to_owned()]));
        let mut resumed = SpoolReader::open(dir.path(), records[0].next_offset).unwrap();
        assert_eq!(texts(resumed.read(10).unwrap()), ["two"]);
        writer.append(line("three")).unwrap();
        assert_eq!(texts(reader.read(10).unwrap()), ["two", "three"]);
        assert_eq!(reader.offset(), std::fs::metadata(dir.path().join(FILE)).unwrap().len());
        assert_eq!(last_record(dir.path()).unwrap().unwrap().number, 3);
    }

    #[test]
    fn a_torn_line_waits_for_its_end() {
        let dir = tempfile::tempdir().unwrap();
        let mut writer = SpoolWriter::create(dir.path()).unwrap();
        writer.append(line("whole")).unwrap();
        let whole = std::fs::read(dir.path().join(FILE)).unwrap();
        for cut in 0..whole.len() {
            std::fs::write(dir.path().join(FILE), &whole[..cut]).unwrap();
            let mut reader = SpoolReader::open(dir.path(), 0).unwrap();
            assert_eq!(reader.read(10).unwrap(), [], "cut at {cut}");
            assert_eq!(last_record(dir.path()).unwrap(), None, "cut at {cut}");
            std::fs::write(dir.path().join(FILE), &whole).unwrap();
            assert_eq!(texts(reader.read(10).unwrap()), ["whole"], "cut at {cut}");
        }
    }

    #[test]
    fn half_a_record_is_taken_back_and_a_damaged_one_costs_itself_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE);
        let mut writer = SpoolWriter::create(dir.path()).unwrap();
        writer.append(line("one")).unwrap();
        let mut reader = SpoolReader::open(dir.path(), 0).unwrap();
        assert_eq!(texts(reader.read(10).unwrap()), ["one"]);
        // As a full disk leaves it.
        let whole = std::fs::read(&path).unwrap();
        writer.file.write_all(&whole[..whole.len() / 2]).unwrap();
        writer.is_torn = true;
        assert_eq!(reader.read(10).unwrap(), []);
        writer.append(line("two, which is longer than what was torn")).unwrap();
        assert_eq!(texts(reader.read(10).unwrap()), ["two, which is longer than what was torn"]);
        writer.file.write_all(b"{\"number\":\n").unwrap();
        assert_eq!(last_record(dir.path()).unwrap(), None);
        writer.append(line("three")).unwrap();
        assert_eq!(texts(reader.read(10).unwrap()), ["what the runner recorded here is unreadable", "three"]);
        assert_eq!(last_record(dir.path()).unwrap().unwrap().number, 3);
    }

    #[test]
    fn a_directory_is_run_once() {
        let dir = tempfile::tempdir().unwrap();
        drop(SpoolWriter::create(dir.path()).unwrap());
        assert_eq!(SpoolWriter::create(dir.path()).err().map(|error| error.kind()), Some(io::ErrorKind::AlreadyExists));
    }

    #[test]
    fn secrets_are_kept_out_and_long_lines_cut() {
        let dir = tempfile::tempdir().unwrap();
        let mut writer = SpoolWriter::create(dir.path()).unwrap();
        writer.set_redactor(Redactor::new(["line", "canary-7"]).unwrap());
        writer
            .append(line(&format!("{}canary-7{}", "x".repeat(Record::LINE_BYTES_LIMIT - 4), "y".repeat(100))))
            .unwrap();
        let text = texts(SpoolReader::open(dir.path(), 0).unwrap().read(10).unwrap()).remove(0);
        assert!(!text.contains("cana") && text.contains("more bytes"), "{}", &text[Record::LINE_BYTES_LIMIT - 10..]);
    }
}
