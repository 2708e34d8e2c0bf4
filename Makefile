# SPDX-License-Identifier: GPL-2.0-or-later
# The front door: each target says one thing and hands it to the script that does it.

BUILD ?= build
PREFIX ?= /usr
DESTDIR ?=
KDIR ?= /lib/modules/$(shell uname -r)/build
K ?= 6.1

all: $(BUILD)/build.ninja  ## build the command and the library (build/procns, build/libprocns.so.0)
	ninja -C $(BUILD) $(if $(V),-v)
	@ln -sf cli/procns $(BUILD)/procns
	@for f in $(BUILD)/lib/libprocns.so*; do ln -sf lib/$${f##*/} $(BUILD)/; done

$(BUILD)/build.ninja: | deps
	meson setup --prefix=$(PREFIX) $(BUILD)

deps:  ## install the Debian packages that building needs, where they are missing
	@packaging/build-deps

module:  ## build procns.ko for the running kernel, or for KDIR=
	$(MAKE) -C kernel KDIR=$(KDIR)

run: all  ## boot a stock kernel, show /proc/namespaces there; then procns on this machine
	@tests/demo/run

check: all  ## every test on every kernel; the last line is N passed, N failed, N skipped
	@tests/check

check-debug: all  ## the module's suite, and its churn for CHURN_SECONDS=300, in kernels with KASAN and lockdep; K=6.1, 6.12 or 7.x alone
	@tests/check-debug $(if $(filter command environment,$(firstword $(origin K))),$(K))

check-kcsan: all  ## lifetimes and churn in a kernel with KCSAN, K=6.1 or 6.12
	@tests/check-debug kcsan-$(K)

check-faults: all  ## every allocation of a mount, a lookup, a load, … failing in turn, in a kernel with failslab, K=6.12
	@tests/check-debug faults-$(if $(filter command environment,$(firstword $(origin K))),$(K),6.12)

check-arm64: all  ## built for arm64: the unit tests, and in an emulated machine with Debian's 6.12 the module's suite and system tests
	@rm -rf $(BUILD)/check-arm64
	@CHECK_OUT=$(abspath $(BUILD)/check-arm64) tests/check build-arm64 vm-6.12-arm64 system-6.12-arm64

lint: all  ## what compilers and checkers say of the sources: warnings, clang-tidy, cppcheck, shellcheck, sparse, checkpatch
	@packaging/build-deps tests
	@tests/lint

fuzz:  ## every parser fuzzed for FUZZ_SECONDS=600 by libFuzzer; FUZZ_SECONDS=0: their corpora, once
	@tests/fuzz/run

bench: all  ## measure against lsns, ls, plotnetcfg: ratios of the same run
	@packaging/build-deps bench
	@bench/run

vm:  ## a shell in a virtual machine: make vm K=6.12
	@tests/vm/run -i -k $(K)

install: all  ## install the command and the library
	DESTDIR=$(DESTDIR) meson install -C $(BUILD) --no-rebuild

install-module:  ## install the module's source for DKMS, load it at boot, mount it
	@packaging/install-module install "$(DESTDIR)"

uninstall-module:  ## undo install-module
	@packaging/install-module uninstall "$(DESTDIR)"

deb:  ## the Debian packages procns, libprocns0, libprocns-dev, procns-dkms, in build/deb
	@packaging/build-deps
	@packaging/build-deps deb
	@packaging/make-deb $(BUILD)/deb

clean:  ## remove what was built
	rm -rf $(BUILD)

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-18s %s\n", $$1, $$2 }' Makefile

.PHONY: all deps module run check check-debug check-kcsan check-faults check-arm64 lint fuzz bench vm install install-module uninstall-module deb clean help
