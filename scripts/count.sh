#!/usr/bin/env bash
# Counts to ten, one number a tenth of a second: something to watch.
for ((number = 1; number <= 10; number++)); do
  printf '%d\n' "$number"
  sleep 0.1
done
