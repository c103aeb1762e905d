import { describe, expect, it } from "vitest";
import { createTurns } from "./turns.ts";

describe("turns", () => {
  it("are taken one after the other for one key, in the order they came, and beside those of another", async () => {
    const turns = createTurns();
    const done: string[] = [];
    const gates = new Map<string, () => void>();
    const work = (name: string) => async () => {
      done.push(`${name} begins`);
      await new Promise<void>((resolve) => gates.set(name, resolve));
      done.push(`${name} ends`);
      return name;
    };
    const [first, second, other] = [turns("a", work("1")), turns("a", work("2")), turns("b", work("3"))];
    await Promise.resolve();
    expect(done).toEqual(["1 begins", "3 begins"]);
    gates.get("1")?.();
    expect(await first).toBe("1");
    gates.get("3")?.();
    await other;
    gates.get("2")?.();
    expect(await second).toBe("2");
    expect(done).toEqual(["1 begins", "3 begins", "1 ends", "2 begins", "3 ends", "2 ends"]);
  });

  it("come to the next when one fails", async () => {
    const turns = createTurns();
    const failed = turns("a", () => Promise.reject(new Error("the first")));
    const next = turns("a", () => Promise.resolve("the second"));
    await expect(failed).rejects.toThrow("the first");
    expect(await next).toBe("the second");
  });
});
