/** A failure the person at the terminal can do something about; its message says what. */
export class CommandError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "CommandError";
  }
}
