#!/bin/sh
# Any command of Staffroom's, as its own user and with its own settings: staffroom doctor
# Install as /usr/local/bin/staffroom, and run it as root. AT=/opt/staffroom-NEW names another version than the current one.
set -eu
exec runuser -u staffroom -- sh -c '
  set -a
  . /etc/staffroom/staffroom.env
  set +a
  umask 077
  cd "${AT:-/opt/staffroom}"
  exec .venv/bin/python -m bot "$@"
' staffroom "$@"
