#!/usr/bin/env bash
# The main job from nothing: make clips of two synthetic people, import, name, export, train, swap.
# Usage: Scripts/demo.sh CURATE [FOLDER] [STEPS OF TRAINING]
set -euo pipefail

curate=$1
folder=${2:-demo}
steps=${3:-6000}

if [ -e "$folder" ]; then
  echo "$folder: exists from an earlier run; remove it to begin anew" >&2
  exit 1
fi
mkdir -p "$folder"
run() {
  local start=$SECONDS
  echo "\$ curate $*" >&2
  "$curate" "$@"
  echo "  $((SECONDS - start)) s" >&2
}

workspace=$folder/workspace
clips=$folder/clips
run sample "$clips"
run init "$workspace"
run --workspace "$workspace" import --face-type midfull_face --identity alice "$clips"/alice-*.mp4
run --workspace "$workspace" import --face-type midfull_face --identity bob "$clips"/bob-*.mp4
run --workspace "$workspace" coverage 'identity = alice' --against 'identity = bob'
run --workspace "$workspace" export demo --source 'identity = alice' \
  --target 'identity = bob and not video = "bob-target.mp4"'
# The learning rate goes down, and for the last third faces are shown as they are: both make it sharper.
run --workspace "$workspace" train demo --iterations "$steps" --decay "$steps" \
  --warp-until $((steps * 2 / 3))
run --workspace "$workspace" apply demo "$clips/bob-target.mp4" -o "$folder/swapped.mp4" \
  --truth "$clips/truth/bob-target.mp4" --sheet "$folder/sheet.png"
echo
echo "swapped video:  $folder/swapped.mp4"
echo "contact sheet:  $folder/sheet.png"
