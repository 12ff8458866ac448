import { useImperativeHandle, useLayoutEffect, useMemo, useRef, useState, type MouseEvent, type ReactNode, type Ref } from 'react';
import { formatDateTime, statusLook } from '~/ui';
import tones from '~/ui/tones.module.css';
import classes from './LogLines.module.css';
import { lineText, splitMatches, windowOf } from './logView';
import type { LogLine } from './runLog';

const ROW = 20;
/** Nearer to the end than this counts as being there. */
const NEAR = 2 * ROW;
const CLOCK = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

export interface LogLinesHandle {
  /** Brings a row into view. */
  show: (position: number) => void;
}

interface LogLinesProps {
  ref: Ref<LogLinesHandle>;
  lines: readonly LogLine[];
  version: number;
  longest: number;
  /** Names to show for hosts; empty where there is only one. */
  hostNames: ReadonlyMap<string, string>;
  timestamps: boolean;
  words: string;
  /** Position of the match that one is at. */
  match: number | null;
  target: number | null;
  onTarget: (sequence: number) => void;
  follow: boolean;
  onFollow: (follow: boolean) => void;
  empty: string;
}

/** The rows of a log, of which only those in view are drawn. */
export function LogLines(props: LogLinesProps) {
  const { lines, version, follow, onFollow, target } = props;
  const view = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState({ top: 0, height: 600 });
  const shownTarget = useRef<number | null>(null);
  const { first, last } = windowOf(scroll.top, scroll.height, ROW, lines.length);

  // Not every event has a row: the next one that has stands for it.
  const targetPosition = useMemo(() => {
    const position = target === null ? -1 : lines.findIndex(({ sequence }) => sequence >= target);
    return position < 0 ? null : position;
  }, [target, version, lines]);

  function show(position: number) {
    const element = view.current;
    if (element) element.scrollTop = position * ROW - element.clientHeight / 2;
  }
  useImperativeHandle(props.ref, () => ({ show }));

  useLayoutEffect(() => {
    const element = view.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setScroll({ top: element.scrollTop, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    const element = view.current;
    if (follow && element) element.scrollTop = element.scrollHeight;
    // The array is changed in place: its length says what is drawn.
  }, [follow, version, lines, lines.length]);

  // Once per target: afterwards the reader goes where they like.
  useLayoutEffect(() => {
    if (target === null || shownTarget.current === target) return;
    if (targetPosition === null) return;
    shownTarget.current = target;
    show(targetPosition);
    if (!isInView(view.current)) view.current?.scrollIntoView({ block: 'center' });
  }, [target, targetPosition]);

  function scrolled() {
    const element = view.current;
    if (!element) return;
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    if (follow && !atEnd && element.scrollTop < scroll.top) onFollow(false);
    if (!follow && atEnd && element.scrollTop > scroll.top) onFollow(true);
    setScroll({ top: element.scrollTop, height: element.clientHeight });
  }

  function chosen(sequence: number) {
    // It is in view already: no jump.
    shownTarget.current = sequence;
    props.onTarget(sequence);
  }

  const digits = String(lines.at(-1)?.sequence ?? 0).length;
  return (
    // Not announced line by line: the page announces tasks as they end.
    <div
      ref={view}
      className={classes.view}
      role="log"
      aria-live="off"
      aria-label="Deployment log"
      tabIndex={0}
      onScroll={scrolled}
    >
      {lines.length === 0 && <p className={classes.empty}>{props.empty}</p>}
      <div
        className={classes.rows}
        style={{ height: lines.length * ROW, minWidth: `calc(${props.longest}ch + ${digits}ch + 260px)` }}
      >
        <div style={{ transform: `translateY(${first * ROW}px)` }}>
          {lines.slice(first, last).map((line, offset) => (
            <Row
              key={line.sequence}
              line={line}
              digits={digits}
              hostNames={props.hostNames}
              timestamps={props.timestamps}
              words={props.words}
              isMatch={props.match === first + offset}
              isTarget={targetPosition === first + offset}
              onTarget={chosen}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

function isInView(element: HTMLElement | null): boolean {
  if (!element) return true;
  const { top, bottom } = element.getBoundingClientRect();
  return top < window.innerHeight - 120 && bottom > 120;
}

interface RowProps {
  line: LogLine;
  digits: number;
  hostNames: ReadonlyMap<string, string>;
  timestamps: boolean;
  words: string;
  isMatch: boolean;
  isTarget: boolean;
  onTarget: (sequence: number) => void;
}

function Row({ line, digits, hostNames, timestamps, words, isMatch, isTarget, onTarget }: RowProps) {
  function link(event: MouseEvent) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onTarget(line.sequence);
  }
  const look = line.kind === 'result' && line.taskStatus ? statusLook('task', line.taskStatus) : null;
  return (
    <div
      className={classes.row}
      data-kind={line.kind}
      data-match={isMatch || undefined}
      data-target={isTarget || undefined}
    >
      <a
        href={`#L${line.sequence}`}
        className={classes.number}
        style={{ minWidth: `${digits + 2}ch` }}
        aria-label={`Line ${line.sequence}`}
        tabIndex={-1}
        onClick={link}
      >
        {line.sequence}
      </a>
      {timestamps && (
        <time className={classes.at} dateTime={line.at} title={formatDateTime(line.at)}>
          {CLOCK.format(new Date(line.at))}
        </time>
      )}
      {hostNames.size > 1 && line.kind === 'output' && (
        <span className={classes.host} title={line.host ?? undefined}>
          {line.host === null ? '' : (hostNames.get(line.host) ?? line.host)}
        </span>
      )}
      {look && <look.icon size={14} stroke={2} className={`${classes.icon} ${tones.text}`} aria-hidden />}
      <span className={`${classes.text} ${tones.text}`} data-tone={look?.tone}>
        <Marked text={lineText(line)} words={words} />
      </span>
    </div>
  );
}

function Marked({ text, words }: { text: string; words: string }): ReactNode {
  if (words.trim() === '') return text;
  return splitMatches(text, words).map((part, index) => (index % 2 === 1 ? <mark key={index}>{part}</mark> : part));
}
