# Everything a newcomer types. Each target works by itself on a fresh Debian 12 with Swift 6.3.
.PHONY: setup build demo test lint format bench asan ci clean

SWIFT ?= swift
CURATE = .build/release/curate

setup:
	@Scripts/setup.sh

build: setup
	$(SWIFT) build -c release --product curate

demo: build
	@Scripts/demo.sh $(CURATE)

# Release, because pixels and tensors in a debug build take minutes.
test: build
	$(SWIFT) test -c release

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests

bench: build
	@Benchmarks/run.sh $(CURATE)

asan: setup
	$(SWIFT) test --sanitize=address

ci: lint test

clean:
	rm -rf .build demo
