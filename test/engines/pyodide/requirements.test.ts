/** Packages of a requirements file on Pyodide, from an index that is asked once. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { PythonOptions } from "../../../src/engines/cpython/python-options.ts";
import { LoadError } from "../../../src/engines/errors.ts";
import { OnPyodide } from "./on-pyodide.ts";
import { PackageIndex } from "./package-index.ts";

const PROJECTS = [
  {
    name: "greetings",
    version: "2.0",
    source: "import words\ntext = f'good {words.noun}'\n",
    requires: ["words>=1"],
  },
  { name: "words", version: "1.0", source: "noun = 'morning'\n" },
  { name: "words", version: "1.1", source: "noun = 'evening'\n" },
  { name: "quick", version: "1.0", source: "", tag: "cp311-cp311-manylinux_2_17_x86_64" },
  { name: "rapid", version: "1.0", source: "", requires: ["quick"] },
];

describe("packages of a requirements file", () => {
  let folder: string;
  let index: PackageIndex;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "portico-requirements-"));
    index = await PackageIndex.start(PROJECTS);
  });

  after(async () => {
    await index[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  function required(text: string, cache: string, more: PythonOptions = {}): Promise<OnPyodide> {
    const requirements = join(folder, "requirements.txt");
    writeFileSync(requirements, text);
    const env = { PIP_INDEX_URL: index.url, XDG_CACHE_HOME: join(folder, cache) };
    return OnPyodide.start("needs_packages", { requirements, env, ...more });
  }

  async function refused(text: string, cache = "refused"): Promise<string> {
    const error = await required(text, cache).then(
      () => assert.fail("it has started"),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof LoadError, String(error));
    return error.message.replaceAll(folder, "");
  }

  test("are installed with theirs, once; later starts need no index, in a sandbox neither", async () => {
    const together = ["greetings==2.0\nwords<1.1\n", "# same\ngreetings==2.0\nwords<1.1"].map(
      (text) => required(text, "kept"),
    );
    const [one, two] = await Promise.all(together);
    await using first = one ?? assert.fail();
    await using other = two ?? assert.fail();
    assert.equal(await first.text("/"), "good morning");
    assert.equal(await other.text("/"), "good morning");
    assert.equal(index.asked.filter((url) => url.includes("/files/greetings")).length, 1);
    assert.equal(await first.text("/overwrite"), "kept: Read-only file system");
    assert.match(await first.text("/compiled"), /__pycache__\/greetings\.cpython-\d+\.pyc$/);
    assert.match(
      first.log.text + other.log.text,
      /INFO Installing what \S+requirements.txt names into/,
    );
    const asked = index.asked.length;
    const text = "greetings==2.0 # another comment\nwords<1.1";
    await using second = await required(text, "kept", { sandbox: true });
    assert.equal(await second.text("/"), "good morning");
    assert.equal(await second.text("/overwrite"), "kept: Read-only file system");
    assert.equal(index.asked.length, asked);
    const kept = readdirSync(join(folder, "kept", "portico"));
    assert.match(kept.join(" "), /^packages-[\d.]+-[\da-f]{12}$/);
  });

  test("that the index does not have are named, with their line", async () => {
    const text = "words\n\nno-such-project>=1\n";
    assert.equal(
      await refused(text),
      `--requirements: /requirements.txt:3: no-such-project>=1: ${index.url} has no no-such-project`,
    );
  });

  test("that are compiled for other machines are named, with the line that needs them", async () => {
    const what = "there is no wheel of quick that Pyodide can load";
    const message = await refused("words\nrapid\n");
    assert.match(message, new RegExp(`:2: rapid: ${what}.*--engine cpython$`));
    // What could not be installed whole leaves nothing.
    assert.deepEqual(readdirSync(join(folder, "refused", "portico")), []);
  });

  test("need a cache that can be written to, which is said", async () => {
    writeFileSync(join(folder, "file"), "");
    assert.match(await refused("words\n", "file"), /ENOTDIR.*XDG_CACHE_HOME says where/);
  });

  test("cannot be installed without the index, which is said", async () => {
    const requirements = join(folder, "requirements.txt");
    writeFileSync(requirements, "words\n");
    const gone = await PackageIndex.start([]);
    const { url } = gone;
    await gone[Symbol.asyncDispose]();
    const env = { PIP_INDEX_URL: url, XDG_CACHE_HOME: join(folder, "unreached") };
    await assert.rejects(OnPyodide.start("needs_packages", { requirements, env }), {
      name: "LoadError",
      message: new RegExp(`^${url}/micropip/ cannot be reached \\(.*ECONNREFUSED`),
    });
  });
});
