import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openSharingFile } from "./sharing-file.ts";

it("digests nothing again because a record has ended, and what is held anew", () => {
  const folder = mkdtempSync(join(tmpdir(), "xinqiao-digests-"));
  const database = openSharingFile(join(folder, "sharing.db"));
  const undigested = () => database.prepare("SELECT record FROM undigested").pluck().all();
  database.exec(`
    INSERT INTO held (source, record, position, seq, given, feed, version, state, item, scheme, subject, cut)
      VALUES ('dg', 'penalty:1', 1, 1, 1, 'f', 1, 'current', 'penalty', 'uscc', 's', '2026-01-31');
    DELETE FROM undigested;
    UPDATE held SET ended_at = 1;`);
  expect(undigested()).toEqual([]);
  database.exec("UPDATE held SET seq = 2");
  expect(undigested()).toEqual(["penalty:1"]);
  database.close();
  rmSync(folder, { recursive: true, force: true });
});
