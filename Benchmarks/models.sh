#!/usr/bin/env bash
# What models make of the same faces in the same time: the swap against the truth of rendered clips, on
# average and in the worst tenth. Usage: Benchmarks/models.sh CURATE [MINUTES OF TRAINING EACH]
set -euo pipefail
curate=$1
minutes=${2:-9}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$curate" sample "$folder/clips" --quiet
"$curate" init "$folder/w" 2>/dev/null
for name in alice bob; do
  "$curate" --workspace "$folder/w" import --quiet --face-type midfull_face --identity $name \
    "$folder/clips/$name"-*.mp4
done
"$curate" --workspace "$folder/w" export pair --source 'identity = alice' \
  --target 'identity = bob and not video = "bob-target.mp4"' >/dev/null

measure() {
  local name=$1
  shift
  "$curate" --workspace "$folder/w" train pair --name "$name" --minutes "$minutes" --quiet \
    --preview-every 100000 "$@" >/dev/null
  echo "$name: $*; $(wc -l <"$folder/w/models/$name/history.jsonl") steps"
  "$curate" --workspace "$folder/w" apply "$name" "$folder/clips/bob-target.mp4" --quiet \
    -o "$folder/$name.mp4" --truth "$folder/clips/truth/bob-target.mp4"
}

# Each learning rate has gone down by the end, at two cores' pace.
measure original --model original --decay $((minutes * 122))
measure df-128 --model df --resolution 128 --widths 128,32,32,16 --batch-size 4 \
  --learning-rate 3e-4 --decay $((minutes * 143))
