/** One exchange with the admin API. @throws where it doesn't answer 200. */
export async function ask<Body>(port: number, path: string, body?: object): Promise<Body> {
  const response = await fetch(`http://127.0.0.1:${port}/admin/dead-letters${path}`, {
    ...(body !== undefined && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text}`);
  return JSON.parse(text) as Body; // the caller names the published shape of what it asked for
}

export const operator = { who: 'bench', why: 'a measurement' };
