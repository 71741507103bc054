# make demo   shows the main job: a real Vault, a real kustomize, one Secret
# make test   runs everything; see tests/README.md
# The servers and hosts that both need are built from source on the first run,
# into the cache that tests/README.md names.

GO     ?= go
IMAGE  ?= esfn:dev
ARGOCD_IMAGE ?= esfn-argocd:dev
BINARY := bin/esfn

# The race detector needs a C compiler; without one the tests run without it.
# fn/template starts no goroutine, and its bounds take minutes under the detector.
RACE = $(shell command -v $$($(GO) env CC) >/dev/null 2>&1 && echo -race)

.PHONY: build demo test test-all test-fast bench bench-go fuzz image image-argocd image-files lint clean

build: ## a static binary, in bin/
	CGO_ENABLED=0 $(GO) build -buildvcs=auto -trimpath -ldflags '-s -w' -o $(BINARY) .

demo: ## the main job, with a Vault of its own
	@$(GO) run ./tests/demo

test: lint ## everything; with a Docker engine the image, too
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
	$(if $(RACE),CGO_ENABLED=1) $(GO) test $(RACE) -parallel 16 $(filter-out %/fn/template,$(shell $(GO) list ./fn/... ./vaultsrc/...))
	$(GO) test ./fn/template
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

FUZZTIME ?= 1m
fuzz: ## every fuzz test for FUZZTIME, one after the other
	@for package in $$($(GO) list ./fn/... ./vaultsrc/...); do \
		for name in $$($(GO) test $$package -list '^Fuzz' | grep '^Fuzz'); do \
			echo "$$package $$name"; \
			$(GO) test $$package -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) || exit 1; \
		done; \
	done

image: image-files ## the container image, esfn:dev
	docker build --network none -t $(IMAGE) --target esfn -f Dockerfile bin/image

image-argocd: image-files ## that of a sidecar of Argo CD, esfn-argocd:dev
	docker build --network none -t $(ARGOCD_IMAGE) --target argocd -f Dockerfile bin/image

image-files:
	CGO_ENABLED=0 GOOS=linux $(GO) build -buildvcs=auto -trimpath -ldflags '-s -w' -o bin/image/esfn .
	@printf 'root:x:0:0:root:/:/usr/local/bin/esfn\nnobody:x:65534:65534:nobody:/:/usr/local/bin/esfn\nargocd:x:999:999:argocd:/tmp:/usr/local/bin/esfn\n' > bin/image/passwd
	@printf 'root:x:0:\nnobody:x:65534:\nargocd:x:999:\n' > bin/image/group
	cd tests/hosts/kustomize && CGO_ENABLED=0 GOOS=linux $(GO) build -trimpath -ldflags '-s -w' -o ../../../bin/image/kustomize .
	@chmod 755 bin/image/esfn bin/image/kustomize && chmod 644 bin/image/passwd bin/image/group

lint: ## formatting and vet
	@unformatted=$$($(GO) run cmd/gofmt -l .) || exit 1; test -z "$$unformatted" || { echo "not gofmt'd: $$unformatted"; exit 1; }
	$(GO) vet ./...

clean:
	rm -rf bin
