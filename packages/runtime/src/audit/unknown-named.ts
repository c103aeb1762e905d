import type { Criteria } from "@xinqiao/protocol/audit";
import type { Catalogue } from "@xinqiao/protocol/catalogue";
import type { Directory } from "@xinqiao/protocol/registry";

/** The versions that are held here, as far as any is. */
export interface HeldVersions {
  readonly registry?: { readonly directory: Pick<Directory, "member"> } | undefined;
  readonly catalogue?: { readonly catalogue: Pick<Catalogue, "purposes"> } | undefined;
}

/**
 * What a search names and no version held here knows, each in a line for people. It is searched by all the same: the log
 * knows members that have left and purposes that have ended. Of a slip of the pen, though, it would just find nothing.
 */
export function unknownNamed(
  { member, authoriser, target, purpose }: Criteria,
  { registry, catalogue }: HeldVersions,
): string[] {
  const named = new Set([member, authoriser, target].filter((node) => node !== undefined));
  const members = [...named].filter((node) => registry && registry.directory.member(node) === undefined);
  const purposes = purpose && catalogue && !catalogue.catalogue.purposes.has(purpose) ? [purpose] : [];
  return [
    ...members.map(
      (node) =>
        `no member ${node} in the registry held here (it may have left, or be another city's): searched all the same · 本地成员清单中没有 ${node}（可能已退出或属其他城市），仍按其检索`,
    ),
    ...purposes.map(
      (code) =>
        `no purpose ${code} in the catalogue held here (it may have ended): searched all the same · 本地目录中没有用途 ${code}（可能已停用），仍按其检索`,
    ),
  ];
}
