// Changes the language below the engine's feet, and the library's own classes.
// ends: done|throw|steps|sandbox
import * as library from 'unmapped';
for (const value of Object.values(library)) {
  if (typeof value !== 'function') continue;
  try {
    for (const key of Object.getOwnPropertyNames(value.prototype ?? {})) {
      if (key !== 'constructor') value.prototype[key] = () => 'tampered';
    }
    value.listener = () => 'tampered';
  } catch {
    // Some are frozen.
  }
}
for (const target of [Object, Array, String, Number, Promise, Map, Set, RegExp, Function, Error]) {
  for (const key of Object.getOwnPropertyNames(target.prototype)) {
    if (key === 'constructor') continue;
    try {
      Object.defineProperty(target.prototype, key, { value: () => 'tampered', writable: true, configurable: true });
    } catch {
      // Some cannot be changed.
    }
  }
}
'still here';
