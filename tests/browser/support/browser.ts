import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Locator, type Page, type Request } from 'playwright-core';
import { vi } from 'vitest';
import { Api } from './api';
import { PEOPLE, type Person } from './people';
import { Server } from './server';

const CHROMIUM = '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Whatever a page might ask for elsewhere is not even looked up.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** How long a page may take to show what it should; the machine may have other things to do. */
const PATIENCE_MS = 30_000;

export interface Look {
  width?: number;
  scheme?: 'light' | 'dark';
}

/** A browser beside a server of its own. */
export class Stage {
  private readonly apis = new Map<Person, Promise<Api>>();

  private constructor(
    readonly server: Server,
    private readonly browser: Browser,
  ) {}

  static async open(settings?: Readonly<Record<string, string>>): Promise<Stage> {
    if (!existsSync(CHROMIUM)) throw new Error(`There is no ${CHROMIUM}: run \`scripts/bootstrap test\` first.`);
    const server = await Server.start(settings);
    try {
      return new Stage(server, await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS }));
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
  }

  /** The API as one of the demo's people; everybody signs in once. */
  api(person: Person): Promise<Api> {
    const known = this.apis.get(person) ?? Api.signIn(this.server.address, person);
    this.apis.set(person, known);
    return known;
  }

  /** A tab in a profile of its own; signed in as `person`, without going through the sign-in page, or as nobody. */
  async tab(person: Person | null, { width = 1440, scheme = 'light' }: Look = {}): Promise<Tab> {
    const context = await this.browser.newContext({
      baseURL: this.server.address,
      viewport: { width, height: width < 600 ? 844 : 900 },
      colorScheme: scheme,
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'UTC',
    });
    context.setDefaultTimeout(PATIENCE_MS);
    if (person) {
      const [name, value] = (await this.api(person)).cookie.split('=', 2) as [string, string];
      await context.addCookies([{ name, value, url: this.server.address, httpOnly: true, sameSite: 'Lax' }]);
    }
    return Tab.in(context);
  }
}

/** One tab, and what went wrong in it. */
export class Tab {
  /**
   * Errors on the console, refusals by the content security policy, failed requests, GraphQL errors, and operations of the
   * app that were sent by their texts, as they came.
   */
  readonly problems: string[] = [];
  /** The names of the operations that the app sent by the ids of their documents. */
  readonly trusted: string[] = [];
  private readonly asked = new Set<object>();

  private constructor(readonly page: Page) {}

  static async in(context: BrowserContext): Promise<Tab> {
    const page = await context.newPage();
    const tab = new Tab(page);
    await tab.listen();
    return tab;
  }

  /** Another tab of the same profile: with the same session. */
  another(): Promise<Tab> {
    return Tab.in(this.page.context());
  }

  /** Opens an address and waits until what it shows has been loaded. */
  async visit(path: string): Promise<void> {
    await this.page.goto(path, { waitUntil: 'commit' });
    await this.settle();
  }

  /** Waits until nothing is on its way: no request to the API, no placeholder, no spinner. */
  async settle(): Promise<void> {
    await vi.waitFor(
      async () => {
        const waiting = this.asked.size > 0 ? 'an answer of the API' : await this.page.evaluate(whatIsLoading);
        if (waiting) throw new Error(`${this.page.url()} still waits for ${waiting}.`);
      },
      { timeout: PATIENCE_MS, interval: 50 },
    );
  }

  async signIn(person: Person): Promise<void> {
    const { login, password } = PEOPLE[person];
    await this.page.getByLabel('User name or email').fill(login);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.page.getByRole('button', { name: /^Account of / }).waitFor();
  }

  heading(name: string | RegExp): Locator {
    return this.page.getByRole('heading', { level: 1, name });
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  /** The explorer sends what people write; the app, documents that the server knows. */
  private note({ operationName = '', query, documentId }: Operation): void {
    if (new URL(this.page.url()).pathname === '/graphiql') return;
    if (documentId && !query) this.trusted.push(operationName);
    else this.problems.push(`API: ${operationName} was sent by its text`);
  }

  private async listen(): Promise<void> {
    const { page, problems, asked } = this;
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`Refused by the content security policy: ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(`console: ${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
    page.on('request', (request) => {
      if (!isOperation(request)) return;
      asked.add(request);
      this.note(request.postDataJSON() as Operation);
    });
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => {
        const message = JSON.parse(String(payload)) as { type: string; payload?: Operation };
        if (message.type === 'subscribe') this.note(message.payload ?? {});
      });
    });
    // The page left, or its tab was closed: nobody waits for the answer.
    page.on('requestfailed', (request) => asked.delete(request));
    page.on('requestfinished', async (request) => {
      if (!isOperation(request)) return;
      problems.push(...(await graphqlErrors(request)));
      asked.delete(request);
    });
  }
}

interface Operation {
  operationName?: string;
  query?: string;
  documentId?: string;
}

const isOperation = (request: Request) => request.method() === 'POST' && request.url().endsWith('/graphql');

/** A page asks for nothing that its viewer may not have. */
async function graphqlErrors(request: Request): Promise<string[]> {
  try {
    const response = await request.response();
    const { errors = [] } = (await response?.json()) as { errors?: { message: string; extensions?: object }[] };
    const { operationName } = request.postDataJSON() as { operationName?: string };
    return errors.map(({ message, extensions }) => `API: ${operationName}: ${message} ${JSON.stringify(extensions)}`);
  } catch {
    // The page went elsewhere meanwhile, and the answer with it.
    return [];
  }
}

/** Runs in the page: what it still waits for; empty when it waits for nothing. */
function whatIsLoading(): string {
  const shown = document.querySelector('main h1, .graphiql-container');
  if (!shown) return 'its heading';
  const waiting = document.querySelector('[aria-busy="true"], .mantine-Skeleton-root, .mantine-Loader-root');
  return waiting ? `${waiting.tagName.toLowerCase()}.${waiting.className}` : '';
}
