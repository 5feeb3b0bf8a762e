#!/usr/bin/env bash
# Kills a training at random moments, also while it writes checkpoints, again and again; each time it
# is resumed. The losses of all steps and the last weights must be those of a run nobody disturbed.
# Usage: Benchmarks/kill_training.sh CURATE [KILLS] [SEED]
set -euo pipefail
curate=$(realpath "$1")
kills=${2:-50}
RANDOM=${3:-1}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export LC_ALL=C

"$curate" sample "$folder/clips" --seconds 4 --quiet
cd "$folder"
"$curate" init w 2>/dev/null
"$curate" import clips/alice-1.mp4 --identity alice --workspace w --quiet
"$curate" import clips/bob-1.mp4 --identity bob --workspace w --quiet
"$curate" export pair --source "identity = alice" --target "identity = bob" --faces 60 \
  --workspace w >/dev/null
# A checkpoint every other step, so that many kills fall into one.
train() {
  "$curate" train pair --name "$1" --resume --iterations "$2" --checkpoint-every 2 \
    --preview-every 1000 --workspace w --quiet >/dev/null
}
losses() { sed 's/"rate":[^,]*,//; s/,"wait":[^}]*//' "w/models/$1/history.jsonl" | sha256sum; }
weights() { sha256sum <"$(ls -d w/models/"$1"/checkpoints/*/ | tail -1)weights.safetensors"; }

train warm 2 2>/dev/null
steps=$((kills * 4))
start=$(date +%s.%N)
train calm $steps 2>/dev/null
seconds=$(awk "BEGIN { print $(date +%s.%N) - $start }")
echo "undisturbed: $steps steps in $seconds s"

killed=0
while [ $killed -lt "$kills" ]; do
  train broken $steps 2>/dev/null &
  pid=$!
  # Long enough to start, too short to go far.
  sleep "$(awk "BEGIN { print 0.2 + $RANDOM / 32768 * $seconds / $kills }")"
  pkill -KILL -P $pid 2>/dev/null || true
  if wait $pid 2>/dev/null; then break; fi
  killed=$((killed + 1))
done
train broken $steps
echo "killed $killed times, $(wc -l <w/models/broken/history.jsonl) steps"
[ "$(losses calm)" = "$(losses broken)" ] || { echo "the losses differ" >&2; exit 1; }
[ "$(weights calm)" = "$(weights broken)" ] || { echo "the weights differ" >&2; exit 1; }
echo "same losses, same weights"
