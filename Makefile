# make demo   shows the main job: a real Vault, a real kustomize, one Secret
# make test   runs everything; see tests/README.md
# The servers and hosts that both need are built from source on the first run,
# into the cache that tests/README.md names.

GO     ?= go
IMAGE  ?= esfn:dev
ARGOCD_IMAGE ?= esfn-argocd:dev
BINARY := bin/esfn

# How every binary that is handed out is built; .goreleaser.yaml has the same. Without
# paths, C and the time of the build in it, the same commit and the same Go give the
# same bytes.
BUILD   = CGO_ENABLED=0 $(1) $(GO) build -buildvcs=auto -trimpath -ldflags '-s -w'
SUPPLY  = $(GO) -C supply run .
TARGETS = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

# The vulnerability database: a version of golang.org/x/vulndb, which the module
# proxy has; "latest"; a folder; or the address https://vuln.go.dev.
VULNDB ?= v0.0.0-20261105234957-e22db6528018

# The race detector needs a C compiler; without one the tests run without it.
# fn/template starts no goroutine, and its bounds take minutes under the detector.
RACE = $(shell command -v $$($(GO) env CC) >/dev/null 2>&1 && echo -race)

# Tests of large amounts, or of very many cases: they too would take minutes.
AMOUNTS = '(It|They)May$$|TestNoValueLeavesTheFunction|TestALongLineIsRead|TestWhatIsNestedDeeply'

PACKAGES = $(shell $(GO) list . ./fn/... ./vaultsrc/...)

.PHONY: build demo test test-all test-fast bench bench-go load fuzz image image-argocd image-files lint clean \
	audit audit-release sbom licences reproduce targets goreleaser

build: ## a static binary, in bin/
	$(call BUILD) -o $(BINARY) .

demo: ## the main job, with a Vault of its own
	@$(GO) run ./tests/demo

test: lint audit targets reproduce ## everything; with a Docker engine the image, too
	@if docker version >/dev/null 2>&1; then \
		$(MAKE) --no-print-directory image image-argocd && \
		$(MAKE) --no-print-directory test-all ESFN_TEST_IMAGE=$(IMAGE) ESFN_TEST_ARGOCD_IMAGE=$(ARGOCD_IMAGE); \
	else \
		echo "no Docker engine: the scripts that run the image are left out"; \
		$(MAKE) --no-print-directory test-all; \
	fi

test-all:
	@echo "Building what the tests run against: 15 to 20 minutes the first time, on two cores."
	$(GO) run ./tests/prepare
	$(if $(RACE),CGO_ENABLED=1) $(GO) test $(RACE) -parallel 16 -skip $(AMOUNTS) $(filter-out %/fn/template,$(PACKAGES))
	$(GO) test -run $(AMOUNTS) $(filter-out %/fn/template,$(PACKAGES))
	$(GO) test ./fn/template
	$(GO) -C supply test ./...
	@said=$$($(GO) test -run '^$$' -bench '/items=1$$' -benchtime 1x ./fn ./fn/resourcelist ./fn/template) && \
		test $$(echo "$$said" | grep -c ^Benchmark) -ge 14 || { echo "benchmarks that fail, or are not run:"; echo "$$said"; exit 1; }
	$(GO) test -count=1 . ./tests/...

test-fast: ## what needs no kube-apiserver, no kpt, no Argo CD and no Docker
	$(GO) run ./tests/prepare vault ldap kustomize helm
	$(GO) test ./fn/... ./vaultsrc/...
	$(GO) test -count=1 . ./tests/... -skip 'TestKubeScripts|TestHost|TestContainerScripts'

COUNT ?= 10
bench-go: ## the steps of a run, each by itself, for benchstat
	$(GO) test -run '^$$' -bench . -count $(COUNT) ./fn ./fn/resourcelist ./fn/template

bench: ## esfn beside its peers, into docs/benchmarks.md: 10 minutes, the first time 15
	@if docker version >/dev/null 2>&1; then $(MAKE) --no-print-directory image; fi
	$(GO) run ./tests/bench -image $(IMAGE)

