# Everything a newcomer types. Each target works by itself on a fresh Debian 12 with Swift 6.3.
.PHONY: setup build dlib engine demo test lint format bench exports-check asan ci clean

SWIFT ?= swift
CURATE = .build/release/curate

setup:
	@Scripts/setup.sh

build: setup
	$(SWIFT) build -c release --product curate

# Optional: dlib, for `import --detector dlib`. CURATE_DLIB=1 before another target does it there.
dlib:
	@CURATE_DLIB=1 $(MAKE) build

# Optional: TORCH is an installation of PyTorch, /usr for Debian's libtorch-dev.
engine: build
	@Scripts/engine.sh "$(TORCH)" .build/release

demo: build
	@Scripts/demo.sh $(CURATE)

# Release, because pixels and tensors in a debug build take minutes.
test: build
	$(SWIFT) test -c release

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Benchmarks

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests Benchmarks

# CLIP is a 720p clip of one face, PYTHON an interpreter with dlib and cv2, TORCH_PYTHON one with PyTorch and
# cv2; all may be left out.
bench: build
	$(SWIFT) build -c release --product catalog-bench
	$(SWIFT) build -c release --product training-bench
	$(SWIFT) build -c release --product loader-bench
	$(SWIFT) build -c release --product facenet-bench
	$(SWIFT) build -c release --product dedup-bench
	$(SWIFT) build -c release --product selection-bench
	$(SWIFT) build -c release --product downstream-bench
	@Benchmarks/run.sh $(CURATE)
	@$(if $(CLIP),Benchmarks/import.sh $(CURATE) $(CLIP) $(PYTHON))
	@Benchmarks/kill.sh $(CURATE)
	@Benchmarks/kill_training.sh $(CURATE)
	@$(if $(TORCH_PYTHON),$(TORCH_PYTHON) Benchmarks/training_torch.py .build/release/training-bench)
	@$(if $(TORCH_PYTHON),$(TORCH_PYTHON) Benchmarks/training_gpu.py .build/release/training-bench)
	@$(if $(TORCH_PYTHON),Benchmarks/loader.sh $(CURATE) .build/release/loader-bench $(TORCH_PYTHON))
	@Benchmarks/models.sh $(CURATE)
	@.build/release/facenet-bench speed
	@for count in 100000 1000000; do .build/release/dedup-bench search $$count; done
	@Benchmarks/dedup.py $(CURATE) .build/release/dedup-bench
	@.build/release/selection-bench 1000000 10000 2
	@Benchmarks/downstream.sh $(CURATE) .build/release/downstream-bench
	@Scripts/slurm/test.sh $(CURATE)
	@folder=$$(mktemp -d) && .build/release/catalog-bench $$folder/w 1000000; rm -rf $$folder
	@folder=$$(mktemp -d) && .build/release/catalog-bench manifest $$folder/w 100000 && \
		bash -c "time $(CURATE) --workspace $$folder/w manifest verify bench --quiet"; rm -rf $$folder

# What Hugging Face's datasets, webdataset and mlcroissant read of what is exported.
exports-check: build
	@python3 -m venv .build/exports
	@.build/exports/bin/pip install -q datasets webdataset mlcroissant jsonschema pillow
	@.build/exports/bin/python Benchmarks/exports.py $(CURATE)

asan: setup
	$(SWIFT) test --sanitize=address

ci: lint test

clean:
	rm -rf .build demo
