import { defineConfig } from "vitest/config";
import { bundledThreads } from "./test/programs/folder.ts";

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export.
export default defineConfig({
  plugins: [bundledThreads],
  test: {
    name: "long",
    globalSetup: ["./test/programs/setup.ts"],
    setupFiles: ["./vitest.setup.ts"],
    include: ["test/long/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    testTimeout: 3_600_000,
    expect: { poll: { timeout: 20_000 } },
    hookTimeout: 180_000,
  },
});
