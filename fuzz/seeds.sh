#!/bin/sh
# The specs of the corpus, the templates and the examples of the pages as a start for both targets.
set -e
cd "$(dirname "$0")/.."
for target in parse pipeline; do
    seeds=fuzz/corpus/$target
    mkdir -p "$seeds"
    for spec in corpus/*/*.sysd templates/*.sysd; do cp "$spec" "$seeds/$(echo "$spec" | tr / _)"; done
    find rules src -name '*.md' | while read -r page; do
        awk '/^```sysd$/ { on = 1; next } /^```$/ { on = 0 } on' "$page" > "$seeds/$(echo "$page" | tr / _)"
    done
done
