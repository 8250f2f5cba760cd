import assert from "node:assert/strict";
import { closeSync } from "node:fs";
import { describe, test } from "node:test";
import { ConnectionShares, OwnShare } from "../../src/supervisor/connection-shares.ts";

class Shared implements Disposable {
  readonly shares = new ConnectionShares();

  worker(): { readonly place: number; readonly share: OwnShare } {
    const place = this.shares.take();
    assert.ok(place !== undefined);
    return { place, share: new OwnShare(this.shares.descriptor, place) };
  }

  [Symbol.dispose](): void {
    closeSync(this.shares.descriptor);
  }
}

describe("a server worker leaves the next connection to others", () => {
  test("where it has more than another by more than a little", () => {
    using shared = new Shared();
    const [one, other] = [shared.worker().share, shared.worker().share];
    one.tell(12);
    other.tell(8);
    assert.equal(one.shouldHaveNext(12), true);
    assert.equal(other.shouldHaveNext(8), false);
    other.tell(10);
    assert.equal(one.shouldHaveNext(12), false);
  });

  test("not again with as many for half a second: where connections are short, that would never end", () => {
    using shared = new Shared();
    const clock = { now: 0 };
    const { place } = shared.worker();
    const one = new OwnShare(shared.shares.descriptor, place, () => clock.now);
    assert.ok(shared.worker().share);
    assert.equal(one.shouldHaveNext(10), true);
    assert.equal(one.shouldHaveNext(9), false);
    assert.equal(one.shouldHaveNext(10), false);
    assert.equal(one.shouldHaveNext(11), true);
    one.tell(0);
    assert.equal(one.shouldHaveNext(6), true);
    assert.equal(one.shouldHaveNext(6), false);
    clock.now = 500;
    assert.equal(one.shouldHaveNext(9), true);
  });

  test("not where it is alone", () => {
    using shared = new Shared();
    const { share } = shared.worker();
    share.tell(10_000);
    assert.equal(share.shouldHaveNext(10_000), false);
  });

  test("not where the other takes none any more", () => {
    using shared = new Shared();
    const [one, other] = [shared.worker().share, shared.worker().share];
    other.leave();
    assert.equal(one.shouldHaveNext(100), false);
  });

  test("not where the other has ended without a word, whose place another gets", () => {
    using shared = new Shared();
    const [one, other] = [shared.worker().share, shared.worker()];
    shared.shares.free(other.place);
    assert.equal(one.shouldHaveNext(100), false);
    assert.equal(shared.worker().place, other.place);
    assert.equal(one.shouldHaveNext(100), true);
  });
});

test("where there are more workers than places, some have none", () => {
  using shared = new Shared();
  let places = 0;
  while (shared.shares.take() !== undefined) places += 1;
  assert.equal(places, 256);
});
