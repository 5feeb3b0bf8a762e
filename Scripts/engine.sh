#!/usr/bin/env bash
# Builds the PyTorch engine beside the program: engine.sh TORCH [FOLDER] [emulated]
# TORCH is an installation: the folder of Python's torch package, an unpacked libtorch, or /usr for
# Debian's libtorch-dev. `emulated` makes one that runs the GPU's kernels on the processor, for tests.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  echo "engine: $1" >&2
  exit 1
}

torch=${1:-}
folder=${2:-.build/release}
kind=${3:-}
[ -n "$torch" ] || fail "say where PyTorch is: make engine TORCH=/usr for Debian's, or
  TORCH=\$(python3 -c 'import torch; print(torch.__path__[0])')"

torch=$(realpath -- "$torch" 2>/dev/null) || fail "$1: no such folder"
header=torch/csrc/api/include/torch/torch.h
[ -f "$torch/include/$header" ] ||
  fail "$torch: has no include/$header; name the folder of an installation of PyTorch"
library=
for candidate in "$torch/lib" "$torch/lib/$(uname -m)-linux-gnu"; do
  [ -f "$candidate/libtorch_cpu.so" ] && library=$candidate
done
[ -n "$library" ] || fail "$torch: has no lib/libtorch_cpu.so"

compiler=${CXX:-g++}
headers=(-isystem "$torch/include/torch/csrc/api/include")
# Named as a system's folder, the compiler's own would come too late in the search.
[ "$torch" = /usr ] || headers+=(-isystem "$torch/include")
preprocess() { "$compiler" -E -P -x c++ "${headers[@]}" "$@" - 2>/dev/null; }
read -r major minor < <(
  printf '#include <torch/version.h>\nTORCH_VERSION_MAJOR TORCH_VERSION_MINOR\n' | preprocess | tail -1
) || fail "$compiler: cannot read $torch/include/torch/version.h; is build-essential installed?"
[ "$major" -gt 1 ] || [ "$minor" -ge 13 ] || fail "$torch: is PyTorch $major.$minor, 1.13 is needed"
# The headers of 1.13 know C++17 only, later ones refuse it.
standard=c++17
echo '#include <torch/torch.h>' | preprocess -std=$standard >/dev/null || standard=c++20

options=(-std=$standard -O2 -fPIC -shared -Wall -Wno-unknown-pragmas)
options+=(-ISources/CTorch/include "${headers[@]}")
# PyTorch's packages lack the headers of gloo, which Debian has (libgloo-dev).
gloo=torch/csrc/distributed/c10d/ProcessGroupGloo.hpp
if [ -f "$torch/include/$gloo" ] &&
  { [ -f /usr/include/gloo/algorithm.h ] || [ -f "$torch/include/gloo/algorithm.h" ]; }; then
  options+=(-DUSE_C10D_GLOO)
else
  echo "engine: no headers of gloo (libgloo-dev): built for a single process" >&2
fi
libraries=(-L"$library" -ltorch_cpu -lc10 "-Wl,-rpath,$library" -Wl,--allow-shlib-undefined)
if [ -f "$library/libtorch_cuda.so" ] && [ "$kind" != emulated ]; then
  packages=$(dirname -- "$torch")
  cuda=
  for candidate in ${CUDA_HOME:+"$CUDA_HOME/include"} "$packages"/nvidia/*/include \
    "$packages/triton/backends/nvidia/include" /usr/local/cuda/include /usr/include; do
    [ -f "$candidate/cuda_runtime_api.h" ] && [ -f "$candidate/crt/host_defines.h" ] &&
      cuda=$candidate && break
  done
  [ -n "$cuda" ] || fail "no headers of CUDA: set CUDA_HOME to an installation of it, or
  pip install nvidia-cuda-runtime nvidia-cuda-crt"
  options+=(-DCURATE_CUDA -isystem "$cuda")
  # CUDA's part registers itself when it is loaded, and nothing refers to all of it.
  libraries+=(-Wl,--no-as-needed -ltorch_cuda -lc10_cuda -Wl,--as-needed)
fi
[ "$kind" != emulated ] || options+=(-DCURATE_EMULATED)

mkdir -p "$folder"
made=$folder/libcurate-torch${kind:+-$kind}.so
# The kernels travel as text: they are compiled where they run.
text=$(mktemp -d)
trap 'rm -rf "$text"' EXIT
{ echo 'R"cuda('; cat Sources/CTorch/plugin/kernels.cu; echo ')cuda"'; } >"$text/kernels.inc"
"$compiler" "${options[@]}" -I"$text" Sources/CTorch/plugin/plugin.cpp -o "$made.partial" "${libraries[@]}"
mv "$made.partial" "$made"
echo "$made: PyTorch $major.$minor"
