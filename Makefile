# Few targets; each calls the tool that does the work.
.PHONY: build test lint golden fuzz e2e

build: ## both binaries into bin/
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/ ./cmd/runnable-render ./cmd/runnable-step

test: ## the fast tests: under two minutes warm
	go test ./...

lint:
	test -z "$$(gofmt -l .)"
	go vet ./...
	golangci-lint run

golden: ## rewrite the golden files; review the difference like a change of the product
	go test ./golden/... -update

fuzz: ## 30 s for each fuzz target
	./e2e/fuzz 30s

e2e: ## the same cases on the real targets; SKIP=argo,compose leaves some out
	ONLY=compose,argo .ci/run
