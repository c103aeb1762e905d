/** So many rows may go without an operator's word, or this part of all. */
const [fewRows, fewPart] = [20, 0.1];

export function isMoreThanGoes(gone: number, known: () => number): boolean {
  return gone > fewRows && gone > known() * fewPart;
}
