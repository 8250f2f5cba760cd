/** Servers of TypeScript and JavaScript, each in two processes by its documented way: node:cluster. */
import type { BenchServer, Served } from "./bench-server.ts";

export const TYPESCRIPT_SERVERS: readonly BenchServer[] = [
  {
    name: "Portico",
    software: "Portico",
    needs: [],
    command: (served) => portico(`bench/apps/${served.application}.ts`, served),
  },
  nodeServer("node:http", "node-http", []),
  nodeServer("Fastify", "fastify", ["npm:fastify"]),
  nodeServer("Hono", "hono", ["npm:hono", "npm:@hono/node-server"]),
  nodeServer("srvx", "srvx", ["npm:srvx"]),
  nodeServer("Express", "express", ["npm:express"]),
];

export function portico(target: string, { port, workers = 2, idleSeconds }: Served): string[] {
  const settings = ["-w", String(workers), "-b", `127.0.0.1:${port}`];
  const keepAlive = idleSeconds === undefined ? [] : ["--keep-alive", String(idleSeconds)];
  return ["node", "bin/portico.mjs", target, ...settings, ...keepAlive];
}

/** peers/node/PROGRAM.mjs, which says Hello World whatever the application. */
function nodeServer(software: string, program: string, needs: BenchServer["needs"]): BenchServer {
  const command: BenchServer["command"] = ({ port, idleSeconds }) => {
    const settings = idleSeconds === undefined ? [port] : [port, String(idleSeconds)];
    return ["node", `peers/node/${program}.mjs`, ...settings];
  };
  const environ: BenchServer["environ"] = () => ({ NODE_ENV: "production" });
  return {
    name: software,
    software,
    needs,
    command,
    environ,
    remark: "2 processes by node:cluster",
  };
}
