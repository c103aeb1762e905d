import { parentPort, workerData } from "node:worker_threads";

/** Says that it is open, then whatever it is told; a word of its own before each; and dies when told to. */
parentPort?.postMessage(`open ${workerData.echo}`);
parentPort?.on("message", (word: string) => {
  if (word === "throw") throw new Error("told to");
  if (word === "leave") process.exit();
  parentPort?.postMessage("by the way");
  parentPort?.postMessage(word);
});
