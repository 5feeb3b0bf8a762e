#!/usr/bin/env bash
# The proof that choosing matters: from one skewed pool, three manifests of as many faces (ours matched to
# the target, the best faces in DeepFaceLab's manner, random ones), the same model and budget for each, and
# the error of each swap against the truth, on average and in the worst tenth of cells: of the video that
# apply makes, in the target's tone, and of what the model itself answers, in the source's own.
# The pool is STILL clips of twice LENGTH seconds that look ahead, TURNING of LENGTH that turn in flat light,
# and as many of RARE times that which turn in the target's own light.
# Usage: [FACES=200] [STEPS=8000] [LENGTH=20] [SEEDS=1] [RARE=1] [STILL=32] [TURNING=4] \
#   Benchmarks/downstream.sh CURATE BENCH [FOLDER]
set -euo pipefail

curate=$1
bench=$2
folder=${3:-$(mktemp -d)}
faces=${FACES:-200}
steps=${STEPS:-8000}

mkdir -p "$folder"
clips=$folder/clips
workspace=$folder/workspace
[ -e "$clips/own-tone/target-3.jsonl" ] ||
  "$bench" render "$clips" "${LENGTH:-20}" "${RARE:-1}" "${STILL:-32}" "${TURNING:-4}"
if [ ! -e "$workspace" ]; then
  "$curate" init "$workspace"
  "$curate" --workspace "$workspace" import --face-type midfull_face --identity alice "$clips"/alice-*.mp4
  "$curate" --workspace "$workspace" import --face-type midfull_face --identity bob \
    "$clips"/bob-*.mp4 "$clips"/target-*.mp4
  "$curate" --workspace "$workspace" dedup
fi
source='identity = alice'
target='identity = bob and video ~ "bob-*"'
match='identity = bob and video ~ "target-*"'
for seed in ${SEEDS:-1}; do
  for way in match best-faces random; do
    name=$way-$seed
    options=(--distribution "$way" --faces "$faces" --seed "$seed" --validation 0)
    [ "$way" = match ] && options+=(--match "$match")
    [ -e "$workspace/manifests/$name.jsonl" ] ||
      "$curate" --workspace "$workspace" export "$name" --source "$source" --target "$target" "${options[@]}"
    # Again where it was stopped, nothing where it is done.
    "$curate" --workspace "$workspace" train "$name" --resume --seed "$seed" --iterations "$steps" \
      --decay "$steps" --warp-until $((steps * 2 / 3)) >/dev/null
    swaps=$folder/swaps/$name
    mkdir -p "$swaps"
    for clip in "$clips"/target-*.mp4; do
      out=$swaps/$(basename "$clip")
      [ -e "$out" ] || "$curate" --workspace "$workspace" apply "$name" "$clip" -o "$out" >/dev/null
    done
    hard=0
    for clip in "$clips"/alice-side-*.mp4; do
      video=$(sha256sum "$clip" | cut -d ' ' -f 1)
      hard=$((hard + $(grep -c "\"video\":\"$video\"" "$workspace/manifests/$name.jsonl" || true)))
    done
    echo "$name, $hard faces of hard light, video: $("$bench" score "$clips" "$swaps" truth)"
    echo "$name, model: $("$bench" score-model "$clips" "$workspace/models/$name")"
  done
done
for truth in truth own-tone; do
  echo "no swap, $truth: $("$bench" score "$clips" "$clips" "$truth")"
done
