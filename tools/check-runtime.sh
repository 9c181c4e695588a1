#!/bin/sh
# Says in one sentence what this machine lacks to run KV, and exits 1. Node comes with `npm ci`, as the npm package
# of this platform, pinned in package.json; npm puts it first in the path of its scripts. Where that package is missing
# npm would fall back to the machine's own Node without a word.
wanted=26.10.0

fail() {
  echo "KV cannot run here: $1" >&2
  exit 1
}

[ -d node_modules ] || fail "its packages are not installed; run 'npm ci' first."
found=$(command -v node) || fail "there is no Node in the path; run 'npm ci' without --omit=optional."
version=$(node --version 2>&1) || case $version in
  *libatomic*) fail "Node $wanted needs the library libatomic.so.1; install it (Debian: apt-get install libatomic1)." ;;
  *libstdc++*) fail "Node $wanted needs the library libstdc++.so.6; install it (Debian: apt-get install libstdc++6)." ;;
  *) fail "$found does not start: $(echo "$version" | head -n 1)" ;;
esac
[ "$version" = "v$wanted" ] ||
  fail "it needs Node $wanted, this is $version ($(uname -s) $(uname -m)); run 'npm ci' without --omit=optional, on a platform that package.json names under optionalDependencies."
