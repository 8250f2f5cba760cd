/** What a Python worker is made with, and whom it tells what comes of it. */
import type { Logger } from "../../log/logger.ts";
import type { OnFinding } from "../../wsgi/lint/finding.ts";
import type { BridgeCall } from "../bridge-call.ts";
import type { PythonProcess } from "./python-process.ts";
import type { PythonWorker } from "./python-worker.ts";

export interface PythonWorkerOptions {
  /** Makes its process. */
  readonly start: () => PythonProcess;
  /** Names and values of the SETTINGS frame, beside the version. */
  readonly settings: readonly string[];
  readonly threads: number;
  /** Bytes of DATA that each of its streams may have under way, as the settings say. */
  readonly window: number;
  /** Whether the gateway reads files for it: to one in a sandbox that would be a way out. */
  readonly mayClaimFiles: boolean;
  /** Whether it is told before it is killed for what took too long. */
  readonly wantsAbort: boolean;
  readonly log: Logger;
  /** What it has to do before it takes requests; where it rejects, the worker has not come up. */
  readonly warmUp: ((worker: PythonWorker) => Promise<void>) | undefined;
  /** Is told of what lint finds in the worker. */
  readonly onFinding: OnFinding | undefined;
  /** Places have become free, or the worker has come up. */
  readonly onFree: (worker: PythonWorker) => void;
  /** The worker is gone, with these requests unanswered: begun, and not begun. */
  readonly onGone: (
    worker: PythonWorker,
    begun: readonly BridgeCall[],
    notBegun: readonly BridgeCall[],
  ) => void;
  /** The worker has given a request back, unbegun. */
  readonly onReturned: (call: BridgeCall) => void;
}
