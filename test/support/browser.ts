/** A Chromium without a window, told what to do by the DevTools protocol over two pipes. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

const PROGRAM: string | undefined = ["chromium", "chromium-browser", "google-chrome"].find(
  (name) => spawnSync(name, ["--version"]).status === 0,
);

export const lacksBrowser: string | false =
  PROGRAM === undefined ? "there is no Chromium to look with" : false;

type Fields = Readonly<Record<string, unknown>>;

interface Reply {
  readonly resolve: (result: Fields) => void;
  readonly reject: (error: Error) => void;
}

/** What comes from the browser: the answer to a command, or an event of a session. */
interface Message {
  readonly id?: number;
  readonly result?: Fields;
  readonly error?: { readonly message: string };
  readonly method?: string;
  readonly params?: Fields;
  readonly sessionId?: string;
}

export class Browser implements AsyncDisposable {
  readonly #directory: string = realpathSync(mkdtempSync(join(tmpdir(), "portico-browser-")));
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #commands: Writable;
  readonly #replies = new Map<number, Reply>();
  readonly #listeners = new Set<(message: Message) => void>();
  #sent = 0;

  private constructor(program: string) {
    const options = ["--headless=new", "--no-sandbox", "--no-first-run", "--disable-gpu"];
    this.#process = spawn(
      program,
      [...options, "--remote-debugging-pipe", `--user-data-dir=${this.#directory}`, "about:blank"],
      { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
    );
    this.#ended = new Promise((resolve) => {
      this.#process.once("close", () => resolve());
    });
    const [, , , commands, messages] = this.#process.stdio;
    // The types do not tell which of them `spawn` was asked to make.
    this.#commands = commands as Writable;
    // A browser that is gone says so by `close`, not by what is written to it.
    this.#commands.on("error", () => {});
    this.#read(messages as Readable);
  }

  static async open(): Promise<Browser> {
    if (PROGRAM === undefined) throw new Error(String(lacksBrowser));
    const browser = new Browser(PROGRAM);
    await browser.send("Browser.getVersion");
    return browser;
  }

  /** In front of those that are open, with a page that has been loaded. */
  async tab(url: string, width = 1000): Promise<Tab> {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const tab = new Tab(this, String(targetId), String(sessionId));
    for (const domain of ["Page", "Runtime", "Log"]) await tab.send(`${domain}.enable`);
    await tab.send("Emulation.setDeviceMetricsOverride", {
      ...{ width, height: 800, deviceScaleFactor: 1, mobile: width < 600 },
    });
    await tab.goTo(url);
    return tab;
  }

  send(method: string, params: Fields = {}, sessionId?: string): Promise<Fields> {
    this.#sent += 1;
    const id = this.#sent;
    return new Promise((resolve, reject) => {
      this.#replies.set(id, { resolve, reject });
      this.#commands.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  /** Calls `listener` for each event of a session; the function returned ends that. */
  listen(session: string, listener: (method: string, params: Fields) => void): () => void {
    const take = ({ method, params = {}, sessionId }: Message): void => {
      if (method !== undefined && sessionId === session) listener(method, params);
    };
    this.#listeners.add(take);
    return () => this.#listeners.delete(take);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    void this.send("Browser.close").catch(() => {});
    await this.#ended;
    rmSync(this.#directory, { recursive: true, maxRetries: 5 });
  }

  #read(messages: Readable): void {
    let rest = "";
    messages.setEncoding("utf8").on("data", (text: string) => {
      const parts = `${rest}${text}`.split("\0");
      rest = parts.pop() ?? "";
      for (const part of parts) this.#take(JSON.parse(part));
    });
    messages.once("close", () => {
      for (const { reject } of this.#replies.values()) reject(new Error("the browser has ended"));
    });
  }

  #take(message: Message): void {
    const { id, result = {}, error } = message;
    if (id === undefined) {
      for (const listener of this.#listeners) listener(message);
      return;
    }
    const reply = this.#replies.get(id);
    this.#replies.delete(id);
    if (error === undefined) reply?.resolve(result);
    else reply?.reject(new Error(error.message));
  }
}

/** Milliseconds in which a page must have been loaded. */
const LONGEST_LOAD = 20_000;

export class Tab {
  readonly #browser: Browser;
  readonly #target: string;
  readonly #session: string;
  /** What the console was told of: errors, and what a policy has forbidden. */
  readonly complaints: string[] = [];

  constructor(browser: Browser, target: string, session: string) {
    this.#browser = browser;
    this.#target = target;
    this.#session = session;
    browser.listen(session, (method, params) => {
      if (COMPLAINTS.has(method)) this.complaints.push(JSON.stringify(params));
    });
  }

  send(method: string, params: Fields = {}): Promise<Fields> {
    return this.#browser.send(method, params, this.#session);
  }

  async goTo(url: string): Promise<void> {
    await this.loads(() => this.send("Page.navigate", { url }));
  }

  /** Resolves when what `act` begins has loaded a page. */
  async loads(act: () => unknown): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    let forget: () => void = () => {};
    const loaded = new Promise<void>((resolve, reject) => {
      forget = this.#browser.listen(this.#session, (method) => {
        if (method === "Page.loadEventFired") resolve();
      });
      timer = setTimeout(() => reject(new Error("no page was loaded")), LONGEST_LOAD);
    });
    try {
      await Promise.all([act(), loaded]);
    } finally {
      clearTimeout(timer);
      forget();
    }
  }

  /** The value of an expression in the page, or of what it promises. */
  async value(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      ...{ expression, awaitPromise: true, returnByValue: true },
    });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    // The protocol says that it is a RemoteObject.
    return (result as { readonly value?: unknown }).value;
  }

  /** By how much the page is wider than the window. */
  overflow(): Promise<unknown> {
    return this.value(
      "document.documentElement.scrollWidth - document.documentElement.clientWidth",
    );
  }

  /** Brings it to the front. */
  async show(): Promise<void> {
    await this.#browser.send("Target.activateTarget", { targetId: this.#target });
  }
}

const COMPLAINTS: ReadonlySet<string> = new Set(["Runtime.exceptionThrown", "Log.entryAdded"]);
