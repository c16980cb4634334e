// Wrappers of VS Code's objects whose texts are made plain whenever they are set, by any caller.

/** How properties of `T` become what they are set to. */
type Guards<T> = { readonly [K in keyof T]?: (value: T[K]) => T[K] };

/** `target` itself, but that what is set of the properties in `guards` goes through these first. */
export function guarded<T extends object>(target: T, guards: Guards<T>): T {
  return new Proxy(target, {
    // Methods and events are the target's own, which may keep what is private to it.
    get: (_, name) => {
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
    set: (_, name, value: unknown) => {
      const guard = guards[name as keyof T] as ((value: unknown) => unknown) | undefined;
      return Reflect.set(target, name, guard ? guard(value) : value);
    },
  });
}