DURATION ?= 5m
load: ## 50 renders at once for DURATION, of a Vault that is sealed, unsealed and replaced meanwhile
	$(GO) run ./tests/load -duration $(DURATION)

# What is new is not made smaller for a minute each time, as Go does it: goroutines make
# the coverage of a whole run another every time, and nothing would come of it.
FUZZTIME ?= 1m
fuzz: ## every fuzz test for FUZZTIME, one after the other
	@for package in $$($(GO) list ./fn/... ./vaultsrc/...); do \
		for name in $$($(GO) test $$package -list '^Fuzz' | grep '^Fuzz'); do \
			echo "$$package $$name"; \
			$(GO) test $$package -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x || exit 1; \
		done; \
	done

image: image-files ## the container image, esfn:dev
	docker build --network none -t $(IMAGE) --target esfn -f Dockerfile $$(cat bin/image/labels) bin/image

image-argocd: image-files ## that of a sidecar of Argo CD, esfn-argocd:dev
	docker build --network none -t $(ARGOCD_IMAGE) --target argocd -f Dockerfile $$(cat bin/image/labels) bin/image

image-files:
	$(call BUILD,GOOS=linux) -o bin/image/esfn .
	@printf 'root:x:0:0:root:/:/usr/local/bin/esfn\nnobody:x:65534:65534:nobody:/:/usr/local/bin/esfn\nargocd:x:999:999:argocd:/tmp:/usr/local/bin/esfn\n' > bin/image/passwd
	@printf 'root:x:0:\nnobody:x:65534:\nargocd:x:999:\n' > bin/image/group
	cd tests/hosts/kustomize && $(call BUILD,GOOS=linux) -o ../../../bin/image/kustomize .
	@mkdir -p bin/image/doc/esfn bin/image/doc/kustomize && cp LICENSE bin/image/doc/esfn/LICENSE
	@for program in esfn kustomize; do \
		$(SUPPLY) sbom ../bin/image/$$program ../bin/image/doc/$$program/$$program.spdx.json && \
		$(SUPPLY) licences $$program ../bin/image/doc/$$program/licences.txt || exit 1; \
	done
	@$(SUPPLY) labels ../bin/image/esfn > bin/image/labels
	@chmod 755 bin/image/esfn bin/image/kustomize bin/image/doc bin/image/doc/* && chmod 644 bin/image/passwd bin/image/group bin/image/doc/*/*

# A release is made with another of goreleaser's commands, by whoever may publish one.
GORELEASER = $(GO) run github.com/goreleaser/goreleaser/v2@v2.15.0
goreleaser: licences ## check .goreleaser.yaml and build all of a release, but publish nothing; builds goreleaser first
	$(GORELEASER) check
	$(GORELEASER) release --snapshot --clean --skip=before,publish,announce

targets: ## esfn for every system: 4 minutes the first time, on two cores
	@for target in $(TARGETS); do \
		system=$${target%/*}; processor=$${target#*/}; end=; [ $$system != windows ] || end=.exe; \
		echo "building for $$target"; \
		$(call BUILD,GOOS=$$system GOARCH=$$processor) -o bin/targets/esfn_$${system}_$$processor$$end . || exit 1; \
	done

audit: ## modules, licences and vulnerabilities, by docs/modules.md
	$(SUPPLY) audit -vulndb '$(VULNDB)'

audit-release: ## the same on every system, and Go has to be free of them, too
	$(SUPPLY) audit -vulndb '$(VULNDB)' -release

sbom: build licences ## what bin/esfn is made of, in SPDX: bin/esfn.spdx.json
	@$(SUPPLY) sbom ../$(BINARY) ../$(BINARY).spdx.json

licences: ## the texts of all licences: bin/licences.txt
	@mkdir -p bin
	@$(SUPPLY) licences esfn ../bin/licences.txt

reproduce: ## two clones of the last commit have to give the same bytes
	@$(SUPPLY) reproduce

lint: ## formatting and vet
	@unformatted=$$($(GO) run cmd/gofmt -l .) || exit 1; test -z "$$unformatted" || { echo "not gofmt'd: $$unformatted"; exit 1; }
	$(GO) vet ./...

clean:
	rm -rf bin
