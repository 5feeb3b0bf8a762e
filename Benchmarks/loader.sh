#!/usr/bin/env bash
# Faces made for training a second of one core, beside a PyTorch DataLoader over OpenCV, from 512 px crops of
# made clips. Usage: Benchmarks/loader.sh CURATE LOADER-BENCH PYTHON
set -euo pipefail
curate=$1
bench=$2
python=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$curate" sample "$folder/clips" --height 720 --seconds 8 --quiet
"$curate" init "$folder/w" 2>/dev/null
for name in alice bob; do
  "$curate" --workspace "$folder/w" import "$folder/clips/$name-1.mp4" --identity $name \
    --crop-size 512 --quiet
done
"$curate" --workspace "$folder/w" export pair --source 'identity = alice' \
  --target 'identity = bob' >/dev/null
for side in 64 128; do
  "$python" "$(dirname "$0")/loader_torch.py" "$bench" "$folder/w/manifests/pair.jsonl" \
    "$folder/w/crops.sqlar" $side
done
