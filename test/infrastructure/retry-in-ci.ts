// Tests that kill processes and await elections share two cores with each other in CI. A failure there is logged and tried
// again; one that doesn't pass by itself stays red. At once, as some go on from what those before them have left. Locally nothing is tried again.
if (process.env['CI'] === 'true') jest.retryTimes(2, { logErrorsBeforeRetry: true, retryImmediately: true });
