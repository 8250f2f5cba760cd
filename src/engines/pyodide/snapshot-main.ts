/** A thread that makes a snapshot, and ends. */
import { workerData } from "node:worker_threads";
import { type InterpreterSettings, makeSnapshot } from "./snapshot.ts";

// What a thread is started with is what pyodide-source.ts gives it.
const { settings, path } = workerData as { settings: InterpreterSettings; path: string };
await makeSnapshot(settings, path);
