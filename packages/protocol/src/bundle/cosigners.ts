import { judgeQuorum, logVerifiers, verifyCosignatures, witnessesOf } from "../checkpoint/index.ts";
import type { NodeId } from "../identity/index.ts";
import { type Note, type NoteVerifier, verifiedSignatures } from "../note/index.ts";
import type { Registry } from "../registry/index.ts";
import type { Findings } from "./finding.ts";

/** Which organisations have cosigned the checkpoint, by the newest registry there is. */
export function checkCosigners(
  note: Note,
  {
    city,
    pinned,
    registry,
  }: { readonly city: NodeId; readonly pinned: NoteVerifier; readonly registry: Registry },
  findings: Findings,
): void {
  const { members, log = [] } = registry.document;
  const witnesses = witnessesOf(members);
  const cosigned = verifyCosignatures(note, witnesses);
  const own = verifiedSignatures(note, [pinned, ...logVerifiers(city, log)]);
  if (!cosigned.ok || !own.ok) {
    findings.wrong("检查点上有一个签名不成立", "a signature on the checkpoint does not hold");
    return;
  }
  if (own.value.length + cosigned.value.length !== note.signatures.length) {
    findings.wrong("检查点上有来历不明的签名", "the checkpoint has a signature of nobody known");
  }
  const judged = judgeQuorum(city, cosigned.value, { quorum: 1 });
  if (!judged.reached) {
    findings.missing(
      "检查点没有其他组织的见证签名：仅由日志所属城市自己担保",
      "no other organisation has cosigned the checkpoint: the log's own city alone vouches for it",
    );
    return;
  }
  const times = cosigned.value.map(({ time }) => time);
  const first = new Date(Math.min(...times) * 1000).toISOString();
  findings.proved(
    `${judged.members.length} 个其他组织已见证签名（${judged.members.join("、")}），最早于 ${first}`,
    `${judged.members.length} other organisations have cosigned it (${judged.members.join(", ")}), the first at ${first}`,
  );
}
