#!/usr/bin/env bash
# The proof that choosing matters: from one skewed pool, three manifests of as many faces (ours matched to
# the target, the best faces in DeepFaceLab's manner, random ones), the same model and budget for each, and
# the error of each swap against the truth, on average and in the worst tenth of cells: of the video that
# apply makes, in the target's tone, and of what the model itself answers, in the source's own.
# Usage: Benchmarks/downstream.sh CURATE BENCH [FOLDER] [FACES] [STEPS] [SECONDS OF A CLIP] [SEEDS]
set -euo pipefail

curate=$1
bench=$2
folder=${3:-$(mktemp -d)}
faces=${4:-200}
steps=${5:-12000}
seconds=${6:-20}
seeds=${7:-1}

mkdir -p "$folder"
clips=$folder/clips
workspace=$folder/workspace
[ -e "$clips/truth/target-1.jsonl" ] || "$bench" render "$clips" "$seconds"
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
for seed in $seeds; do
  for way in match best-faces random; do
    name=$way-$seed
    options=(--distribution "$way" --faces "$faces" --seed "$seed" --validation 0)
    [ "$way" = match ] && options+=(--match "$match")
    [ -e "$workspace/manifests/$name.jsonl" ] ||
      "$curate" --workspace "$workspace" export "$name" --source "$source" --target "$target" "${options[@]}"
    [ -e "$workspace/models/$name" ] ||
      "$curate" --workspace "$workspace" train "$name" --iterations "$steps" --decay "$steps" --seed 1 >/dev/null
    for clip in target-0 target-1; do
      out=$folder/$name-$clip.mp4
      [ -e "$out" ] || "$curate" --workspace "$workspace" apply "$name" "$clips/$clip.mp4" -o "$out" >/dev/null
      facts=$clips/truth/$clip.jsonl
      echo "$name $clip video: $("$bench" score "$out" "$clips/truth/$clip.mp4" "$facts")"
      echo "$name $clip model: $("$bench" score-model "$workspace/models/$name" \
        "$clips/$clip.mp4" "$clips/own-tone/$clip.mp4" "$facts")"
    done
  done
done
for clip in target-0 target-1; do
  for truth in truth own-tone; do
    echo "no swap $clip, $truth:" \
      "$("$bench" score "$clips/$clip.mp4" "$clips/$truth/$clip.mp4" "$clips/truth/$clip.jsonl")"
  done
done
