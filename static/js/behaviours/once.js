// All elements below `root` (and `root` itself) that match, each handed out once per behaviour.

const seen = new Map();

export function once(root, selector) {
  if (!seen.has(selector)) seen.set(selector, new WeakSet());
  const known = seen.get(selector);
  const found = Array.from(root.querySelectorAll(selector));
  if (root.matches && root.matches(selector)) found.unshift(root);
  return found.filter((element) => {
    if (known.has(element)) return false;
    known.add(element);
    return true;
  });
}
