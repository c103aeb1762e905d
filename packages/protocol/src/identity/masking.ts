const shownAhead = 4;
const shownBehind = 2;
const shortest = 10;

/** `4403**************1X`: province and city, and the end. An identifier too short to hide anything in is hidden whole. */
export function maskIdentifier(identifier: string): string {
  if (identifier.length < shortest) return "*".repeat(identifier.length);
  const hidden = identifier.length - shownAhead - shownBehind;
  return `${identifier.slice(0, shownAhead)}${"*".repeat(hidden)}${identifier.slice(-shownBehind)}`;
}

/** `张**`: the first character only, counted in code points; a name of one character is hidden whole. */
export function maskName(name: string): string {
  const [first = "", ...rest] = name;
  return rest.length === 0 ? "*".repeat(first === "" ? 0 : 1) : `${first}${"*".repeat(rest.length)}`;
}

/** As long as a person's number was before 1999, or longer, also in full-width digits. */
const longNumber = /[0-9０-９]{15,}[XxＸｘ]?/g;

/** A name that somebody else gave, such as a file's: numbers in it that may be a person's are masked. */
export function maskNumbersIn(text: string): string {
  return text.replace(longNumber, maskIdentifier);
}
