import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, type Running, startProgram } from "./processes.ts";

/** nginx as a plain reverse proxy in front of an origin; undefined where it is not installed. */
export async function startNginx(
  folder: string,
  upstream: string,
): Promise<{ origin: string; running: Running } | undefined> {
  if (spawnSync("nginx", ["-v"]).error) return undefined;
  const port = await freePort();
  const file = join(folder, "nginx.conf");
  writeFileSync(
    file,
    `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/nginx.log; worker_processes 2;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  upstream source { server ${new URL(upstream).host}; keepalive 64; }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://source; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}
`,
  );
  const origin = `http://127.0.0.1:${port}`;
  return { origin, running: await startProgram("nginx", ["-c", file, "-p", folder], `${origin}/ready`) };
}
