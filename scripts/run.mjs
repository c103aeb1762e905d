// The one entry every npm script goes through. It needs only Node ≥ 20 and npm: it installs the pinned
// dependencies when they are missing or out of date (pnpm comes by npx, Node 24 by the `node` package),
// then runs the given TypeScript file on that Node. After the first install it needs no network.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, "node_modules", ".bin");
const stampFile = join(root, "node_modules", ".xinqiao-installed");

/** Changes whenever what must be installed changes. */
function stamp() {
  const hash = createHash("sha256");
  for (const file of ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"]) {
    hash.update(readFileSync(join(root, file)));
  }
  return hash.digest("hex");
}

function install() {
  const wanted = stamp();
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === wanted) return;
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  process.stderr.write(`Installing dependencies with ${packageManager} · 正在安装依赖 …\n`);
  const command = process.platform === "win32" ? "npx.cmd" : "npx";
  const result = spawnSync(command, ["-y", packageManager, "install", "--frozen-lockfile", "--silent"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (result.status !== 0) {
    process.stderr.write(
      "Installing failed: see above; is the npm registry reachable? · 安装失败：请查看上方信息并检查 npm 源\n",
    );
    process.exit(result.status ?? 1);
  }
  writeFileSync(stampFile, wanted);
}

install();
const [first, ...rest] = process.argv.slice(2);
const [program, args] =
  first === "--bin" ? [join(bin, rest[0]), rest.slice(1)] : [join(bin, "node"), [join(root, first), ...rest]];
const child = spawn(program, args, {
  stdio: "inherit",
  env: {
    // Keeps compiled code between runs: commands start sooner, and a server that runs from TypeScript source
    // does not keep the type stripper in memory.
    NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "xinqiao"),
    ...process.env,
    PATH: `${bin}${delimiter}${process.env.PATH}`,
  },
});
// A signal to the group reaches the child as well; waiting for it lets it end in its own time.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
