/** Servers of files: nginx, and the usual choices of Node.js and Python. */
import { writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { gunicorn, PEERS_PYTHON } from "../../peers/python-commands.ts";
import { folderOfFiles } from "../files.ts";
import type { BenchServer, Served } from "./bench-server.ts";
import { portico } from "./typescript-servers.ts";

export const FILE_SERVERS: readonly BenchServer[] = [
  {
    name: "Portico",
    software: "Portico",
    needs: [],
    command: (served) => portico("bench/apps/static.ts", served),
    environ: staticRoot,
  },
  {
    name: "nginx",
    software: "nginx",
    needs: ["command:nginx"],
    prepare: (served) => writeFileSync(nginxFile(served), nginxSettings(served)),
    command: (served) => ["nginx", "-e", "stderr", "-c", nginxFile(served)],
    remark: "2 workers, sendfile, tcp_nopush, open_file_cache, no access log",
  },
  nodeServer("@fastify/static", "static-fastify", ["npm:fastify", "npm:@fastify/static"]),
  nodeServer("serve-static on Express", "static-express", ["npm:express", "npm:serve-static"]),
  nodeServer("sirv", "static-sirv", ["npm:sirv"]),
  nodeServer("Hono's serveStatic", "static-hono", ["npm:hono", "npm:@hono/node-server"]),
  {
    name: "python -m http.server",
    software: "http.server",
    needs: [],
    command: ({ port, scratch }) => {
      const address = `${port} --bind 127.0.0.1 --directory ${folderOfFiles(scratch)}`;
      // It writes its access log to stderr, whatever it is told.
      const command = `exec ${PEERS_PYTHON} -m http.server ${address} 2>/dev/null`;
      return ["sh", "-c", command];
    },
  },
  {
    name: "WhiteNoise on gunicorn",
    software: "WhiteNoise",
    needs: ["pip:whitenoise", "pip:gunicorn", "pip:gunicorn_h1c"],
    command: ({ port }) => {
      const site = { module: "bench.apps.whitenoise_files", port };
      return gunicorn(site, "--http-parser", "fast", "-w", "5");
    },
    environ: (served) => ({ PYTHONPATH: process.cwd(), ...staticRoot(served) }),
  },
];

function staticRoot({ scratch }: Served): Record<string, string> {
  return { STATIC_ROOT: folderOfFiles(scratch) };
}

/** peers/node/PROGRAM.mjs, which serves the folder that STATIC_ROOT names. */
function nodeServer(software: string, program: string, needs: BenchServer["needs"]): BenchServer {
  return {
    name: software,
    software,
    needs,
    command: ({ port }) => ["node", `peers/node/${program}.mjs`, port],
    environ: (served) => ({ NODE_ENV: "production", ...staticRoot(served) }),
    remark: "2 processes by node:cluster",
  };
}

function nginxFile({ scratch, port }: Served): string {
  return `${scratch}/nginx-${port}.conf`;
}

/** Values as the examples of https://nginx.org/en/docs/http/ngx_http_core_module.html have them. */
function nginxSettings({ scratch, port }: Served): string {
  const { uid, username } = userInfo();
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `  ${name}_temp_path ${scratch}/nginx-${name};`,
  );
  return `
${uid === 0 ? `user ${username};` : ""}
daemon off;
worker_processes 2;
worker_rlimit_nofile 65536;
pid ${scratch}/nginx-${port}.pid;
events { worker_connections 16384; }
http {
${temporary.join("\n")}
  types { text/plain txt; }
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  open_file_cache max=1000 inactive=20s;
  open_file_cache_valid 30s;
  server {
    listen 127.0.0.1:${port};
    root ${folderOfFiles(scratch)};
  }
}
`;
}
