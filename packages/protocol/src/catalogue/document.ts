import { z } from "zod";
import { chainClaims, startsItsChain } from "../published/index.ts";
import { contentShape } from "./content.ts";

/** One version of a city's catalogue: the payload of a JWS that a registry key signs (PR-CATALOGUE §2). */
export const catalogueDocumentSchema = z
  .strictObject({ ...chainClaims, ...contentShape })
  .refine(startsItsChain.check, startsItsChain.fault);
export type CatalogueDocument = z.infer<typeof catalogueDocumentSchema>;

export const catalogueHeadSchema = z.object({ iss: chainClaims.iss, iat: chainClaims.iat });
export type CatalogueHead = z.infer<typeof catalogueHeadSchema>;
