/** Whatever the server, the database or the role have as their default. */
export const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED';
/** In a transaction that has failed the server refuses whatever it is. */
export const PROBE = { name: 'database_intact', text: 'SELECT 1' };
export const READ_CLOCK = {
  name: 'database_clock',
  text: 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms',
};
