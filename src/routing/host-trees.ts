/** A tree of routes for each pattern of hosts, and one for all hosts. */
import { compareWeights, type DynamicPart, NO_MATCH, type Part } from "./path-parts.ts";
import { type Match, NOTHING, RouteTree, type Target } from "./route-tree.ts";

interface HostTree<T extends Target> {
  readonly part: DynamicPart;
  readonly tree: RouteTree<T>;
}

export class HostTrees<T extends Target> {
  readonly #anyHost = new RouteTree<T>();
  readonly #fixed = new Map<string, RouteTree<T>>();
  /** Those tried first stand first. */
  readonly #dynamic: HostTree<T>[] = [];

  /** The routes of a host, as its pattern has it; `undefined`: of all hosts. */
  treeFor(host: Part | undefined): RouteTree<T> {
    if (host === undefined) return this.#anyHost;
    const known =
      typeof host === "string"
        ? this.#fixed.get(host)
        : this.#dynamic.find(({ part }) => part.key === host.key)?.tree;
    if (known !== undefined) return known;
    const tree = new RouteTree<T>();
    if (typeof host === "string") this.#fixed.set(host, tree);
    else {
      this.#dynamic.push({ part: host, tree });
      this.#dynamic.sort((one, other) => compareWeights(one.part.weight, other.part.weight));
    }
    return tree;
  }

  /** The routes of the very host first, then those of patterns, then those of all hosts. */
  match(method: string, host: () => string, path: string): Match<T> {
    if (this.#fixed.size === 0 && this.#dynamic.length === 0) {
      return this.#anyHost.match(method, path);
    }
    const allowed = new Set<string>();
    for (const [tree, hostValues] of this.#treesOf(host())) {
      const match = tree.match(method, path);
      if (match.kind === "found") return { ...match, values: [...hostValues, ...match.values] };
      if (match.kind === "redirect") return match;
      if (match.kind === "wrong method") for (const each of match.allowed) allowed.add(each);
    }
    return allowed.size > 0 ? { kind: "wrong method", allowed } : NOTHING;
  }

  *#treesOf(host: string): Generator<readonly [tree: RouteTree<T>, values: readonly unknown[]]> {
    const fixed = this.#fixed.get(host);
    if (fixed !== undefined) yield [fixed, []];
    for (const { part, tree } of this.#dynamic) {
      const values: unknown[] = [];
      if (part.read(host, values) !== NO_MATCH) yield [tree, values];
    }
    yield [this.#anyHost, []];
  }
}
