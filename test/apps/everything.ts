/** All applications of the contract: each below its own name, and `environment` at the root. */

import { mount } from "../../src/routing/mount.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { application as asTold } from "./as_told.ts";
import { application as closes } from "./closes.ts";
import { application as complains } from "./complains.ts";
import { application as counts } from "./counts.ts";
import { application as echo } from "./echo.ts";
import { application as emptiesEnviron } from "./empties_environ.ts";
import { application as environment } from "./environment.ts";
import { application as hints } from "./hints.ts";
import { application as ignoresBody } from "./ignores_body.ts";
import { application as oneByOne } from "./one_by_one.ts";
import { application as raises } from "./raises.ts";
import { application as reads } from "./reads.ts";
import { application as returnsNonsense } from "./returns_nonsense.ts";
import { application as startsLate } from "./starts_late.ts";
import { application as startsTwice } from "./starts_twice.ts";

export const application: Application = mount({
  "/": environment,
  "/as_told": asTold,
  "/closes": closes,
  "/complains": complains,
  "/counts": counts,
  "/echo": echo,
  "/empties_environ": emptiesEnviron,
  "/environment": environment,
  "/hints": hints,
  "/ignores_body": ignoresBody,
  "/one_by_one": oneByOne,
  "/raises": raises,
  "/reads": reads,
  "/returns_nonsense": returnsNonsense,
  "/starts_late": startsLate,
  "/starts_twice": startsTwice,
});
