#!/usr/bin/env bash
# Installs the Debian packages that are missing. Asks for nothing when all are there.
set -euo pipefail

packages=(
  build-essential pkg-config
  libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libswresample-dev
  libjpeg-dev libpng-dev zlib1g-dev
  libsqlite3-dev sqlite3
  libopenblas-dev
  ffmpeg
)

# dlib is an option; its landmark file may not be used commercially.
[ "${CURATE_DLIB:-}" != 1 ] || packages+=(libdlib-dev libdlib-data)

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  [ "$status" = "install ok installed" ] || missing+=("$package")
done

if [ ${#missing[@]} -gt 0 ]; then
  echo "installing: ${missing[*]}" >&2
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq \
    --no-install-recommends "${missing[@]}" >/dev/null
fi

if ! command -v swift >/dev/null; then
  echo "swift: not found; install Swift 6.3 for Debian 12 from swift.org" >&2
  exit 1
fi
