#!/usr/bin/env bash
# Runs submit.sh under a real Slurm of one node and two tasks, and compares the merged catalogue
# with a single import of the same clips. Needs root and the package slurm-wlm; everything it
# starts lives in a temporary folder and ends with it.
# Usage: Scripts/slurm/test.sh CURATE [CLIP...]      (clips of synthetic people unless told)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
CURATE=$(realpath "$1")
export CURATE
shift
for tool in slurmctld slurmd munged sbatch; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool; apt install slurm-wlm" >&2; exit 0; }
done
[ "$(id -u)" = 0 ] || { echo "skipped: needs root to start Slurm" >&2; exit 0; }

folder=$(mktemp -d)
chmod 755 "$folder"
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT

if [ $# = 0 ]; then
  "$CURATE" sample "$folder/clips" --seconds 3 --quiet
  set -- "$folder/clips"
fi
host=$(hostname -s)
mkdir -p "$folder"/{munge,state,spool}
chmod 700 "$folder/munge"
dd if=/dev/urandom of="$folder/munge/key" bs=1024 count=1 status=none
chmod 400 "$folder/munge/key"
cat >"$folder/slurm.conf" <<CONF
ClusterName=curate
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CryptoType=crypto/munge
SlurmctldPort=26817
SlurmdPort=26818
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$folder/slurm.conf

munged --foreground --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" \
  --pid-file="$folder/munge/pid" --log-file="$folder/munge/log" --seed-file="$folder/munge/seed" \
  2>"$folder/munge/out" &
pids+=($!)
for _ in $(seq 50); do [ -S "$folder/munge/socket" ] && break; sleep 0.1; done
slurmctld -D -f "$SLURM_CONF" >"$folder/ctld.out" 2>&1 &
pids+=($!)
slurmd -D -N "$host" -f "$SLURM_CONF" >"$folder/d.out" 2>&1 &
pids+=($!)
for _ in $(seq 100); do sinfo -h -o %t 2>/dev/null | grep -q idle && break; sleep 0.3; done
sinfo -h -o '%n %t' | grep -q idle || { cat "$folder"/*.log "$folder"/*.out >&2; exit 1; }

cd "$folder"
SBATCH_CPUS_PER_TASK=1 SBATCH_MEM_PER_NODE=0 "$here/submit.sh" "$folder/many" 2 "$@"
while squeue -h | grep -q .; do sleep 0.5; done
cat "$folder"/slurm-*.out

"$CURATE" init "$folder/one" 2>/dev/null
"$CURATE" import "$@" --workspace "$folder/one" --quiet
hash_of() { "$CURATE" doctor --hash --workspace "$1" | awk '$1 == "content" { print $3 }'; }
many=$(hash_of "$folder/many")
one=$(hash_of "$folder/one")
echo "merged from 2 tasks: $many"
echo "single import:       $one"
[ -n "$one" ] && [ "$one" = "$many" ] || { echo "the catalogues differ" >&2; exit 1; }
