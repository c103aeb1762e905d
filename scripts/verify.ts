/**
 * `npm test`: format and lint, types, then every test. Stops at the first step that fails and says which.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const bin = (name: string) => join(root, "node_modules", ".bin", name);

interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

const steps: readonly Step[] = [
  { name: "lint and format · 代码检查", command: [bin("biome"), "check", "--error-on-warnings", "."] },
  { name: "types · 类型检查", command: [bin("tsc"), "--build"] },
  { name: "tests · 测试", command: [bin("vitest"), "run"] },
];

for (const { name, command } of steps) {
  process.stdout.write(`\n▶ ${name}\n`);
  const [program, ...args] = command;
  const result = spawnSync(program, args, { cwd: root, stdio: "inherit" });
  if (result.status !== 0) {
    process.stderr.write(`✗ ${name} failed · 未通过\n`);
    process.exit(result.status ?? 1);
  }
}
