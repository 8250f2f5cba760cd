/** Each application of test/apps/sins breaks the rule that it is named after; that, and no other. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { checkRun } from "../support/check-run.ts";
import { repositoryRoot } from "../support/python-environment.ts";

const SINS = join(repositoryRoot, "test", "apps", "sins");

type Broken = Readonly<Record<string, RegExp>>;

/** What `portico check` finds in each, and what shows it; where the languages differ, in each. */
const FOUND: Readonly<Record<string, Broken | { readonly py?: Broken; readonly ts?: Broken }>> = {
  str_body: { "body-bytes": /^an item of the body is the text "Hello"$/ },
  str_not_in_a_list: {
    "returns-no-string":
      /^the application returned a (?:bytes|Buffer)\b.* not in an? (?:list|array)$/,
  },
  missing_start_response: { "start-response-called": /^start_response was not called before / },
  double_start_response: {
    "start-response-twice": /again without exc_info, with the status "201 Created"$/,
  },
  hop_by_hop_header: { "header-hop-by-hop": /^the header Connection is "close"$/ },
  headers_in_a_dict: { "headers-list": /^the headers are (?:a dict|an Object)$/ },
  header_no_pair: { "header-pair": /^header 2 is "X-Name: value"$/ },
  crlf_in_header: {
    "header-value-control": /^the header X-Next is "\/page\\r\\nSet-Cookie: admin=1"$/,
  },
  content_length_too_small: {
    "content-length-long": /^Content-Length is 6, and the body has 8 bytes or more$/,
  },
  content_length_too_large: {
    "content-length-short": /^Content-Length is 50, and the body has 5 bytes$/,
  },
  close_missing: {
    py: {
      "middleware-close":
        /^close_missing\.Upper\.__call__ never called close\(\) of what close_missing\.report returned$/,
    },
    ts: { "middleware-close": /^close\(\) of the inner iterable was never called$/ },
  },
  close_twice: {
    py: {
      "middleware-close":
        /^close_twice\.application called close\(\) of what close_twice\.report returned 2 times$/,
    },
    ts: { "middleware-close": /^close\(\) of the inner iterable was called a second time$/ },
  },
  reads_past_input: {
    "input-past-end": /^read\(65536\) was called where CONTENT_LENGTH leaves less$/,
  },
  exc_info_left_out: {
    py: {
      "exc-info-missing": /"500 Internal Server Error" was started while KeyError was handled$/,
    },
  },
  exc_info_ignored: {
    py: {
      "start-response-twice": /again without exc_info, with the status "503 Service Unavailable"$/,
      "exc-info-missing": /"503 Service Unavailable" was started while ValueError was handled$/,
    },
    ts: {
      "start-response-twice": /again without exc_info, with the status "503 Service Unavailable"$/,
      "middleware-exc-info": /^the inner application gave exc_info, and .* got none$/,
    },
  },
  exc_info_trapped: {
    "exc-info-trapped": /^start_response, given exc_info, \w+, and the application caught it /,
  },
  state_in_environ: {
    "environ-kept": /^after the end of its request, environ\["site\.seen"\] was set$/,
  },
  environs_kept: { "environ-kept": /^it is still referred to 32 requests later/ },
  writes_after_end: {
    "write-after-end": /^write\(\) was called after the end of the response$/,
    "write-used": /^write\(\) was called$/,
  },
  blocks_event_loop: {
    ts: { "blocks-event-loop": /^the application held the event loop for 50 ms or longer$/ },
  },
  never_returns: {
    ts: {
      "blocks-event-loop":
        /^the event loop has not turned for 1500 ms; it is in searchForEver \(\S+never_returns\.ts:\d+\)/,
      "answers-in-time": /^nothing came within 4 s$/,
    },
  },
};

function foundIn(file: string): Broken {
  const [name = "", language = ""] = file.split(".");
  const found = FOUND[name] ?? {};
  const perLanguage = found as { readonly py?: Broken; readonly ts?: Broken };
  if (perLanguage.py === undefined && perLanguage.ts === undefined) return found as Broken;
  return perLanguage[language === "py" ? "py" : "ts"] ?? {};
}

/** Only what hangs is left soon: on a machine that is busy, others need their time. */
function patienceWith(file: string): readonly string[] {
  return file.startsWith("never_returns") ? ["-t", "4"] : [];
}

describe("portico check finds the sin of", { concurrency: 2 }, () => {
  for (const file of readdirSync(SINS).filter((name) => /\.(?:py|ts)$/.test(name))) {
    test(file, async () => {
      const { code, broken } = await checkRun(SINS, "--strict", ...patienceWith(file), file);
      const wanted = Object.entries(foundIn(file));
      assert.deepEqual(broken.map(({ rule }) => rule).sort(), wanted.map(([rule]) => rule).sort());
      for (const [rule, evidence] of wanted) {
        const found = broken.find((report) => report.rule === rule);
        const told = found?.findings.map((each) => each.evidence) ?? [];
        assert.ok(
          told.some((text) => evidence.test(text)),
          `no ${evidence} in ${told.join("\n")}`,
        );
        assert.match(found?.findings[0]?.request ?? "", /^[A-Z]+ \//);
        assert.notEqual(found?.remedy, "");
        assert.match(found?.source ?? "", /^(?:PEP 3333|WSGI for TypeScript|RFC 9110)/);
      }
      assert.equal(code, 1);
    });
  }
});
