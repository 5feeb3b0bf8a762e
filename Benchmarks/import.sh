#!/usr/bin/env bash
# How near import comes to the decoder, and how far it is from a script of a weekend, all in one
# run on one machine. The clip is repeated to about 2 500 frames, so that starting does not count.
# Usage: Benchmarks/import.sh CURATE CLIP.mp4 [PYTHON WITH dlib AND cv2]
set -euo pipefail
curate=$1
clip=$2
python=${3:-}
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export LC_ALL=C

now() { date +%s.%N; }
calc() { awk "BEGIN { printf \"%.${2:-3}f\", $1 }"; }
frames_of() { ffprobe -v error -count_packets -select_streams v:0 -show_entries \
  stream=nb_read_packets -of csv=p=0 "$1" | head -1 | tr -d ','; }
# Wall time in $seconds, the process's peak memory in $memory (MB).
timed() {
  local start
  start=$(now)
  "$@" >"$folder/out" 2>"$folder/err" &
  local pid=$!
  memory=0
  while kill -0 "$pid" 2>/dev/null; do
    local peak
    peak=$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$pid/status" 2>/dev/null || true)
    [ -n "$peak" ] && memory=$peak
    sleep 0.02
  done
  wait "$pid" || { cat "$folder/err" >&2; exit 1; }
  seconds=$(calc "$(now) - $start")
}

echo "machine: $(nproc) cores, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2-)"
loops=$(calc "2500 / $(frames_of "$clip")" 0)
long=$folder/long.mp4
ffmpeg -v error -stream_loop "$loops" -i "$clip" -c copy -an "$long"
frames=$(frames_of "$long")
echo "clip:    $(ffprobe -v error -select_streams v:0 -show_entries \
  stream=codec_name,width,height,bit_rate -of csv=p=0 "$long"), $frames frames"

decode=0
for _ in 1 2 3; do
  timed ffmpeg -v error -nostdin -threads 2 -i "$long" -f null -
  rate=$(calc "$frames / $seconds" 1)
  decode=$(calc "($rate > $decode) ? $rate : $decode" 1)
done
echo "decode:  $decode frames/s (ffmpeg, 2 threads, best of 3)"

best=0
for run in 1 2 3; do
  "$curate" init "$folder/w$run" 2>/dev/null
  timed "$curate" import "$long" --workspace "$folder/w$run" --quiet
  rate=$(calc "$frames / $seconds" 1)
  best=$(calc "($rate > $best) ? $rate : $best" 1)
  echo "import:  $rate frames/s, $memory MB at most"
done
"$curate" videos --workspace "$folder/w1" | tail -1
echo "ratio:   $(calc "$best / $decode") of decode speed"
timed "$curate" import "$long" --workspace "$folder/w1" --quiet
echo "again:   $seconds s for the unchanged clip"

if [ -n "$python" ]; then
  marks=${CURATE_LANDMARKS:-/usr/share/dlib/shape_predictor_68_face_landmarks.dat}
  for upsample in 0 1; do
    line=$("$python" "$here/python_pipeline.py" "$marks" "$folder/crops$upsample" "$clip" \
      --upsample $upsample)
    rate=$(echo "$line" | awk -F'[= ]' '{ printf "%.1f", $2 / $6 }')
    echo "python:  $rate frames/s with $upsample upsamplings ($line):" \
      "import is $(calc "$best / $rate" 1) times as fast"
  done
fi
