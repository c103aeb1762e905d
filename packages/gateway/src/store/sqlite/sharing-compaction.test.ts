import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createHubCompaction } from "./sharing-compaction.ts";
import { openSharingFile } from "./sharing-file.ts";
import { plansOf } from "./testing/plans.ts";

it("drops pages of feeds that were replaced, before and after by name, without going through those of the one that is", () => {
  const folder = mkdtempSync(join(tmpdir(), "xinqiao-compaction-"));
  const path = join(folder, "sharing.db");
  const file = openSharingFile(path);
  file.exec(`
    INSERT INTO source (node, feed, up_to, head, whole) VALUES ('dg', 'f2', 1, 'h', 'f2');
    INSERT INTO page (position, source, feed, from_seq, last, hash, head, refused, at)
      VALUES (1, 'dg', 'f1', 1, 1, 'h', 'h', '[]', 1), (2, 'dg', 'f3', 1, 1, 'h', 'h', '[]', 1),
        (3, 'dg', 'f2', 1, 1, 'h', 'h', '[]', 1);`);
  file.close();
  const dropped: number[] = [];
  const plans = plansOf(path, (database) => {
    const { dropReplaced } = createHubCompaction(database);
    for (let turn = 0; turn < 3; turn += 1) dropped.push(dropReplaced(10));
  });
  expect(dropped).toEqual([1, 1, 0]);
  for (const range of ["feed<?", "feed>?"]) {
    expect(plans).toContain(`SEARCH page USING INDEX page_kept_of (source=? AND ${range})`);
  }
  rmSync(folder, { recursive: true, force: true });
});
