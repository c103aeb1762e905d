import { suiteNameSchema } from "@xinqiao/protocol/keys";
import { readBody } from "@xinqiao/protocol/transport";
import { type Context, Hono } from "hono";
import type { HttpEnv } from "../http/index.ts";
import {
  type KeyList,
  keysPath,
  type LocalKey,
  maxDataBytes,
  type ReturnValue,
  returnValues,
} from "../keys/index.ts";

export interface SigningDependencies {
  /** By thumbprint. */
  readonly keys: () => ReadonlyMap<string, LocalKey>;
  readonly bodyTimeoutMs: number;
  readonly onRefused: (rv: ReturnValue) => void;
  readonly onError: (error: unknown) => void;
}

/** Lists its keys and signs with them. Whoever may open the socket may have anything signed; nobody gets a key. */
export function signingApp(deps: SigningDependencies): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  const refuse = (rv: ReturnValue) => {
    deps.onRefused(rv);
    return Response.json({ rv }, { status: returnValues[rv] });
  };
  app.get(keysPath, (context) => context.json(listOf(deps.keys())));
  app.post("/v1/sign/:keyId/:mechanism", async (context) => {
    const key = deps.keys().get(context.req.param("keyId"));
    if (key === undefined) return refuse("CKR_KEY_HANDLE_INVALID");
    const mechanism = suiteNameSchema.safeParse(context.req.param("mechanism"));
    if (mechanism.data !== key.signer.suite.name) return refuse("CKR_MECHANISM_INVALID");
    const data = await readData(context, deps.bodyTimeoutMs);
    if (typeof data === "string") return refuse(data);
    const signature = await key.signer.sign(data);
    return context.body(Buffer.from(signature), 200, { "content-type": "application/octet-stream" });
  });
  app.notFound(() => refuse("CKR_FUNCTION_NOT_SUPPORTED"));
  app.onError((error) => {
    deps.onError(error);
    return refuse("CKR_GENERAL_ERROR");
  });
  return app;
}

function listOf(keys: ReadonlyMap<string, LocalKey>): KeyList {
  return {
    keys: [...keys].map(([keyId, { publicKey, signer }]) => ({
      keyId,
      mechanism: signer.suite.name,
      publicKey,
    })),
  };
}

async function readData(context: Context<HttpEnv>, timeoutMs: number): Promise<Uint8Array | ReturnValue> {
  const length = context.req.header("content-length");
  const timeout = AbortSignal.timeout(timeoutMs);
  const body = await readBody(context.env.incoming, length, maxDataBytes, timeout);
  if (body.ok) return body.value;
  return body.error.code === "request.body-too-large" ? "CKR_DATA_LEN_RANGE" : "CKR_DATA_INVALID";
}
