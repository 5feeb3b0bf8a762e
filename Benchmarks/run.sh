#!/usr/bin/env bash
# The figures of RESULTS.md, on synthetic clips or on footage of your own.
# Usage: Benchmarks/run.sh CURATE [MINUTES OF TRAINING]
#        Benchmarks/run.sh CURATE MINUTES SOURCE.mp4 TARGET.mp4
set -euo pipefail

curate=$1
minutes=${2:-4.5}
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
workspace=$folder/workspace
export LC_ALL=C

now() { date +%s.%N; }
calc() { awk "BEGIN { printf \"%.${2:-6}f\", $1 }"; }
# Runs a command and leaves its wall time in $seconds.
timed() {
  local start
  start=$(now)
  "$@" >"$folder/out" 2>"$folder/err" || { cat "$folder/err" >&2; exit 1; }
  seconds=$(calc "$(now) - $start")
}
frames_of() { ffprobe -v error -count_packets -select_streams v:0 -show_entries \
  stream=nb_read_packets -of csv=p=0 "$1" | head -1 | tr -d ','; }
length_of() { ffprobe -v error -show_entries format=duration -of csv=p=0 "$1"; }
rate() { calc "$1 / $2" "${3:-1}"; }

echo "machine: $(nproc) cores, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2-)"
echo "commit:  $(git -C "$here" rev-parse --short HEAD 2>/dev/null || echo unknown)"
"$curate" doctor | sed -n 's/^engine *ok */engine:  /p'

if [ $# -ge 4 ]; then
  sources=("$3")
  targets=("$4")
  target=$4
  truth=()
else
  timed "$curate" sample "$folder/clips" --quiet
  sources=("$folder"/clips/alice-*.mp4)
  targets=("$folder"/clips/bob-*.mp4)
  target=$folder/clips/bob-target.mp4
  truth=(--truth "$folder/clips/truth/bob-target.mp4")
  total=0
  for clip in "$folder"/clips/*.mp4 "$folder"/clips/truth/*.mp4; do
    total=$((total + $(frames_of "$clip")))
  done
  echo "sample:  $total frames in $(printf %.1f "$seconds") s, $(rate $total "$seconds") frames/s"
fi

"$curate" init "$workspace" 2>/dev/null
clips=("${sources[@]}" "${targets[@]}")
total=0
length=0
for clip in "${clips[@]}"; do
  total=$((total + $(frames_of "$clip")))
  length=$(calc "$length + $(length_of "$clip")")
done
decode=0
for clip in "${clips[@]}"; do
  timed ffmpeg -nostdin -v error -threads 2 -i "$clip" -f null -
  decode=$(calc "$decode + $seconds")
done
timed "$curate" --workspace "$workspace" import --quiet --identity source --face-type midfull_face "${sources[@]}"
import=$seconds
timed "$curate" --workspace "$workspace" import --quiet --identity target --face-type midfull_face "${targets[@]}"
import=$(calc "$import + $seconds")
faces=$("$curate" --workspace "$workspace" faces --count)
echo "import:  ${#clips[@]} clips, $total frames, $faces faces in $(printf %.1f "$import") s:" \
  "$(rate $total "$import") frames/s, $(rate "$length" "$import" 2) × playback," \
  "$(rate "$decode" "$import" 3) of ffmpeg's decode speed"
timed "$curate" --workspace "$workspace" import --quiet "${clips[@]}"
echo "again:   $(printf %.2f "$seconds") s for the same clips"
[ $# -ge 4 ] || python3 "$here/truth.py" "$workspace" "$folder/clips"

timed "$curate" --workspace "$workspace" export bench --source 'identity = source' \
  --target 'identity = target'
echo "export:  $(printf %.2f "$seconds") s"
timed "$curate" --workspace "$workspace" train bench --quiet --minutes "$minutes"
steps=$(wc -l <"$workspace/models/bench/history.jsonl")
echo "train:   $steps steps in $(printf %.0f "$seconds") s, $(rate "$steps" "$seconds" 2) steps/s"
tail -1 "$workspace/models/bench/history.jsonl"
timed "$curate" --workspace "$workspace" apply bench "$target" -o "$folder/out.mp4" --quiet \
  ${truth[@]+"${truth[@]}"} --sheet "${SHEET:-$folder/sheet.png}"
echo "apply:   $(frames_of "$target") frames in $(printf %.1f "$seconds") s," \
  "$(rate "$(frames_of "$target")" "$seconds") frames/s"
grep against "$folder/out" || true
