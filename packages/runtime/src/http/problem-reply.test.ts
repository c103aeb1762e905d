import { FaultError, fault } from "@xinqiao/protocol/problem";
import { describe, expect, it } from "vitest";
import { thrownReply } from "./problem-reply.ts";

describe("what nobody caught", () => {
  it("is answered by the fault it carries, and with nothing of a bug", async () => {
    const away = thrownReply(new FaultError(fault("key.unavailable")), { hop: "sz" });
    expect(away.status).toBe(503);
    expect(await away.json()).toMatchObject({ code: "key.unavailable", hop: "sz" });
    const bug = thrownReply(new Error("a secret"), { hop: "sz" });
    expect(bug.status).toBe(500);
    const text = await bug.text();
    expect(text).toContain("server.internal");
    expect(text).not.toContain("secret");
  });
});
