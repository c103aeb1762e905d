import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { correctionsSchema } from "@xinqiao/protocol/sync";
import { CommandError } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import type { CorrectionAct } from "../sharing/index.ts";
import { openStore } from "../store/index.ts";
import { heldCatalogue } from "./held-catalogue.ts";
import { readIdentifier } from "./identifier.ts";
import { postLocal } from "./local-api.ts";

/** Corrects one of this member's own records; a running agent tells the city. */
export async function correct(id: string, home: string, act: CorrectionAct): Promise<string> {
  const { store: path } = await loadConfig(home);
  const store = openStore(path);
  try {
    const held = store.own.byId(id);
    if (held === undefined) throw new CommandError("there is no such record · 没有该记录");
    if (!store.own.correct(id, act, new Date().toISOString())) {
      throw new CommandError(`it stands so already · 该记录已是此状态 (${held.state})`);
    }
    return `version · 版本 ${held.version + 1}: ${act.state}`;
  } finally {
    store.close();
  }
}

export interface CopiesOptions {
  readonly home: string;
  readonly kind: string;
  readonly scheme: string;
  readonly items?: string;
}

/** What others have shared about a subject, as JSON. */
export async function copies(given: string, options: CopiesOptions): Promise<string> {
  const config = await loadConfig(options.home);
  const items = options.items?.split(",") ?? [...(await heldCatalogue(config)).items.keys()];
  return postLocal(config, "/v1/copies", {
    subject: { kind: options.kind, scheme: options.scheme, id: await readIdentifier(given) },
    items: items.map((item) => itemCodeSchema.parse(item)),
  });
}

/** How corrections of this member's own records fare, a line each. */
export async function corrections(options: {
  readonly home: string;
  readonly json?: boolean;
}): Promise<string> {
  const config = await loadConfig(options.home);
  const answered = await postLocal(config, "/v1/corrections", {});
  if (options.json) return answered;
  const { corrections: all } = correctionsSchema.parse(JSON.parse(answered));
  const lines = all.map(({ seq, effect, openedAt, dueOn, holders, completion }) => {
    const late = holders.filter(({ acknowledgedAt }) => acknowledgedAt === undefined).map(({ node }) => node);
    const standing =
      completion === undefined ? `waits for · 待回执: ${late.join(", ")}` : "complete · 已办结";
    const opened = new Date(openedAt * 1000).toISOString();
    return [seq, effect, opened, dueOn, `${holders.length - late.length}/${holders.length}`, standing].join(
      "\t",
    );
  });
  return ["change 变更\teffect 类型\topened 受理\tdue 期限\treceipts 回执\tstanding 状态", ...lines].join(
    "\n",
  );
}
