import { spawnSync } from "node:child_process";
import { statfsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { GatewayProcess, ProcessOptions } from "../constellation/index.ts";

/** A disk that a gateway's log fills, and on which the test can make room again. */
export interface SmallDisk {
  readonly options: ProcessOptions;
  /** Where this process sees a file of the gateway's log folder. */
  path(gateway: GatewayProcess, file: string): string;
  /** Takes what room there is, where the log alone would not. */
  fill(gateway: GatewayProcess): Promise<void>;
}

const ballast = "ballast";
const runs = (command: string, ...args: string[]) => spawnSync(command, [...args, "true"]).status === 0;

/**
 * A 3 MiB tmpfs in a mount namespace of the gateway's own, where the machine lets us make one; it is full
 * when writes fail. Elsewhere (a container without rights) the machine's disk with nearly all of its free
 * space declared the log's reserve; it is full when the reserve is touched.
 */
export function smallDisk(): SmallDisk {
  if (runs("unshare", "--mount")) return tmpfs("--mount");
  if (runs("unshare", "--user", "--map-root-user", "--mount"))
    return tmpfs("--user", "--map-root-user", "--mount");
  return reserve();
}

export const makeRoom = (disk: SmallDisk, gateway: GatewayProcess): Promise<void> =>
  rm(disk.path(gateway, ballast));

function tmpfs(...namespace: string[]): SmallDisk {
  return {
    options: {
      wrap: (command, home) => [
        "unshare",
        ...namespace,
        "bash",
        "-c",
        `mount -t tmpfs -o size=3m tmpfs "${home}/log" && head -c 1m /dev/zero > "${home}/log/${ballast}" && exec "$@"`,
        "bash",
        ...command,
      ],
    },
    path: (gateway, file) => `/proc/${gateway.pid}/root${gateway.home}/log/${file}`,
    async fill() {},
  };
}

/** More than other programs take or give back in the meantime. */
const marginBytes = 128 * 1024 * 1024;

function reserve(): SmallDisk {
  const { bavail, bsize } = statfsSync(tmpdir());
  return {
    options: { config: { logReserveBytes: bavail * bsize - marginBytes } },
    path: (gateway, file) => `${gateway.home}/log/${file}`,
    fill: (gateway) => writeFile(`${gateway.home}/log/${ballast}`, Buffer.alloc(2 * marginBytes)),
  };
}
