import { publicJwkSchema, type SuiteName, suiteNameSchema, thumbprintSchema } from "@xinqiao/protocol/keys";
import { z } from "zod";

/**
 * What is said over a signing daemon's socket, in the shape of PKCS #11: keys are listed, a key signs by one mechanism,
 * and there is nothing by which one could be had. Whoever speaks PKCS #11 to an HSM can stand in for the daemon.
 */
export const keysPath = "/v1/keys";

export const signPath = (keyId: string, mechanism: SuiteName) => `/v1/sign/${keyId}/${mechanism}`;

export const keyListSchema = z.strictObject({
  keys: z.array(
    z.strictObject({ keyId: thumbprintSchema, mechanism: suiteNameSchema, publicKey: publicJwkSchema }),
  ),
});
export type KeyList = z.infer<typeof keyListSchema>;

/** Why nothing was signed: the return values of PKCS #11 §5.1, each with its HTTP status. */
export const returnValues = {
  CKR_FUNCTION_NOT_SUPPORTED: 404,
  CKR_KEY_HANDLE_INVALID: 404,
  CKR_MECHANISM_INVALID: 422,
  CKR_DATA_LEN_RANGE: 413,
  CKR_DATA_INVALID: 400,
  CKR_GENERAL_ERROR: 500,
} as const;
export type ReturnValue = keyof typeof returnValues;

export const refusalSchema = z.object({ rv: z.string().regex(/^CKR_[A-Z_]{1,40}$/) });

/** An answer as large as a gateway takes, and room besides. */
export const maxDataBytes = 16 * 1024 * 1024;
