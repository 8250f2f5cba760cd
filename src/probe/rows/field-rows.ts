/** Rows about what becomes of a request's header fields in the environ. */
import { chunked } from "../../client/client-connection.ts";
import { factsOf } from "../facts.ts";
import { fail, passIf, type Row } from "../row.ts";

const SOURCE = "PEP 3333, environ Variables";
const CGI = "RFC 3875 §4.1.18";

export const FIELD_ROWS: readonly Row[] = [
  {
    name: "content-type",
    title: "CONTENT_TYPE is the field's value, and there is no HTTP_CONTENT_TYPE",
    group: "environ",
    level: "MUST",
    source: SOURCE,
    requirements: ["S21"],
    async judge(server) {
      const fields = [["Content-Type", "text/x"]] as const;
      const given = await server.facts("/", { method: "POST", fields, body: "x" });
      const none = await server.facts("/");
      const twice = "HTTP_CONTENT_TYPE" in given.strings;
      const [with_, without] = [given.strings.CONTENT_TYPE, none.strings.CONTENT_TYPE ?? ""];
      const words = `given: ${with_}, else: ${JSON.stringify(without)}`;
      const isRight = with_ === "text/x" && without === "" && !twice;
      return passIf(isRight, twice ? `${words}, HTTP_CONTENT_TYPE too` : words);
    },
  },
  {
    name: "content-length",
    title: "CONTENT_LENGTH is the body's length, and there is no HTTP_CONTENT_LENGTH",
    group: "environ",
    level: "MUST",
    source: SOURCE,
    requirements: ["S22"],
    async judge(server) {
      const given = await server.facts("/", { method: "POST", body: "12345" });
      const zero = await server.facts("/", { method: "POST", fields: [["Content-Length", "0"]] });
      const none = await server.facts("/");
      const seen = [given, zero, none].map(({ strings }) => strings.CONTENT_LENGTH ?? "");
      const twice = "HTTP_CONTENT_LENGTH" in given.strings;
      const words = `5: ${seen[0]}, 0: ${seen[1]}, none: ${JSON.stringify(seen[2])}`;
      const isRight = seen[0] === "5" && seen[1] === "0" && seen[2] === "" && !twice;
      return passIf(isRight, twice ? `${words}, HTTP_CONTENT_LENGTH too` : words);
    },
  },
  {
    name: "content-length-chunked",
    title: "CONTENT_LENGTH of a chunked body is absent or its true length",
    group: "environ",
    level: "MUST",
    source: SOURCE,
    requirements: ["S22"],
    async judge(server) {
      const fields = [["Transfer-Encoding", "chunked"]] as const;
      const answer = await server.ask("POST", "/", { fields, body: chunked("123", "45") });
      if (answer.status === 411) return passIf(true, "411, as RFC 9112 §6.3 allows");
      if (answer.status !== 200) return fail(`it answered ${answer.status}`);
      const { strings } = factsOf(answer.body);
      const seen = strings.CONTENT_LENGTH ?? "";
      return passIf(seen === "" || seen === "5", JSON.stringify(seen));
    },
  },
  {
    name: "http-variables",
    title: "HTTP_ variables are there exactly for the fields that were sent",
    group: "environ",
    level: "MUST",
    source: SOURCE,
    requirements: ["S26"],
    async judge(server) {
      const { names, strings } = await server.facts("/", {
        fields: [
          ["X-Foo-Bar", "1"],
          ["X-Empty", ""],
        ],
      });
      const seen = names.filter((name) => name.startsWith("HTTP_"));
      const isRight =
        seen.join() === "HTTP_HOST,HTTP_X_EMPTY,HTTP_X_FOO_BAR" &&
        strings.HTTP_X_EMPTY === "" &&
        strings.HTTP_X_FOO_BAR === "1";
      return passIf(isRight, seen.join(", "));
    },
  },
  {
    name: "repeated-fields",
    title: "repeated fields become one list with commas",
    group: "environ",
    level: "MUST",
    source: `${CGI}; RFC 9110 §5.3`,
    requirements: ["S26"],
    async judge(server) {
      const { strings } = await server.facts("/", {
        fields: [
          ["X-A", "1"],
          ["X-A", "2"],
        ],
      });
      return passIf(/^1, ?2$/.test(strings.HTTP_X_A ?? ""), JSON.stringify(strings.HTTP_X_A));
    },
  },
  {
    name: "repeated-cookies",
    title: "repeated Cookie fields are joined as cookies are, with a semicolon",
    group: "environ",
    level: "SHOULD",
    source: `${CGI}; RFC 6265 §5.4`,
    async judge(server) {
      const { strings } = await server.facts("/", {
        fields: [
          ["Cookie", "a=1"],
          ["Cookie", "b=2"],
        ],
      });
      return passIf(
        /^a=1; ?b=2$/.test(strings.HTTP_COOKIE ?? ""),
        JSON.stringify(strings.HTTP_COOKIE),
      );
    },
  },
  {
    name: "underscore-fields",
    title: "a field with an underscore cannot pass for the one with a hyphen",
    group: "environ",
    level: "SHOULD",
    source: "CVE-2015-0219 (Django)",
    async judge(server) {
      const fields = [
        ["X-Foo", "good"],
        ["X_Foo", "evil"],
      ] as const;
      const answer = await server.ask("GET", "/", { fields });
      if (answer.status === 400) return passIf(true, "400");
      const { strings } = factsOf(answer.body);
      return passIf(strings.HTTP_X_FOO === "good", JSON.stringify(strings.HTTP_X_FOO));
    },
  },
  {
    name: "proxy-field",
    title: "a Proxy field becomes no HTTP_PROXY, which programs take for their own setting",
    group: "environ",
    level: "SHOULD",
    source: "CVE-2016-5385 (httpoxy)",
    async judge(server) {
      const { strings } = await server.facts("/", { fields: [["Proxy", "evil.example"]] });
      const seen = strings.HTTP_PROXY;
      return passIf(seen === undefined, seen === undefined ? "dropped" : "passed on");
    },
  },
];
