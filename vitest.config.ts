import { defineConfig } from "vitest/config";
import { bundledThreads } from "./test/programs/folder.ts";

const exclude = ["**/node_modules/**", "**/dist/**"];
const setupFiles = ["./vitest.setup.ts"];
// Whatever comes to pass is waited for as long as a busy machine takes: vitest's own second is none.
const expectations = { poll: { timeout: 20_000 } };

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export.
export default defineConfig({
  test: {
    // Whole federations mostly wait for one another: more of them than a small machine has processors.
    maxWorkers: 4,
    // A file's modules are loaded once a worker, not once a file: a third of the whole time. No test leaves anything behind.
    isolate: false,
    globalSetup: ["./test/programs/setup.ts"],
    projects: [
      {
        plugins: [bundledThreads],
        test: {
          name: "unit",
          setupFiles,
          expect: expectations,
          // A machine with other work to do is no failure.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          include: ["packages/**/*.test.ts", "scripts/**/*.test.ts"],
          exclude,
        },
      },
      {
        plugins: [bundledThreads],
        test: {
          name: "federation",
          setupFiles,
          expect: expectations,
          include: ["test/**/*.test.ts"],
          exclude: [...exclude, "test/long/**"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
