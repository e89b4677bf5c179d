#!/usr/bin/env bash
# The README's first command in a fresh virtual environment: seconds, and megabytes on disk.
#   bash benchmarks/install.sh
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
empty=$(du -sm "$work/venv" | cut -f1)
start=$SECONDS
"$work/venv/bin/pip" install --quiet --disable-pip-version-check .
echo "install: $((SECONDS - start)) s"
echo "packages: $("$work/venv/bin/pip" list --format=freeze | wc -l)"
echo "size: $(($(du -sm "$work/venv" | cut -f1) - empty)) MB beside the empty environment"
start=$SECONDS
(cd "$work" && venv/bin/colonnade locate)
echo "first command: $((SECONDS - start)) s"
