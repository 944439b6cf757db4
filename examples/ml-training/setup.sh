#!/bin/sh
# Makes the virtual environment .venv with the packages of requirements.txt, and the two data files, in this folder.
# Running it again does only what is left to do. PYTHON names the interpreter (default: python3).
set -eu
cd "$(dirname "$0")"

if ! .venv/bin/python -c '' 2>/dev/null; then
    "${PYTHON:-python3}" -m venv .venv
fi
if ! cmp -s requirements.txt .venv/requirements.txt; then
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
    cp requirements.txt .venv/requirements.txt
fi
if ! [ -s customers.csv ] || ! [ -s transactions.csv ]; then
    .venv/bin/python make_data.py
fi
echo "ready: cd $(pwd) && runnable-render run pipeline.yaml -p parameters.yaml"
