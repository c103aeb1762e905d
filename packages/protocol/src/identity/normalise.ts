const fullWidth = /[\uFF01-\uFF5E]/g;
const fullWidthOffset = 0xfee0;

/**
 * An identifier as people and spreadsheets write it, brought to the form the parsers accept: blanks
 * around it dropped, full-width characters made half-width, letters capital. For files and forms
 * only; what comes over the wire is parsed as it stands.
 */
export function normaliseIdentifier(text: string): string {
  return text
    .replace(fullWidth, (character) => String.fromCharCode(character.charCodeAt(0) - fullWidthOffset))
    .trim()
    .toUpperCase();
}
