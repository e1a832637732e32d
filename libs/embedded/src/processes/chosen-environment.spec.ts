import { chosenEnvironment } from './chosen-environment.js';

const HOSTILE = {
  NODE_ENV: 'production',
  NODE_OPTIONS: '--require ./missing.cjs',
  NODE_EXTRA_CA_CERTS: '/nowhere',
  PGSSLMODE: 'require',
  PGOPTIONS: '-c default_transaction_isolation=serializable',
  PGHOST: 'nowhere.invalid',
  PGUSER: 'stranger',
  KAFKA_OPTS: '-Dbroken',
  JAVA_TOOL_OPTIONS: '-Xmx1m',
  HTTPS_PROXY: 'http://127.0.0.1:1',
  LC_ALL: 'tr_TR',
  LANG: 'tr_TR',
  TZ: 'Pacific/Apia',
  LD_PRELOAD: '/nowhere.so',
  npm_config_omit: 'dev',
  DEBUG: '*',
};

describe('the environment of what we start', () => {
  it('F76 takes nothing from the shell but paths of the machine, whatever that holds', () => {
    const machine = { PATH: '/bin', HOME: '/home/odd name' };
    expect(chosenEnvironment([], { ...HOSTILE, ...machine })).toEqual({
      ...machine,
      LANG: 'C.UTF-8',
      LC_ALL: 'C.UTF-8',
      TZ: 'UTC',
    });
  });

  it('F76 lets the named settings through as they are, and leaves out those that are not set', () => {
    const env = chosenEnvironment(['LOG_LEVEL', 'ADMIN_TOKEN', 'HOST'], { ...HOSTILE, LOG_LEVEL: 'warn', HOST: '' });
    expect(env).toMatchObject({ LOG_LEVEL: 'warn', HOST: '' });
    expect(env).not.toHaveProperty('ADMIN_TOKEN');
    expect(env).not.toHaveProperty('PGHOST');
  });
});
