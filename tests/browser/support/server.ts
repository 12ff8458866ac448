import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, URL } from 'node:url';
import { vi } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const BINARY = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target'), 'debug/rookery');
const ANSIBLE = process.env.ROOKERY_ANSIBLE_PLAYBOOK ?? join(ROOT, '.tools/ansible/bin/ansible-playbook');

const START_MS = 60_000;
const STOP_MS = 20_000;

/** A running demo, in a directory of its own. */
export class Server {
  private constructor(
    /** Where it serves: `http://127.0.0.1:<port>`. */
    readonly address: string,
    private readonly child: ChildProcess,
    private readonly discard: () => void,
  ) {}

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<Server> {
    if (!existsSync(BINARY)) throw new Error(`There is no ${BINARY}: run \`cargo build\` first.`);
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'rookery-browser-')));
    // A script that runs while the pages are looked at runs on however long that takes.
    writeFileSync(join(root, 'rookery.toml'), 'run_limits = { command_seconds = 7200 }\n');
    const log = openSync(join(root, 'log'), 'w');
    const child = spawn(BINARY, ['serve', '--demo'], { cwd: root, env: { ...environment(root), ...settings }, stdio: ['ignore', log, log] });
    const read = () => readFileSync(join(root, 'log'), 'utf8');
    const discard = discardAtTheEnd(child, root);
    const address = await vi.waitFor(
      () => {
        if (child.exitCode !== null) return null;
        const announced = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(read())?.[0];
        if (!announced) throw new Error(`The server does not say where it serves:\n${read()}`);
        return announced;
      },
      { timeout: START_MS, interval: 100 },
    );
    if (address === null) throw new Error(`The server ended at once:\n${read()}`);
    const server = new Server(address, child, discard);
    const reason = await whyNoApp(address);
    if (reason === null) return server;
    await server.stop();
    throw new Error(reason);
  }

  /** Ends it and what it started, and removes what they kept. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGTERM');
      const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(timer);
    }
    this.discard();
  }
}

/**
 * Removes whatever a server leaves, when it is told to or, at the latest, when this process ends: also when it is made to,
 * or has lost the one that started it.
 */
function discardAtTheEnd(child: ChildProcess, root: string): () => void {
  const discard = () => {
    process.off('exit', discard).off('SIGTERM', end).off('disconnect', end);
    child.kill('SIGKILL');
    endRunners(root);
    endHost(join(root, 'data'));
    rmSync(root, { recursive: true, force: true });
  };
  const end = () => process.exit(1);
  process.on('exit', discard).on('SIGTERM', end).on('disconnect', end);
  return discard;
}

/** Why the server cannot show the app, if it cannot. */
async function whyNoApp(address: string): Promise<string | null> {
  const page = await (await fetch(address, { headers: { accept: 'text/html' } })).text();
  const script = /<script type="module"[^>]* src="([^"]+)"/.exec(page)?.[1];
  if (!script) return 'The server has no app: run `npm run build` in `frontend`, then `cargo build`.';
  const { ok } = await fetch(new URL(script, address));
  return ok ? null : 'The app was built anew, and the server does not know its files yet: run `cargo build`.';
}

/** Ours, without the settings of an installation: a test never meets its data. */
function environment(root: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('ROOKERY_') && name !== 'DATABASE_URL');
  return {
    ...Object.fromEntries(kept),
    ROOKERY_LISTEN: '127.0.0.1:0',
    ROOKERY_DATA_DIR: join(root, 'data'),
    ROOKERY_ANSIBLE_PLAYBOOK: ANSIBLE,
  };
}

/** Runs outlive their server on purpose; these are nobody's any more. Their directory is among their arguments. */
function endRunners(root: string): void {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(join(root, 'data/runs'))) process.kill(Number(name), 'SIGKILL');
    } catch {
      // Not ours to see, or gone already.
    }
  }
}

/** The demo's host outlives a server that was killed, and keeps its files elsewhere. */
function endHost(data: string): void {
  const state = join(data, 'demo-host/state.json');
  if (!existsSync(state)) return;
  const { directory, process: host } = JSON.parse(readFileSync(state, 'utf8')) as {
    directory?: string;
    process?: { pid: number };
  };
  if (!directory?.startsWith('/var/tmp/rookery-demo-')) return;
  try {
    if (host && readFileSync(`/proc/${host.pid}/cmdline`, 'utf8').includes(directory)) process.kill(host.pid, 'SIGTERM');
  } catch {
    // Gone already.
  }
  rmSync(directory, { recursive: true, force: true });
}
