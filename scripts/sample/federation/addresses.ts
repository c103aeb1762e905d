import { auditor, sampleNodes } from "../data/index.ts";
import { choosePorts } from "../processes/index.ts";

/** Who listens. Agents in the order of the sample's nodes. */
type Listener =
  | "gateway"
  | "admin"
  | `agent ${string}`
  | `local ${string}`
  | "dg platform"
  | "hz platform"
  | PeerListener;
/** Of Dongguan's own gateway and the place behind it. */
type PeerListener = "peer gateway" | "peer admin" | "peer agent" | "peer local";

/** Every member of Shenzhen, in the order of their ports. */
const members = [...sampleNodes, auditor].map(({ node }) => node);

const defaults: Readonly<Record<Listener, number>> = {
  gateway: 8440,
  admin: 8449,
  ...Object.fromEntries(members.map((node, at) => [`agent ${node}`, 8441 + at])),
  ...Object.fromEntries(members.map((node, at) => [`local ${node}`, 8541 + at])),
  "dg platform": 8553,
  "hz platform": 8554,
  "peer gateway": 8450,
  "peer admin": 8459,
  "peer agent": 8451,
  "peer local": 8551,
};

/** `host:port` on loopback for everything of one city that listens. */
export interface CityAddresses {
  readonly gateway: string;
  /** Health, metrics and targets. */
  readonly admin: string;
  /** Where the gateway reaches an agent. */
  agent(node: string): string;
  /** Where an agent's own platform reaches it. */
  local(node: string): string;
}

export interface Addresses extends CityAddresses {
  readonly dgPort: number;
  readonly hzPort: number;
  readonly peer: CityAddresses;
  /** Listeners that had to move, because somebody else holds their port. */
  readonly moved: readonly Move[];
}

export interface Move {
  readonly listener: string;
  readonly from: number;
  readonly to: number;
}

/** `default`: the documented ports where they are free. `free`: any free port for everything. */
export async function chooseAddresses(ports: "default" | "free"): Promise<Addresses> {
  const chosen = await choosePorts(defaults, ports === "free");
  const portOf = (listener: Listener) => {
    const choice = chosen.get(listener);
    if (choice === undefined) throw new RangeError(`nothing listens as ${listener}`);
    return choice.port;
  };
  const at = (listener: Listener) => `127.0.0.1:${portOf(listener)}`;
  return {
    gateway: at("gateway"),
    admin: at("admin"),
    agent: (node) => at(`agent ${node}`),
    local: (node) => at(`local ${node}`),
    dgPort: portOf("dg platform"),
    hzPort: portOf("hz platform"),
    peer: {
      gateway: at("peer gateway"),
      admin: at("peer admin"),
      agent: () => at("peer agent"),
      local: () => at("peer local"),
    },
    moved: [...chosen].flatMap(([listener, { port, insteadOf }]) =>
      insteadOf === undefined ? [] : [{ listener, from: insteadOf, to: port }],
    ),
  };
}
