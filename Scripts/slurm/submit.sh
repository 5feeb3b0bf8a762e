#!/usr/bin/env bash
# Imports videos on N machines of a Slurm cluster and joins the result. All paths lie on a file
# system that every node sees. GNU parallel and Kubernetes' indexed jobs do the same with
# `curate import --shard I/N`.
# Usage: Scripts/slurm/submit.sh WORKSPACE N VIDEO-OR-FOLDER...
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
workspace=$1
count=$2
shift 2
[ -e "$workspace/catalog.sqlite" ] || ${CURATE:-curate} init "$workspace"
array=$(sbatch --parsable --array="1-$count" "$here/import.sbatch" "$workspace" "$@")
# afterany: a share with one bad video is still worth merging.
merge=$(sbatch --parsable --dependency="afterany:$array" "$here/merge.sbatch" "$workspace")
echo "import: job $array, $count tasks; merge: job $merge"
