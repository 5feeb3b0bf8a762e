#!/usr/bin/env bash
# Kills an import of 20 clips at random moments, again and again, lets it end, and compares the
# catalogue with that of an import nobody disturbed.
# Usage: Benchmarks/kill.sh CURATE [KILLS] [SEED]
set -euo pipefail
curate=$1
kills=${2:-100}
RANDOM=${3:-1}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export LC_ALL=C

"$curate" sample "$folder/clips" --seconds 6 --quiet
mkdir "$folder/twenty"
i=0
while [ $i -lt 20 ]; do
  for clip in "$folder"/clips/*.mp4; do
    [ $i -lt 20 ] || break
    # Other metadata, other content: each is a video of its own.
    ffmpeg -v error -i "$clip" -c copy -metadata comment="copy $i" \
      "$folder/twenty/$(printf %02d $i).mp4"
    i=$((i + 1))
  done
done
hash_of() { "$curate" doctor --hash --workspace "$1" | awk '$1 == "content" { print $3 }'; }
count_of() { "$curate" faces --count --workspace "$1"; }

"$curate" init "$folder/calm" 2>/dev/null
start=$(date +%s.%N)
"$curate" import "$folder/twenty" --workspace "$folder/calm" --quiet
seconds=$(awk "BEGIN { print $(date +%s.%N) - $start }")
calm=$(hash_of "$folder/calm")
echo "undisturbed: 20 clips in $seconds s, $(count_of "$folder/calm") faces, $calm"

killed=0
round=0
while [ $killed -lt "$kills" ]; do
  # An import that got to its end makes room for the next.
  round=$((round + 1))
  "$curate" init "$folder/round$round" 2>/dev/null
  here=0
  while [ $killed -lt "$kills" ]; do
    "$curate" import "$folder/twenty" --workspace "$folder/round$round" --quiet 2>/dev/null &
    pid=$!
    sleep "$(awk "BEGIN { print $RANDOM / 32768 * $seconds / 8 }")"
    kill -KILL $pid 2>/dev/null || true
    if wait $pid 2>/dev/null; then break; fi
    killed=$((killed + 1))
    here=$((here + 1))
  done
  "$curate" import "$folder/twenty" --workspace "$folder/round$round" --quiet
  hash=$(hash_of "$folder/round$round")
  echo "killed $here times: $(count_of "$folder/round$round") faces, $hash"
  [ "$hash" = "$calm" ] || { echo "the catalogues differ" >&2; exit 1; }
done
echo "$killed kills, nothing lost, nothing doubled"
