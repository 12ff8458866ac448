# Reports the events of a playbook to the runner: one JSON object a line, written to the named pipe that ROOKERY_EVENTS names.
# Redaction and numbering are the runner's. When the runner is gone the playbook goes on in silence.
from __future__ import annotations

import json
import os
import time

from ansible import context
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
    name: rookery_events
    type: stdout
    short_description: reports events to Rookery's runner
    description:
      - Writes each event as a line of JSON to the named pipe in the environment variable ROOKERY_EVENTS.
    requirements:
      - set as stdout_callback
"""

# More than the runner keeps of a line, so that it never sees half a secret at the cut.
LINE_LIMIT = 64 * 1024
LINES_LIMIT = 5000
# More than the runner keeps of a difference.
DIFF_LIMIT = 256 * 1024


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'stdout'
    CALLBACK_NAME = 'rookery_events'

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._pipe = os.open(os.environ['ROOKERY_EVENTS'], os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        self._pause_file = os.environ.get('ROOKERY_PAUSE')
        self._in_order = True
        self._open = []
        self._known = set()
        self._begun = {}
        self._is_preview = bool(context.CLIARGS.get('check'))

    # Plays and tasks

    def v2_playbook_on_play_start(self, play):
        self._close_tasks()
        self._in_order = play.strategy in ('linear', 'ansible.builtin.linear', 'debug', 'ansible.builtin.debug')
        self._send(event='play_start', name=play.get_name().strip())

    def v2_playbook_on_no_hosts_matched(self):
        self._line(None, None, 'runner', 'no target matches the hosts of this play')

    def v2_playbook_on_no_hosts_remaining(self):
        self._line(None, None, 'runner', 'no target is left to go on with')

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._start_task(task, 'task')

    def v2_playbook_on_handler_task_start(self, task):
        self._start_task(task, 'handler')

    def _start_task(self, task, kind):
        if self._is_preview:
            # Whatever the task itself says: in a preview none is carried out.
            task.check_mode = True
        # Outside the linear strategy a task is announced once for each host.
        if task._uuid in self._known:
            return
        if self._in_order:
            self._close_tasks()
        self._pause()
        self._known.add(task._uuid)
        self._open.append(task._uuid)
        self._send(event='task_start', id=task._uuid, name=task.get_name().strip(), kind=kind)

    # Nothing begins on any host before this returns.
    def _pause(self):
        if not self._pause_file or not os.path.exists(self._pause_file):
            return
        self._send(event='paused')
        while os.path.exists(self._pause_file):
            time.sleep(0.2)
        self._send(event='resumed')

    def _close_tasks(self):
        for uuid in self._open:
            self._send(event='task_end', id=uuid)
        self._open = []

    def v2_playbook_on_include(self, included_file):
        self._line(None, None, 'runner', 'included ' + os.path.basename(included_file._filename))

    def v2_playbook_on_stats(self, stats):
        self._close_tasks()
        for host in sorted(stats.processed):
            counts = stats.summarize(host)
            self._send(event='host_stats', host=host, ok=counts['ok'], changed=counts['changed'], failed=counts['failures'],
                       skipped=counts['skipped'], unreachable=counts['unreachable'], ignored=counts['ignored'])

    # Hosts

    def v2_runner_on_start(self, host, task):
        self._begun[task._uuid, host.get_name()] = time.time()
        self._send(event='host_start', id=task._uuid, host=host.get_name())

    def v2_runner_on_ok(self, result):
        data = _data(result)
        status = 'changed' if data.get('changed') else 'ok'
        self._result(result, 'unchecked' if self._is_unchecked(result, False) else status)

    def v2_runner_on_skipped(self, result):
        self._result(result, 'unchecked' if self._is_unchecked(result, True) else 'skipped')

    def _is_unchecked(self, result, is_skipped):
        # A module that does not know check mode is skipped, and so is a command. What was not needed says its reason.
        data = _data(result)
        if not self._is_preview:
            return False
        items = data.get('results') if result._task.loop is not None else None
        if isinstance(items, list) and items:
            return any(item.get('skipped') and not _is_reasoned(item) for item in items if isinstance(item, dict))
        return is_skipped and not _is_reasoned(data)

    def v2_on_file_diff(self, result):
        data = _data(result)
        if not self._is_preview or data.get('_ansible_no_log'):
            return
        looped = result._task.loop is not None and isinstance(data.get('results'), list)
        for part in data['results'] if looped else [data]:
            if not isinstance(part, dict) or not part.get('diff') or not part.get('changed') or part.get('_ansible_no_log'):
                continue
            text = self._get_diff(part['diff'])
            if text and text.strip():
                self._send(event='diff', id=result._task._uuid, host=result._host.get_name(), text=text[:DIFF_LIMIT])

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._result(result, 'ignored' if ignore_errors else 'failed')

    def v2_runner_on_unreachable(self, result):
        self._result(result, 'unreachable')

    def _result(self, result, status):
        task, host = result._task, result._host.get_name()
        data = _data(result)
        if 'results' in data and task.loop is not None:
            # The items said their part when they were done.
            data = {key: value for key, value in data.items() if key in ('exception', 'warnings')}
        self._lines(task, host, data, status)
        self._send(event='host_result', id=task._uuid, host=host, status=status,
                   began=self._begun.pop((task._uuid, host), time.time()))

    # Items of a loop, attempts

    def v2_runner_item_on_ok(self, result):
        self._item(result, 'changed' if _data(result).get('changed') else 'ok')

    def v2_runner_item_on_skipped(self, result):
        self._item(result, 'skipped')

    def v2_runner_item_on_failed(self, result):
        self._item(result, 'failed')

    def _item(self, result, status):
        data = _data(result)
        host = result._host.get_name()
        self._line(result._task, host, 'message', '%s: %s' % (_text(self._get_item_label(data)), status))
        self._lines(result._task, host, data, status)

    def v2_runner_retry(self, result):
        data = _data(result)
        tried, allowed = data.get('attempts'), data.get('retries')
        self._line(result._task, result._host.get_name(), 'message', 'attempt %s of %s was not enough, trying again' % (tried, allowed))

    # Lines

    def _lines(self, task, host, data, status):
        if data.get('_ansible_no_log'):
            self._line(task, host, 'message', 'the output is hidden: the task says no_log')
            return
        for warning in data.get('warnings') or ():
            self._line(task, host, 'runner', 'warning: ' + _text(warning))
        if task.action.rsplit('.', 1)[-1] == 'debug':
            self._text(task, host, 'message', _debugged(data))
            return
        for stream in ('stdout', 'stderr'):
            text = data.get(stream) or data.get('module_' + stream)
            if text:
                self._text(task, host, stream, _text(text))
        path = data.get('dest') or data.get('path')
        if status == 'changed' and isinstance(path, str):
            self._line(task, host, 'message', path)
        if data.get('msg'):
            self._text(task, host, 'message', _text(data['msg']))
        elif status == 'skipped' and data.get('skip_reason'):
            condition = data.get('false_condition')
            self._line(task, host, 'message', _text(data['skip_reason']) + (': ' + _text(condition) if condition else ''))

    def _text(self, task, host, stream, text):
        lines = text.splitlines()
        for line in lines[:LINES_LIMIT]:
            self._line(task, host, stream, line)
        if len(lines) > LINES_LIMIT:
            self._line(task, host, stream, '… %d more lines' % (len(lines) - LINES_LIMIT))

    def _line(self, task, host, stream, text):
        self._send(event='line', id=task._uuid if task else None, host=host, stream=stream, text=text[:LINE_LIMIT])

    def _send(self, **event):
        if self._pipe is None:
            return
        rest = json.dumps({key: _clean(value) for key, value in event.items()}).encode() + b'\n'
        try:
            while rest:
                rest = rest[os.write(self._pipe, rest):]
        except OSError:
            self._pipe = None


def _clean(value):
    # Bytes that are no UTF-8 arrive as lone surrogates, which JSON's readers refuse.
    return value.encode('utf-8', 'replace').decode() if isinstance(value, str) else value


def _data(result):
    return result._result


def _is_reasoned(data):
    return any(name in data for name in ('false_condition', 'skip_reason', 'skipped_reason'))


def _debugged(data):
    shown = {key: value for key, value in data.items() if not key.startswith('_ansible') and key not in ('changed', 'failed', 'warnings')}
    if set(shown) == {'msg'}:
        return _text(shown['msg'])
    return _text(shown)


def _text(value):
    if isinstance(value, str):
        return value
    return json.dumps(value, indent=2, default=str, ensure_ascii=False)
