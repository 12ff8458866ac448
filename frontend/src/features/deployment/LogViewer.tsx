import '~/ui/theme/mantine-more.css';
import { ActionIcon, Button, Group, Select, Switch, Text, TextInput } from '@mantine/core';
import { useClipboard, useLocalStorage } from '@mantine/hooks';
import {
  IconArrowBarToDown,
  IconCheck,
  IconChevronDown,
  IconChevronUp,
  IconCopy,
  IconDownload,
  IconSearch,
} from '@tabler/icons-react';
import { useDeferredValue, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { formatCount, Hint } from '~/ui';
import { LogLines, type LogLinesHandle } from './LogLines';
import classes from './LogViewer.module.css';
import { exportText, filterLines, findMatches, shortHosts, type LogFilter } from './logView';
import type { RunLog } from './runLog';
import { saveFile } from './saveFile';

interface LogViewerProps {
  log: RunLog;
  version: number;
  /** Without this the history is still being read. */
  complete: boolean;
  running: boolean;
  hosts: readonly string[];
  filter: LogFilter;
  onFilter: (filter: LogFilter) => void;
  /** The sequence that the address names. */
  target: number | null;
  onTarget: (sequence: number) => void;
  fileName: string;
}

export function LogViewer(props: LogViewerProps) {
  const { log, version, complete, running, filter, onFilter, target } = props;
  const [follow, setFollow] = useState(running && target === null);
  const [timestamps, setTimestamps] = useLocalStorage({ key: 'rookery-log-timestamps', defaultValue: false });
  const [words, setWords] = useState('');
  const [current, setCurrent] = useState(0);
  const searchBox = useRef<HTMLInputElement>(null);
  const rows = useRef<LogLinesHandle>(null);

  // The log changes in place; its version says when.
  const lines = useMemo(() => filterLines(log.lines, filter), [log, version, filter]);
  const wanted = useDeferredValue(words);
  const matches = useMemo(() => findMatches(lines, wanted), [lines, version, wanted]);
  const match = matches.length === 0 ? null : (matches[Math.min(current, matches.length - 1)] ?? null);
  const tasks = useMemo(
    () => log.tasks.map(({ index, name }) => ({ value: String(index), label: `${index}. ${name}` })),
    [log, log.tasks],
  );

  const hostNames = useMemo(() => shortHosts(props.hosts), [props.hosts]);

  // A new search starts at its first match; lines that arrive later leave the view where it is.
  useEffect(() => setCurrent(0), [wanted, filter]);
  useEffect(() => {
    if (wanted.trim() === '' || match === null) return;
    setFollow(false);
    rows.current?.show(match);
  }, [wanted, match]);

  function step(by: number) {
    if (matches.length === 0) return;
    setCurrent((Math.min(current, matches.length - 1) + by + matches.length) % matches.length);
  }

  function searchKey(event: KeyboardEvent) {
    if (event.key === 'Enter') {
      event.preventDefault();
      step(event.shiftKey ? -1 : 1);
    } else if (event.key === 'Escape' && words !== '') {
      event.preventDefault();
      setWords('');
    }
  }

  function findKey(event: KeyboardEvent) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'f') {
      event.preventDefault();
      searchBox.current?.select();
    }
  }

  function download() {
    saveFile(props.fileName, [exportText(lines)], 'text/plain');
  }

  const filtered = filter.host !== null || filter.taskIndex !== null;
  return (
    <div onKeyDown={findKey}>
      <div className={classes.toolbar} role="group" aria-label="Log tools">
        <TextInput
          ref={searchBox}
          className={classes.search}
          type="search"
          aria-label="Search the log"
          placeholder="Search the log"
          leftSection={<IconSearch size={15} aria-hidden />}
          value={words}
          onChange={({ currentTarget }) => setWords(currentTarget.value)}
          onKeyDown={searchKey}
        />
        {words.trim() !== '' && (
          <Group gap={2} wrap="nowrap">
            <Text size="xs" c="dimmed" className={classes.count} role="status">
              {matches.length === 0
                ? 'No match'
                : `${(Math.min(current, matches.length - 1) + 1).toLocaleString('en')} of ${matches.length.toLocaleString('en')}`}
            </Text>
            <ActionIcon aria-label="Previous match" disabled={matches.length === 0} onClick={() => step(-1)}>
              <IconChevronUp size={16} />
            </ActionIcon>
            <ActionIcon aria-label="Next match" disabled={matches.length === 0} onClick={() => step(1)}>
              <IconChevronDown size={16} />
            </ActionIcon>
          </Group>
        )}
        <Select
          className={classes.filter}
          aria-label="Host"
          placeholder="All hosts"
          data={[...props.hosts]}
          value={filter.host}
          onChange={(host) => onFilter({ ...filter, host })}
          clearable
          clearButtonProps={{ 'aria-label': 'Clear host' }}
        />
        <Select
          className={classes.filter}
          aria-label="Task"
          placeholder="All tasks"
          data={tasks}
          value={filter.taskIndex === null ? null : String(filter.taskIndex)}
          onChange={(value) => onFilter({ ...filter, taskIndex: value === null ? null : Number(value) })}
          clearable
          searchable
          clearButtonProps={{ 'aria-label': 'Clear task' }}
          comboboxProps={{ width: 320, position: 'bottom-start' }}
        />
        {filtered && (
          <Button variant="subtle" color="gray" onClick={() => onFilter({ host: null, taskIndex: null })}>
            Clear filters
          </Button>
        )}
        <Group gap="xs" ml="auto" wrap="nowrap">
          <Switch
            size="xs"
            label="Times"
            checked={timestamps}
            onChange={({ currentTarget }) => setTimestamps(currentTarget.checked)}
          />
          {running && (
            <Switch
              size="xs"
              label="Follow"
              checked={follow}
              onChange={({ currentTarget }) => setFollow(currentTarget.checked)}
            />
          )}
          <CopyLines text={() => exportText(lines)} />
          <Hint label={`Download ${formatCount(lines.length, 'line')}`}>
            <ActionIcon aria-label="Download these lines" onClick={download} disabled={lines.length === 0}>
              <IconDownload size={16} />
            </ActionIcon>
          </Hint>
        </Group>
      </div>
      <LogLines
        ref={rows}
        lines={lines}
        version={version}
        longest={log.longest}
        hostNames={hostNames}
        timestamps={timestamps}
        words={wanted}
        match={match}
        target={target}
        onTarget={(sequence) => {
          setFollow(false);
          props.onTarget(sequence);
        }}
        follow={follow}
        onFollow={setFollow}
        empty={emptySentence(complete, running, filtered)}
      />
      <div className={classes.foot}>
        <Text size="xs" c="dimmed">
          {formatCount(lines.length, 'line')}
          {filtered && ` of ${log.lines.length.toLocaleString('en')}`}
          {!complete && ', reading the history…'}
        </Text>
        {running && !follow && (
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconArrowBarToDown size={13} aria-hidden />}
            onClick={() => setFollow(true)}
          >
            Follow the newest lines
          </Button>
        )}
      </div>
    </div>
  );
}

function emptySentence(complete: boolean, running: boolean, filtered: boolean): string {
  if (!complete) return 'Reading the log…';
  if (filtered) return 'Nothing was written for this host and task.';
  return running ? 'Waiting for the first line…' : 'This deployment wrote nothing.';
}

/** The text is put together only when it is asked for. */
function CopyLines({ text }: { text: () => string }) {
  const clipboard = useClipboard({ timeout: 1500 });
  const label = clipboard.copied ? 'Copied' : 'Copy these lines';
  return (
    <Hint label={label}>
      <ActionIcon aria-label={label} onClick={() => clipboard.copy(text())}>
        {clipboard.copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
      </ActionIcon>
    </Hint>
  );
}
