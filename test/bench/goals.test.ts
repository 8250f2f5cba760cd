import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CHAPTERS } from "../../bench/report/chapters.ts";
import { GOALS, type Goal, judgeGoals } from "../../bench/report/goals.ts";
import { SERVERS } from "../../bench/servers/servers.ts";
import { failed, madeUpResults, madeUpWork, measured, speeds } from "./made-up-results.ts";

const FASTER: Goal = {
  work: "hello",
  measure: "requestsPerSecond",
  rivals: ["uWSGI", "gunicorn"],
  ratio: 1.25,
};

/** Verdict and words of one goal. */
function judge(goal: Goal, ...servers: Parameters<typeof madeUpWork>[1]): string {
  const [judgement] = judgeGoals(madeUpResults(madeUpWork(goal.work, servers)), [goal]);
  return `${judgement?.verdict}: ${judgement?.words}`;
}

describe("a ratio", () => {
  test("is reached by the bound itself, and missed by less", () => {
    const rivals = [measured("uWSGI", ...speeds(80)), measured("gunicorn", ...speeds(10))];
    assert.equal(
      judge(FASTER, measured("Portico", ...speeds(100)), ...rivals),
      "reached: 1.25 × uWSGI (goal at least 1.25 ×)",
    );
    assert.equal(
      judge(FASTER, measured("Portico", ...speeds(99)), ...rivals),
      "missed: 1.24 × uWSGI (goal at least 1.25 ×)",
    );
  });

  test("is to the best settings of the best rival, by the medians", () => {
    const words = judge(
      FASTER,
      measured("Portico", ...speeds(1, 300, 200)),
      measured("gunicorn sync", ...speeds(60)),
      measured("gunicorn gthread", ...speeds(100, 999, 1)),
      measured("uWSGI", ...speeds(50)),
    );
    assert.equal(words, "reached: 2.00 × gunicorn gthread (goal at least 1.25 ×)");
  });

  test("of what is better when less is bound from above", () => {
    const goal: Goal = { work: "rate", measure: "p99", rivals: { allBut: [] }, ratio: 1 };
    const others = [measured("uWSGI", { p99: 0.004 }), measured("nginx", { p99: 0.002 })];
    assert.equal(
      judge(goal, measured("Portico", { p99: 0.001 }), ...others),
      "reached: 0.50 × nginx (goal at most 1 ×)",
    );
    assert.equal(
      judge(
        { ...goal, rivals: { allBut: ["nginx"] } },
        measured("Portico", { p99: 0.005 }),
        ...others,
      ),
      "missed: 1.25 × uWSGI (goal at most 1 ×)",
    );
  });

  test("is not reached while a rival was not there to compare with", () => {
    const ours = measured("Portico", ...speeds(100));
    assert.equal(
      judge(FASTER, ours, measured("gunicorn", ...speeds(10)), failed("uWSGI", "no C compiler")),
      "not judged: 10.00 × gunicorn (goal at least 1.25 ×); uWSGI failed: no C compiler",
    );
    assert.equal(
      judge(FASTER, ours, measured("gunicorn", ...speeds(100)), failed("uWSGI", "no C compiler")),
      "missed: 1.00 × gunicorn (goal at least 1.25 ×); uWSGI failed: no C compiler",
    );
    assert.equal(
      judge(FASTER, ours, failed("uWSGI", "no C compiler")),
      "not judged: uWSGI failed: no C compiler; gunicorn was not measured",
    );
  });

  test("is not reached by who failed in some rounds", () => {
    const ours = { ...measured("Portico", ...speeds(100)), failure: "a wrong answer in round 2" };
    assert.equal(
      judge({ ...FASTER, rivals: ["uWSGI"] }, ours, measured("uWSGI", ...speeds(10))),
      "not judged: 10.00 × uWSGI (goal at least 1.25 ×); Portico failed: a wrong answer in round 2",
    );
  });

  test("is not reached with errors, and tells of the rival's", () => {
    const goal = { ...FASTER, rivals: ["uWSGI"] };
    const good = measured("Portico", ...speeds(100));
    const bad = measured("Portico", { requestsPerSecond: 100, errors: 1500 });
    assert.equal(
      judge(goal, bad, measured("uWSGI", ...speeds(10))),
      "not judged: 10.00 × uWSGI (goal at least 1.25 ×); Portico had 1,500 errors",
    );
    assert.equal(
      judge(goal, good, measured("uWSGI", { requestsPerSecond: 10, errors: 2 })),
      "reached: 10.00 × uWSGI (goal at least 1.25 ×); uWSGI had 2 errors",
    );
  });

  test("is not judged where ours failed", () => {
    assert.equal(
      judge(FASTER, failed("Portico", "it did not start"), measured("uWSGI", ...speeds(1))),
      "not judged: Portico failed: it did not start",
    );
  });
});

test("a limit is for the worst of our servers", () => {
  const goal: Goal = { work: "idle", measure: "bytesPerConnection", limit: 4096 };
  const servers = [
    measured("Portico Python", { bytesPerConnection: 5120 }),
    measured("Portico TypeScript", { bytesPerConnection: 3072 }),
    measured("nginx", { bytesPerConnection: 512 }),
  ];
  assert.equal(
    judge(goal, ...servers),
    "missed: 5.00 KiB a connection, Portico Python (goal at most 4.00 KiB a connection)",
  );
  assert.equal(
    judge(goal, ...servers.slice(1)),
    "reached: 3.00 KiB a connection, Portico TypeScript (goal at most 4.00 KiB a connection)",
  );
});

test("a goal whose work was not measured says so", () => {
  const [judgement] = judgeGoals(madeUpResults(), [FASTER]);
  assert.deepEqual(judgement, {
    goal: FASTER,
    verdict: "not judged",
    words: "the work was not measured",
  });
});

test("every goal is about a work that a chapter tells of", () => {
  const works = new Set(CHAPTERS.flatMap((chapter) => chapter.works));
  assert.deepEqual(
    GOALS.filter(({ work }) => !works.has(work)),
    [],
  );
});

test("every rival that a goal names is in the tables of servers", () => {
  const known = new Set(
    Object.values(SERVERS).flatMap((servers) => servers.map(({ software }) => software)),
  );
  const named = GOALS.flatMap((goal) =>
    "limit" in goal || "allBut" in goal.rivals ? [] : goal.rivals,
  );
  assert.deepEqual(
    named.filter((software) => !known.has(software)),
    [],
  );
});
