import { isIPv6 } from "node:net";

/**
 * Whom an address counts as: an IPv6 host has 2⁶⁴ addresses of its own, so its /64 counts as one. IPv4
 * mapped into IPv6 is IPv4.
 */
export function addressKey(address: string): string {
  if (address.includes(".")) return address.slice(address.lastIndexOf(":") + 1);
  if (!isIPv6(address)) return address;
  const [head = "", tail = ""] = (address.split("%")[0] ?? "").split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => "0");
  return [...front, ...zeros, ...back].slice(0, 4).join(":");
}
