# The few commands a person types. Everything they need and do not find they install (Debian packages as root or
# through sudo, Python packages into ${MLGATEWAY_CACHE:-~/.cache/mlgateway}) and say so.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test check check-asan check-tsan fuzz bench tidy clean

SUPPORT := tests/support
BINARIES := mlgateway-operator mlgateway-sidecar
SUITES := tests/support/run_suites.py
PYTHON := /usr/bin/python3

help:
	@echo "make demo        a real model behind the gateway, from nothing to real requests (KEEP=1 leaves it running)"
	@echo "make check       fast: build, unit tests, include directions, style"
	@echo "make check-asan  unit, contract and journey tests under AddressSanitizer and UBSan"
	@echo "make check-tsan  unit and journey tests under ThreadSanitizer"
	@echo "make fuzz        every parser, ten minutes each (FUZZ_SECONDS=n: n seconds)"
	@echo "make test        everything that CI runs"
	@echo "make bench       side by side with nginx, HAProxy and Envoy"
	@echo "make tidy        clang-tidy over the product's sources (slow)"
	@echo "make clean       removes what was built; the cache of packages stays"

demo:
	@$(SUPPORT)/install demo
	@$(SUPPORT)/venv model
	@$(SUPPORT)/build build release $(BINARIES)
	@$(PYTHON) examples/demo $(if $(KEEP),--keep)

check:
	@$(SUPPORT)/install test
	@$(SUPPORT)/build build release
	@$(PYTHON) $(SUITES) layering style unit contract

check-asan:
	@$(SUPPORT)/install test
	@$(SUPPORT)/venv tests
	@$(SUPPORT)/build build-asan asan
	@$(PYTHON) $(SUITES) asan-unit asan-contract asan-journey

check-tsan:
	@$(SUPPORT)/install test
	@$(SUPPORT)/venv tests
	@$(SUPPORT)/build build-tsan tsan
	@$(PYTHON) $(SUITES) tsan-unit tsan-journey

fuzz:
	@$(SUPPORT)/install test
	@$(SUPPORT)/build build-fuzz fuzz
	@FUZZ_SECONDS=$(or $(FUZZ_SECONDS),600) tests/fuzz/run

test:
	@$(SUPPORT)/install test
	@$(SUPPORT)/venv tests
	@$(SUPPORT)/venv model
	@$(SUPPORT)/build build release
	@$(SUPPORT)/build build-asan asan
	@$(SUPPORT)/venv servers
	@tests/cluster/prepare
	@$(PYTHON) $(SUITES) layering unit contract operator cluster-api cluster journey realmodel demo asan-unit asan-contract asan-journey

bench:
	@$(SUPPORT)/install bench
	@$(SUPPORT)/venv bench
	@$(SUPPORT)/build build release mlgateway-sidecar mlgateway_bench
	@tests/bench/run

tidy:
	@$(SUPPORT)/install tidy
	@$(SUPPORT)/build build release
	@run-clang-tidy-19 -quiet -p build '^$(CURDIR)/(sidecar|operator)/.*\.cpp$$'

clean:
	@rm -rf build build-asan build-tsan build-fuzz
