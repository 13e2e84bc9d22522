# The front door. Meson and Ninja do the work; `make help` lists what there is.

BUILD  ?= build
PREFIX ?= /usr/local

.DEFAULT_GOAL := all
.PHONY: all demo check bench fmt generate install clean help deps check-deps

all: $(BUILD)/release/build.ninja ## build the release binary: build/release/tobs
	@ninja -C $(BUILD)/release

$(BUILD)/release/build.ninja:
	@tools/setup.sh build
	@meson setup $(BUILD)/release --buildtype=release -Dtests=false --prefix=$(PREFIX) >/dev/null

demo: all ## see it work, without an account: a simulated Telegram, a login, an export into tobs-demo/
	@tools/demo.sh $(abspath $(BUILD))/release/tobs

check: ## run every check and every test
	@tools/setup.sh check
	@TOBS_BUILD=$(abspath $(BUILD)) python3 tools/check/run.py $(STEPS)

bench: ## measure, beside other people's programs: a table, and docs/benchmarks.md
	@tools/setup.sh bench
	@test -e $(BUILD)/bench/build.ninja || \
		meson setup $(BUILD)/bench --buildtype=release -Dtests=true >/dev/null
	@ninja -C $(BUILD)/bench tobs $(addprefix bench/,bench_tl bench_crypto bench_client bot_echo bot_load)
	@python3 bench/run.py $(BUILD)/bench

fmt: ## format the sources
	@tools/check/format.sh --fix

generate: ## make anew what is made of schema/ and of the public headers
	@for tool in tlgen/tlgen botgen/botgen reference/reference; do python3 tools/$$tool.py . || exit 1; done

install: all ## install below PREFIX (/usr/local)
	@meson configure $(BUILD)/release -Dprefix=$(PREFIX)
	@meson install -C $(BUILD)/release

clean: ## remove everything that was built, and the demo
	rm -rf $(BUILD) tobs-demo

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 18
