/**
 * Loaded ahead of every child's own program (`--import`). The parent's end of the channel closes when the
 * parent dies, however it dies; the child then ends as if told to.
 */
const graceMs = 12_000;

process.once("disconnect", () => {
  process.kill(process.pid, "SIGTERM");
  setTimeout(() => process.exit(143), graceMs).unref();
});
// Listening must not keep a program alive that has finished.
process.channel?.unref();
