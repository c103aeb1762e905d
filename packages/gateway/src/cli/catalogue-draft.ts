import { type CatalogueContent, catalogueContentSchema, contradictions } from "@xinqiao/protocol/catalogue";
import { ConfigError, readConfig } from "@xinqiao/runtime/config";
import { z } from "zod";
import type { CataloguePublishing } from "./catalogue-publishing.ts";

/** What `catalogue export` prints and an operator edits. */
const draftSchema = catalogueContentSchema.extend({
  /** The version it was exported from: two operators who edit the same one do not undo each other's changes. */
  after: z.number().int().positive().optional(),
});
export type CatalogueDraft = z.infer<typeof draftSchema>;

/** Reads a draft. Throws a ConfigError with every fault and its place. */
export async function readDraft(
  file: string,
  { registry }: Pick<CataloguePublishing, "registry">,
): Promise<CatalogueDraft> {
  const draft = await readConfig(draftSchema, file);
  const faults = [...contradictions(draft), ...graceFaults(draft, registry.document.grace)];
  if (faults.length > 0) {
    throw new ConfigError(
      file,
      faults.map(({ place, message }) => `${place}: ${message}`),
    );
  }
  return draft;
}

/** A grace of the registry's own or more would only read as if it were allowed. */
function graceFaults({ purposes }: CatalogueContent, grace: number) {
  return purposes.flatMap(({ code, graceSeconds }, at) =>
    graceSeconds === undefined || graceSeconds < grace
      ? []
      : [
          {
            place: `purposes.${at}.graceSeconds`,
            message: `purpose ${code} must have less than the registry's own ${grace} seconds`,
          },
        ],
  );
}
