import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe } from "vitest";
import { measuresContract } from "../../measures/measures.contract.ts";
import { type OpenedHub, openHub } from "./index.ts";

describe("measures in the hub's file", () => {
  let folder: string;
  let hub: OpenedHub;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "xinqiao-measures-"));
    hub = openHub(join(folder, "sharing.db"));
  });

  afterEach(() => {
    hub.close();
    rmSync(folder, { recursive: true, force: true });
  });

  measuresContract(() => hub);
});
