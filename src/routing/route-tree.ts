/** Which route a path leads to: a tree of the parts of all patterns, walked once, the likeliest first. */
import { compareWeights, type DynamicPart, NO_MATCH, type Part } from "./path-parts.ts";

/** What a path may lead to. */
export interface Target {
  /** Undefined: all of them. */
  readonly methods: ReadonlySet<string> | undefined;
  /** Whether a slash at the end must be as the pattern has it. */
  readonly isStrict: boolean;
  /** Whether a path with slashes too many is redirected here. */
  readonly mergesSlashes: boolean;
}

/** What has been found: paths are percent-decoded, and begin with one slash. */
export type Match<T extends Target> =
  | { readonly kind: "found"; readonly target: T; readonly values: readonly unknown[] }
  /** The same but for its slashes. */
  | { readonly kind: "redirect"; readonly path: string }
  /** For other methods there are routes. */
  | { readonly kind: "wrong method"; readonly allowed: ReadonlySet<string> }
  | { readonly kind: "nothing" };

export const NOTHING: Match<never> = { kind: "nothing" };

const NO_VALUES: readonly unknown[] = [];

export class RouteTree<T extends Target> {
  readonly #root = new Node<T>();
  /** The ends of patterns without parameters, by their paths: they are tried before all others. */
  readonly #fixed = new Map<string, Node<T>>();

  add(parts: readonly Part[], target: T): void {
    const node = this.#nodeAt(parts);
    node.add(target);
    if (parts.every((part) => typeof part === "string"))
      this.#fixed.set(`/${parts.join("/")}`, node);
  }

  /** The target gets what no other route below these parts does; false where there is one already. */
  addBelow(parts: readonly Part[], target: T): boolean {
    const node = this.#nodeAt(parts);
    if (node.below !== undefined) return false;
    node.below = target;
    return true;
  }

  match(method: string, path: string): Match<T> {
    const target = this.#fixed.get(path)?.targetFor(method);
    if (target !== undefined) return { kind: "found", target, values: NO_VALUES };
    const search = new Search<T>(method, path);
    const found = search.walk(this.#root, 1);
    if (found !== undefined) {
      if (search.lacksSlash) return { kind: "redirect", path: `${path}/` };
      return { kind: "found", target: found, values: search.values };
    }
    return this.#merged(method, path) ?? search.failure() ?? NOTHING;
  }

  /** What the path leads to when slashes that follow one another are one. */
  #merged(method: string, path: string): Match<T> | undefined {
    if (!path.includes("//")) return undefined;
    const merged = path.replaceAll(/\/{2,}/g, "/");
    const search = new Search<T>(method, merged, ({ mergesSlashes }) => mergesSlashes);
    const found = search.walk(this.#root, 1);
    if (found === undefined) return search.failure();
    if (!found.mergesSlashes) return undefined;
    return { kind: "redirect", path: search.lacksSlash ? `${merged}/` : merged };
  }

  #nodeAt(parts: readonly Part[]): Node<T> {
    return parts.reduce((node, part) => node.next(part), this.#root);
  }
}

/** What has been matched so far is the way to it from the root. */
class Node<T extends Target> {
  readonly fixed = new Map<string, Node<T>>();
  /** Those tried first stand first; of the same weight, those that were added first. */
  readonly dynamic: { readonly part: DynamicPart; readonly node: Node<T> }[] = [];
  /** In the order in which they were added. */
  readonly targets: T[] = [];
  /** What nothing further down takes goes here. */
  below: T | undefined;
  readonly #byMethod = new Map<string, T>();
  #forAnyMethod: T | undefined;

  add(target: T): void {
    this.targets.push(target);
    if (target.methods === undefined) this.#forAnyMethod ??= target;
    else if (this.#forAnyMethod === undefined) {
      for (const method of target.methods) {
        if (!this.#byMethod.has(method)) this.#byMethod.set(method, target);
      }
    }
  }

  targetFor(method: string): T | undefined {
    return this.#byMethod.get(method) ?? this.#forAnyMethod;
  }

  next(part: Part): Node<T> {
    if (typeof part !== "string") return this.#nextDynamic(part);
    const known = this.fixed.get(part);
    if (known !== undefined) return known;
    const node = new Node<T>();
    this.fixed.set(part, node);
    return node;
  }

  #nextDynamic(part: DynamicPart): Node<T> {
    const known = this.dynamic.find((each) => each.part.key === part.key);
    if (known !== undefined) return known.node;
    const node = new Node<T>();
    const heavier = this.dynamic.findIndex(
      (each) => compareWeights(each.part.weight, part.weight) > 0,
    );
    this.dynamic.splice(heavier < 0 ? this.dynamic.length : heavier, 0, { part, node });
    return node;
  }
}

/** One walk: what it has read on its way, and why it failed. */
class Search<T extends Target> {
  readonly values: unknown[] = [];
  /** What was found is there for the path with one slash more. */
  lacksSlash = false;
  readonly #method: string;
  readonly #path: string;
  readonly #counts: (target: T) => boolean;
  #allowed: Set<string> | undefined;

  /** `counts`: whether a target's methods are told to who asks another; if not given: all are. */
  constructor(method: string, path: string, counts: (target: T) => boolean = () => true) {
    this.#method = method;
    this.#path = path;
    this.#counts = counts;
  }

  /** From a node on, with the segment that begins at `at`; beyond the end of the path there is none. */
  walk(node: Node<T>, at: number): T | undefined {
    if (at > this.#path.length) return this.#arrive(node) ?? node.below;
    const slash = this.#path.indexOf("/", at);
    const end = slash < 0 ? this.#path.length : slash;
    const segment = this.#path.slice(at, end);
    const next = node.fixed.size === 0 ? undefined : node.fixed.get(segment);
    const found = next && this.walk(next, end + 1);
    return found ?? this.#walkDynamic(node, at, segment) ?? this.#above(node, segment, end);
  }

  failure(): Match<T> | undefined {
    const allowed = this.#allowed;
    return allowed && { kind: "wrong method", allowed };
  }

  #walkDynamic(node: Node<T>, at: number, segment: string): T | undefined {
    const read = this.values.length;
    for (const edge of node.dynamic) {
      const text = edge.part.isFinal ? this.#path.slice(at) : segment;
      const left = edge.part.read(text, this.values);
      if (left !== NO_MATCH) {
        const found = this.walk(edge.node, at + text.length + 1 - left);
        if (found !== undefined) return found;
      }
      this.values.length = read;
    }
    return undefined;
  }

  /** Where the path ends. */
  #arrive(node: Node<T>): T | undefined {
    const target = node.targetFor(this.#method);
    if (target !== undefined) return target;
    this.#allow(node.targets);
    const withSlash = node.fixed.get("")?.targetFor(this.#method);
    this.lacksSlash = withSlash?.isStrict ?? false;
    return withSlash;
  }

  /** Where nothing further down takes what is left. */
  #above(node: Node<T>, segment: string, end: number): T | undefined {
    if (segment === "" && end === this.#path.length) {
      const lax = node.targets.filter(({ isStrict }) => !isStrict);
      const target = lax.find(({ methods }) => methods?.has(this.#method) ?? true);
      if (target !== undefined) return target;
      this.#allow(lax);
    }
    return node.below;
  }

  #allow(targets: readonly T[]): void {
    for (const { methods } of targets.filter(this.#counts)) {
      this.#allowed ??= new Set();
      for (const method of methods ?? []) this.#allowed.add(method);
    }
  }
}
