/** Rules and paths made by chance, for what nobody has thought of: what must come of them Werkzeug says. */
import type { Random } from "../fuzz/random.ts";
import type { Ask, RoutingCase, Rule } from "./routing-case.ts";

/** A case whose outcomes are still to be told. */
export interface OpenCase extends Omit<RoutingCase, "asks"> {
  readonly asks: readonly Omit<Ask, "gives">[];
}

/** Texts that each converter matches. */
const CONVERTERS: Readonly<Record<string, readonly string[]>> = {
  "": ["a", "x y", "7"],
  "int:": ["7", "042"],
  "int(signed=True):": ["-7", "7"],
  "float:": ["7.5", "0.0"],
  "path:": ["a", "a/b", "a//b/", "7/x"],
  "any(a, b, ab):": ["a", "ab"],
  "string(length=2):": ["ab", "ü7"],
  "string(minlength=2):": ["ab", "a-b"],
  "uuid:": ["2f0ec5e4-9a3b-4d2c-8f6e-0123456789ab"],
};
const TEXTS = ["a", "b", "ab", "a-b", "7", "7.5", "x", "ü"];
const METHODS = [undefined, undefined, ["GET"], ["POST"], ["GET", "PUT"]];
const MAX_RULES = 6;
const MAX_PIECES = 6;
const ASKS = 12;

export function randomCase(random: Random, name: string): OpenCase {
  const rules = Array.from({ length: random.below(MAX_RULES) + 1 }, (_, at) =>
    randomRule(random, `rule ${at}`),
  );
  const ask = (): Omit<Ask, "gives"> => ({
    path: mangled(random, filled(random, random.pick(rules).pattern)),
    method: random.pick(["GET", "GET", "HEAD", "POST"]),
  });
  return {
    name,
    source: "chance",
    options: { strictSlashes: !random.oneIn(3), mergeSlashes: !random.oneIn(3) },
    rules,
    asks: Array.from({ length: ASKS }, ask),
  };
}

function randomRule(random: Random, name: string): Rule {
  const methods = random.pick(METHODS);
  return {
    name,
    pattern: randomPattern(random),
    ...(methods && { methods }),
    ...(random.oneIn(5) && { strictSlashes: random.oneIn(2) }),
  };
}

function randomPattern(random: Random): string {
  let pattern = "/";
  for (let left = random.below(MAX_PIECES + 1); left > 0; left -= 1) {
    const isParameter = random.oneIn(2) && !pattern.endsWith(">");
    const converter = random.pick(Object.keys(CONVERTERS));
    pattern += isParameter ? `<${converter}p${left}>` : random.pick([...TEXTS, "/", "/", "/"]);
  }
  return pattern.replace(/^\/+/, "/");
}

/** A path that the pattern matches, mostly: each parameter is one of its texts. */
function filled(random: Random, pattern: string): string {
  return pattern.replaceAll(/<(.*?)p\d>/g, (_, converter: string) =>
    random.pick([...(CONVERTERS[converter] ?? []), random.pick(TEXTS)]),
  );
}

/** The path, or one that is nearly the same. */
function mangled(random: Random, path: string): string {
  const changes = [
    path,
    path,
    `${path}/`,
    path.replace(/\/$/, ""),
    path.replace("/", "//"),
    path.replace(/(?<=.)\//, "//"),
    path + random.pick(TEXTS),
    `${path}/${random.pick(TEXTS)}`,
  ];
  return random.pick(changes);
}
