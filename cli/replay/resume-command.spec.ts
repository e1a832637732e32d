import { resumeCommand } from './resume-command.js';

describe('the command that resumes a replay', () => {
  it('is the command that was given, with the run', () => {
    const argv = ['dlq', 'replay', '--service', 'payment', '--why', "gateway's back; $(rm)", '--key', ''];
    expect(resumeCommand(argv, 'r1')).toBe(
      `waybill dlq replay --service payment --why 'gateway'\\''s back; $(rm)' --key '' --run r1`,
    );
  });

  it('names the run once, and never a token', () => {
    const argv = ['dlq', 'replay', '--run', 'r0', '--token=s3cret', '--token', 's3cret', '--run=r0', '--why', 'x'];
    expect(resumeCommand(argv, 'r1')).toBe('waybill dlq replay --why x --run r1');
  });
});
