// Durations in words.

const minute = 60_000;

/** `less than a minute`, `5 min`, `2 h 5 min`, `3 days`; milliseconds in. */
export function duration(ms: number): string {
  const minutes = Math.floor(ms / minute);
  if (minutes < 1) return "less than a minute";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return days === 1 ? `1 day ${hours % 24} h` : `${days} days`;
}

/** Made once: that takes as long as hundreds of uses. */
let timeOfDay: Intl.DateTimeFormat | undefined;

/** The time of day of a moment; with its day where that is not today. */
export function clockTime(at: number): string {
  const moment = new Date(at);
  timeOfDay ??= new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit" });
  const time = timeOfDay.format(moment);
  return moment.toDateString() === new Date().toDateString() ? time : `${moment.toLocaleDateString()} ${time}`;
}
