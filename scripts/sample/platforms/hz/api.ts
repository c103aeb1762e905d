import { createHash, timingSafeEqual } from "node:crypto";
import { Hono } from "hono";
import { z } from "zod";
import type { Archive } from "./archive.ts";
import { codeTypes, keyHeader, queryPath } from "./lists.ts";

const querySchema = z.object({
  dataType: z.string().max(16),
  codeType: z.enum([codeTypes.uscc, codeTypes["citizen-id"]]),
  subjectCode: z.string().min(1).max(32),
});

/** The platform's own envelope: its `code` beside the HTTP status, `msg` for people. */
const envelope = (code: number, msg: string, data: object | null = null) => ({ code, msg, data });

/** Huizhou's interface as its maker designed it, years before anybody thought of a federation. */
export function hzApi(archive: Pick<Archive, "of">, key: string): Hono {
  const app = new Hono();
  const expected = digest(key);
  app.get("/health", (context) => context.json(envelope(0, "success")));
  app.post(queryPath, async (context) => {
    if (!timingSafeEqual(digest(context.req.header(keyHeader) ?? ""), expected)) {
      return context.json(envelope(40101, "接口密钥无效"), 401);
    }
    const body: unknown = await context.req.json().catch(() => undefined);
    const query = querySchema.safeParse(body);
    if (!query.success) return context.json(envelope(40001, "参数错误"), 400);
    const list = archive.of(query.data.dataType, query.data.subjectCode);
    return context.json(envelope(0, "success", { total: list.length, list }));
  });
  app.notFound((context) => context.json(envelope(40401, "接口不存在"), 404));
  return app;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
