#!/bin/sh
# Whether the proxy answers. The official image has wget; where there is none, listening on port 443
# (01BB, state 0A) has to do.
if command -v wget >/dev/null; then
  exec wget -q -O /dev/null http://127.0.0.1:2019/config/
fi
cat /proc/net/tcp /proc/net/tcp6 | grep -q ':01BB [0-9A-F:]* 0A '
