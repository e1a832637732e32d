/** What stands in a field of the form that an event is about, without blanks around it. */
export function fieldOf({ currentTarget }: Event, name: string): string {
  const value = currentTarget instanceof HTMLFormElement ? new FormData(currentTarget).get(name) : null;
  return typeof value === 'string' ? value.trim() : '';
}
