import type { Database } from "../database.ts";

/** Words by number. A number is never given to another word. */
export interface Names {
  /** Writes a word that is new. */
  number(text: string): number;
  /** Nothing for a word that no line has. */
  known(text: string): number | undefined;
  /** Nothing for a number that was never given. */
  text(number: number): string | undefined;
}

export function openNames(database: Database): Names {
  const read = database.prepare<[string], number>("SELECT id FROM name WHERE text = ?").pluck();
  const add = database.prepare<[string]>("INSERT INTO name (text) VALUES (?)");
  const known = (text: string) => read.get(text);
  const word = database.prepare<[number], string>("SELECT text FROM name WHERE id = ?").pluck();
  return {
    known,
    text: (number) => word.get(number),
    number: (text) => known(text) ?? Number(add.run(text).lastInsertRowid),
  };
}
