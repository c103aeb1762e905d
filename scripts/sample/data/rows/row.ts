import type { Dice } from "../dice.ts";
import type { Office, OfficeKind, SamplePlace } from "../nodes.ts";
import type { SampleSubject } from "../population.ts";

/** National columns in catalogue form: days as `YYYY-MM-DD`, amounts in 万元, empty columns left out. */
export type Row = Readonly<Record<string, string>>;

/** What one row is about; everything else in it comes from the dice. */
export interface About {
  readonly subject: SampleSubject;
  readonly node: SamplePlace;
  /** Unique among the node's documents. */
  readonly number: number;
  readonly dice: Dice;
}

export type RowMaker = (about: About) => Row;

/** A document number: `示深宝市监罚字〔2024〕0001234号`. */
export function documentNumber({ node, number }: About, kind: string, day: string): string {
  return `${node.mark}${kind}字〔${day.slice(0, 4)}〕${String(number).padStart(7, "0")}号`;
}

/** The party block of the national licence and penalty files. */
export function party(prefix: "XK" | "CF", { subject, name, category, representative }: SampleSubject): Row {
  const party = `${prefix}_XDR`;
  return {
    [`${party}_MC`]: name,
    [`${party}_LB`]: category,
    ...(subject.scheme === "uscc"
      ? { [`${party}_SHXYM`]: subject.id }
      : { [`${party}_ZJLX`]: "身份证", [`${party}_ZJHM`]: subject.id }),
    ...(representative !== undefined && { [`${prefix}_FRDB`]: representative }),
  };
}

/** The subject block of the items without a national file. */
export function holder(prefix: string, { subject, name, representative }: SampleSubject): Row {
  return {
    [`${prefix}_ZTMC`]: name,
    ...(subject.scheme === "uscc"
      ? { [`${prefix}_SHXYM`]: subject.id }
      : { [`${prefix}_ZJLX`]: "身份证", [`${prefix}_ZJHM`]: subject.id }),
    ...(representative !== undefined && { [`${prefix}_FRDB`]: representative }),
  };
}

/** An office under a column, with its code beside it. */
export function office(column: string, { name, code }: Office): Row {
  return { [column]: name, [`${column}DM`]: code };
}

export function reportedBy(prefix: string, node: SamplePlace, kind: OfficeKind): Row {
  return office(`${prefix}_SJLY`, node.offices[kind]);
}

/** An amount in 万元 with two decimals or six, as offices write them. */
export function amount(dice: Dice, most: number): string {
  const decimals = dice.chance(0.1) ? 6 : 2;
  return Math.max(0.05, dice.fraction() ** 3 * most).toFixed(decimals);
}
