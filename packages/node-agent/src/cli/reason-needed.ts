import { CommandError } from "@xinqiao/runtime/cli";

/** Says by its option what is missing, where an outcome has to say why. */
export function reasonNeeded({
  outcome,
  reason = "",
}: {
  readonly outcome: string;
  readonly reason?: string;
}): void {
  if (reason !== "") return;
  throw new CommandError(`--reason is needed with ${outcome} · 选择 ${outcome} 时须填写 --reason`);
}
