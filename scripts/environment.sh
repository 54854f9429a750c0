# Makes .venv and installs CrampWatch into it; sourced by the two commands of the README. Does nothing twice.
# The variable `extras` names what else to install: "" or "dev" (a sourced file takes no arguments in every shell).
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

python=""
for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
  if command -v "$candidate" >/dev/null 2>&1 \
    && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python="$candidate"
    break
  fi
done
if [ -z "$python" ]; then
  echo "CrampWatch needs Python 3.11 or newer with the venv module; none was found on the PATH." >&2
  exit 1
fi

stamp=".venv/.installed-${extras:-plain}"
wanted=$(cat pyproject.toml constraints.txt | cksum)
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ]; then
  echo "Installing CrampWatch into .venv with $($python --version) (a minute or two, only this once) ..."
  [ -x .venv/bin/python ] || "$python" -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check \
    --constraint constraints.txt --editable ".${extras:+[$extras]}"
  echo "$wanted" >"$stamp"
fi
