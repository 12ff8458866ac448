import { expect, it } from 'vitest';
import { eventLine } from './eventLine';

it('writes an event as the server digests it', () => {
  // The same line as in the server's own test.
  const expected =
    '{"at":"2026-11-22T03:04:05+00:00","finished":null,"host":"web-1","kind":"LINE","planned":null,"sequence":7,"status":null,"taskIndex":2,"taskName":null,"taskStatus":null,"text":"a \\"ü\\"\\n"}';
  const event = {
    sequence: 7,
    kind: 'LINE' as const,
    at: '2026-11-22T03:04:05+00:00',
    status: null,
    taskIndex: 2,
    taskName: null,
    taskStatus: null,
    host: 'web-1',
    text: 'a "ü"\n',
    finished: null,
    planned: null, paused: null,
    __typename: 'DeploymentEvent',
  };
  expect(eventLine(event)).toBe(expected);
});

it('escapes what the server escapes, and nothing else', () => {
  const text = '\u0001\b\f\r\t\u001f\u007f\u2028</script>';
  const line = eventLine({
    sequence: 1, kind: 'LINE', at: '', status: null, taskIndex: null, taskName: null, taskStatus: null, host: null, text,
    finished: null, planned: null, paused: null,
  });
  expect(line).toContain('"text":"\\u0001\\b\\f\\r\\t\\u001f\u007f\u2028</script>"');
});
