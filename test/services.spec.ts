import { existsSync, readFileSync } from 'node:fs';

import { SERVICE_NAMES, SERVICE_SETTINGS, services } from '@waybill/contracts';

const read = (path: string): string => readFileSync(path, 'utf8');

/** Files that can't read the list of services. */
describe('every service of the list, and no other,', () => {
  it('is an app with an entry', () => {
    for (const name of SERVICE_NAMES) expect([name, existsSync(`apps/${name}/src/main.ts`)]).toEqual([name, true]);
  });

  it('is an application of nest-cli.json', () => {
    const { projects } = JSON.parse(read('nest-cli.json')) as { projects: Record<string, { type: string }> };
    const applications = Object.keys(projects).filter((name) => projects[name]?.type === 'application');
    expect(applications.toSorted()).toEqual([...SERVICE_NAMES, 'lab'].toSorted());
  });

  it('is a container of docker-compose.yml, on its own port', () => {
    const compose = read('docker-compose.yml');
    expect([...compose.matchAll(/^ {4}command: (\w+)$/gm)].map(([, name]) => name)).toEqual(SERVICE_NAMES);
    for (const { name, port } of Object.values(services)) {
      const container = new RegExp(`^  ${name}:\\n(?: {4}.*\\n)+`, 'm').exec(compose)?.[0];
      expect(container).toMatch(new RegExp(`\\$\\{${name.toUpperCase()}_PORT:-${port}\\}:${port}$`, 'm'));
    }
  });

  it('is given every setting by docker-compose.yml that Compose does not decide itself', () => {
    const compose = read('docker-compose.yml');
    const passed = [...compose.matchAll(/^ {2,6}([A-Z_]+): \$\{\1[:-]/gm)].map(([, name]) => name);
    const decided = [
      ...SERVICE_NAMES.flatMap((name) => [`${name.toUpperCase()}_PORT`, `${name.toUpperCase()}_URL`]),
      'HOST',
      'ADMIN_TOKEN',
      'DATABASE_URL',
      'DATABASE_PREFIX',
    ];
    expect(SERVICE_SETTINGS.filter((name) => !passed.includes(name) && !decided.includes(name))).toEqual([]);
  });

  it('has a port that the image exposes', () => {
    const ports = Object.values(services).map(({ port }) => port);
    expect(read('Dockerfile')).toContain(`EXPOSE ${ports.join(' ')}\n`);
  });

  it('is built in the image, from all that the build reads', () => {
    const sent = read('.dockerignore').split('\n');
    expect(sent).toEqual(expect.arrayContaining(['apps', 'cli', 'libs', 'scripts'].map((folder) => `!${folder}`)));
  });
});

describe('the lab', () => {
  it('is started by npm start alone: no container has it, and no setting turns it on', () => {
    const files = ['docker-compose.yml', 'Dockerfile', 'scripts/run-app.sh', 'scripts/prepare-containers.mjs'];
    expect(files.filter((file) => /\blab\b|LAB_/i.test(read(file)))).toEqual([]);
    expect(SERVICE_SETTINGS.filter((name) => name.startsWith('LAB'))).toEqual([]);
    expect(read('docs/settings.md')).not.toContain('LAB_');
  });
});
