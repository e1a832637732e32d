// Loaded into every app by --import. The IPC channel to the supervisor closes however that died: an app must not outlive it, keep the
// port and work on while the next start brings up a second one.
const GRACE_MS = 3000;

if (process.send !== undefined) {
  // It died before this was loaded: nobody will tell.
  if (!process.connected) process.exit(1);
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), GRACE_MS).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  process.channel?.unref(); // it alone must not keep the app alive
}
