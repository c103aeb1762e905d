import { mkdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { testFolder } from "../intake/testing/folder.ts";
import { makePlaces, placesIn, unusablePlaces } from "./places.ts";

const node = "sz-baoan";

describe("a watched folder", () => {
  it("is to be there; what is made in it is not yet", async () => {
    using folder = testFolder();
    const watched = folder.path("watched");
    expect(await unusablePlaces(watched, node)).toEqual([`${watched} (ENOENT)`]);
    mkdirSync(watched);
    expect(await unusablePlaces(watched, node)).toEqual([]);
    await makePlaces(placesIn(watched, node));
    expect(await unusablePlaces(watched, node)).toEqual([]);
  });

  it("is of no use where a file stands in a folder's place", async () => {
    using folder = testFolder();
    const watched = folder.path("watched");
    mkdirSync(watched);
    writeFileSync(folder.path("watched/done"), "");
    expect(await unusablePlaces(watched, node)).toEqual([`${folder.path("watched/done")} (ENOTDIR)`]);
  });
});
