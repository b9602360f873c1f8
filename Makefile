# Two commands do everything on a fresh Debian 12 with a Swift 6 toolchain: `make run` and `make test`.
# Both install what is missing first (packages.txt, Tests/EndToEnd/requirements.txt).

SHELL := /bin/bash
.DELETE_ON_ERROR:

# Options for `cairn serve`, as in: make run ARGS="--listen 127.0.0.1:9000"
ARGS ?=

# Swift's runtime inside of the program: a tenth less of the processor's time for a call.
release := --configuration release --static-swift-stdlib
venv := .venv/installed
sources := Package.swift $(wildcard Sources Tests codegen Benchmarks)

.PHONY: help
help:
	@echo "make run      build and start a server on 127.0.0.1:7433 with its own PostgreSQL"
	@echo "make test     run every test; the last line counts passes and failures"
	@echo "make fuzz     feed made-up input to what reads strangers' bytes; ARGS=\"SECONDS TARGET…\""
	@echo "make test-tsan, make test-asan   every test under the thread or the address sanitizer"
	@echo "make demo     store this machine's documentation while the server is killed and started again"
	@echo "make bench    measure against the baselines (less than ten minutes)"
	@echo "make bench-large  the same on a million contexts, which are made once and kept"
	@echo "make bench-retention  the disk that updates take while history is pruned; ARGS=\"--updates N\""
	@echo "make soak     mixed work for an hour: memory and latency by the minute; ARGS=\"--minutes N\""
	@echo "make format   format the Swift sources;  make lint  check them, and spelling"
	@echo "make reference  write docs/reference from the comments in Protos"
	@echo "make protoset write cairn.protoset, a descriptor set of the API"
	@echo "make clean    take away what was built"

.PHONY: run
run:
	@.ci/install-packages run
	swift build $(release) --product cairn
	@exec .build/release/cairn serve $(ARGS)

.PHONY: test
test:
	@.ci/install-packages run test
	@$(MAKE) --no-print-directory $(venv)
	swift build --build-tests
	@Tests/run

# Each has a build of its own in .build/SANITIZER. ARGS as for Tests/run.
.PHONY: test-tsan test-asan
test-tsan test-asan:
	@.ci/install-packages run test
	@$(MAKE) --no-print-directory $(venv)
	@Tests/run-sanitized $(if $(filter %-tsan,$@),thread,address) $(ARGS)

.PHONY: fuzz
fuzz:
	@.ci/install-packages run
	@Tests/Fuzz/run $(ARGS)

.PHONY: demo
demo:
	@.ci/install-packages run test
	@$(MAKE) --no-print-directory $(venv)
	swift build $(release) --product cairn
	@CAIRN_BUILD=.build/release .venv/bin/python Tests/EndToEnd/demo $(ARGS)

.PHONY: bench
bench:
	@.ci/install-packages run test bench
	@$(MAKE) --no-print-directory $(venv)
	@Benchmarks/run $(ARGS)

.PHONY: bench-large
bench-large:
	@.ci/install-packages run test bench
	@$(MAKE) --no-print-directory $(venv)
	@Benchmarks/run-large $(ARGS)

.PHONY: soak bench-retention
soak bench-retention:
	@.ci/install-packages run test bench
	@$(MAKE) --no-print-directory $(venv)
	@Benchmarks/run-long $(patsubst bench-%,%,$@) $(ARGS)

.PHONY: format lint
format:
	swift format format --in-place --recursive --parallel $(sources)
lint:
	@.ci/install-packages lint
	swift format lint --strict --recursive --parallel $(sources)
	codespell Sources Examples codegen Benchmarks Protos docs $(wildcard *.md) Makefile packages.txt

.PHONY: protoset
protoset:
	protoc --proto_path=Protos --include_imports --include_source_info \
	  --descriptor_set_out=cairn.protoset Protos/cairn/v1/*.proto

# A page of a service that is no more goes with the others.
.PHONY: reference
reference:
	swift build --product protoc-gen-reference
	@mkdir -p docs/reference && rm -f docs/reference/*.md
	protoc --proto_path=Protos --plugin=.build/debug/protoc-gen-reference \
	  --reference_out=docs/reference Protos/cairn/v1/*.proto

.PHONY: clean
clean:
	rm -rf .build .cache .venv cairn.protoset

# Stock gRPC for Python, in a folder that git ignores.
$(venv): Tests/EndToEnd/requirements.txt
	python3 -m venv .venv
	.venv/bin/pip install --quiet --requirement $<
	@touch $@
