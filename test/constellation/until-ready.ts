import { request } from "undici";

/** Polls readiness; the caller's own time limit bounds it. */
export async function untilReady(origin: string): Promise<void> {
  for (;;) {
    const status = await request(`${origin}/readyz`).then(
      async (reply) => {
        await reply.body.dump();
        return reply.statusCode;
      },
      () => 0,
    );
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
