/** Rows about the environ as a whole: what is in it, how it is named, of which types it is. */
import { START } from "../probed-server.ts";
import { notApplicable, pass, passIf, type Row } from "../row.ts";
import type { Step } from "../script.ts";

const SOURCE = "PEP 3333, environ Variables";

/** PEP 3333 lets those be absent that may be empty. */
const REQUIRED = [
  ...["REQUEST_METHOD", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL"],
  ...["wsgi.version", "wsgi.url_scheme", "wsgi.input", "wsgi.errors"],
  ...["wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once"],
];

/** RFC 3875 has these of clients that a server authenticated or mapped, which nobody asked for. */
const WITHOUT_VALUE = ["AUTH_TYPE", "REMOTE_USER", "REMOTE_IDENT", "PATH_TRANSLATED"];

/** In the environment of nearly every process, and in no request. */
const OF_THE_PROCESS = ["PATH", "HOME", "PWD", "USER", "LANG", "SHELL"];

const FURTHER = ["REMOTE_ADDR", "REMOTE_PORT", "SERVER_SOFTWARE", "GATEWAY_INTERFACE"];

export const ENVIRON_ROWS: readonly Row[] = [
  {
    name: "environ-plain",
    title: "environ is a dict, and of no class that looks like one",
    group: "environ",
    level: "MUST",
    source: "PEP 3333, Specification Details",
    requirements: ["S4"],
    async judge(server) {
      const { isPlain } = await server.facts();
      return passIf(isPlain, isPlain ? "it is" : "it is of another class");
    },
  },
  {
    name: "environ-modified",
    title: "an application may change and empty environ: nothing else is changed by that",
    group: "environ",
    level: "MUST",
    source: "PEP 3333, Specification Details",
    requirements: ["S5"],
    async judge(server) {
      const marked: Step = ["set", "probe.mark", "x"];
      const emptied = await server.perform({ call: [marked, ["clear"], START, ["yield", "x"]] });
      await server.perform({ call: [marked, START, ["yield", "x"]] });
      const later: string[] = [];
      for (let request = 0; request < 4; request += 1) {
        later.push(...(await server.facts()).names.filter((name) => name === "probe.mark"));
      }
      const isAnswered = emptied.status === 200 && String(emptied.body) === "x";
      const mark = later.length === 0 ? "not in" : "in";
      const words = `emptied: ${emptied.status}; what was set is ${mark} later ones`;
      return passIf(isAnswered && later.length === 0, words);
    },
  },
  {
    name: "environ-required",
    title: "environ has every variable that PEP 3333 requires",
    group: "environ",
    level: "MUST",
    source: SOURCE,
    requirements: ["S6"],
    async judge(server) {
      const { names } = await server.facts();
      const missing = REQUIRED.filter((name) => !names.includes(name));
      return passIf(missing.length === 0, missing.join(", ") || "nothing is missing");
    },
  },
  {
    name: "environ-strings",
    title: "every CGI variable is a native string",
    group: "environ",
    level: "MUST",
    source: SOURCE,
    requirements: ["S31", "S70"],
    async judge(server) {
      const fields = [["X-Probe", "1"]] as const;
      const { notText } = await server.facts("/environ?a=b", { method: "POST", fields, body: "x" });
      return passIf(notText.length === 0, notText.join(", ") || "all are");
    },
  },
  {
    name: "environ-native",
    title: "strings hold characters to U+00FF alone, which are the bytes of the wire",
    group: "environ",
    level: "MUST",
    source: "PEP 3333, Unicode Issues",
    requirements: ["S69"],
    async judge(server) {
      const { strings } = await server.facts("/caf%C3%A9?q=%E2%82%AC", {
        fields: [["X-Raw", "caf\u00c3\u00a9"]],
      });
      const wide = Object.keys(strings).filter((name) => /[^\0-\xff]/.test(strings[name] ?? ""));
      const raw = strings.HTTP_X_RAW;
      const isRight = wide.length === 0 && raw === "caf\u00c3\u00a9";
      const words = wide.length === 0 ? "none is wider" : `wider: ${wide.join(", ")}`;
      return passIf(isRight, `${words}; the field's bytes became ${JSON.stringify(raw)}`);
    },
  },
  {
    name: "environ-cgi",
    title: "other CGI variables that apply are there: REMOTE_ADDR and SERVER_SOFTWARE at least",
    group: "environ",
    level: "SHOULD",
    source: SOURCE,
    requirements: ["S27"],
    async judge(server) {
      const { names } = await server.facts();
      const there = FURTHER.filter((name) => names.includes(name));
      const missing = ["REMOTE_ADDR", "SERVER_SOFTWARE"].filter((name) => !names.includes(name));
      const isRight = missing.length === 0;
      return passIf(isRight, isRight ? there.join(", ") : `no ${missing.join(", no ")}`);
    },
  },
  {
    name: "environ-tls",
    title: "with TLS the variables that say so are there: HTTPS=on and more",
    group: "environ",
    level: "SHOULD",
    source: SOURCE,
    requirements: ["S28"],
    judge: () => Promise.resolve(notApplicable("it was probed without TLS")),
  },
  {
    name: "environ-no-value",
    title: "variables without a value are left out",
    group: "environ",
    level: "SHOULD",
    source: SOURCE,
    requirements: ["S30"],
    async judge(server) {
      const { names } = await server.facts();
      const there = WITHOUT_VALUE.filter((name) => names.includes(name));
      return passIf(there.length === 0, there.join(", ") || "they are");
    },
  },
  {
    name: "environ-of-process",
    title: "variables of the server's own environment may be there",
    group: "environ",
    level: "MAY",
    source: SOURCE,
    requirements: ["S32"],
    async judge(server) {
      const { names } = await server.facts();
      const there = OF_THE_PROCESS.filter((name) => names.includes(name));
      return pass(there.join(", ") || "none is");
    },
  },
  {
    name: "environ-extension-names",
    title: "variables of the server's own are named in lower case, with a prefix and dots",
    group: "environ",
    level: "SHOULD",
    source: SOURCE,
    requirements: ["S34"],
    async judge(server) {
      const { names } = await server.facts();
      const own = names.filter((name) => name.includes("."));
      const odd = own.filter((name) => !/^[a-z0-9_]+(\.[a-z0-9_]+)+$/.test(name));
      return passIf(odd.length === 0, odd.join(", ") || "they are");
    },
  },
  {
    name: "environ-version",
    title: "wsgi.version is the tuple (1, 0)",
    group: "environ",
    level: "MUST",
    source: SOURCE,
    requirements: ["S33a"],
    async judge(server) {
      const { version, versionIsTuple } = await server.facts();
      const shown = JSON.stringify(version);
      return passIf(versionIsTuple && shown === "[1,0]", shown);
    },
  },
  {
    name: "environ-url-scheme",
    title: "wsgi.url_scheme is http for a request without TLS",
    group: "environ",
    level: "MUST",
    source: SOURCE,
    requirements: ["S33b"],
    async judge(server) {
      const scheme = (await server.facts()).strings["wsgi.url_scheme"];
      return passIf(scheme === "http", JSON.stringify(scheme));
    },
  },
  {
    name: "environ-configured",
    title: "whoever deploys can put names and values into environ, as strings",
    group: "environ",
    level: "SHOULD",
    source: "PEP 3333, Application Configuration",
    requirements: ["S81"],
    async judge(server) {
      const { environ } = server.expectations;
      if (environ === undefined) return notApplicable("nobody said what it was started with");
      const { strings } = await server.facts();
      const seen = Object.keys(environ).map((name) => `${name}=${strings[name]}`);
      const isRight = Object.entries(environ).every(([name, value]) => strings[name] === value);
      return passIf(isRight, seen.join(", "));
    },
  },
];
