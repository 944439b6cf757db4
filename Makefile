# Few targets; each calls the tool that does the work.
.PHONY: build test lint systems golden fuzz fuzz-hour faults licences vulnerabilities wheel release e2e

build: ## both binaries into bin/
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/ ./cmd/runnable-render ./cmd/runnable-step

test: ## the fast tests; MATRIX=1 runs every case
	go test ./...

lint:
	test -z "$$(gofmt -l .)"
	go vet ./...
	golangci-lint run

systems: ## all packages compile for the other systems of a release, as far as types go
	go run ./internal/release/systems windows/amd64,darwin/arm64 ./...

golden: ## rewrite the golden files; review the difference like a change of the product
	go test ./golden/... -update

fuzz: ## 30 s for each fuzz target
	./e2e/fuzz 30s

fuzz-hour: ## an hour in all, whose log docs/fuzzing.md holds
	LOG=fuzz.log JOBS=2 nice -n 19 ./e2e/fuzz 110s

faults: ## the real program on a machine that fails it; root on Linux, with bindfs
	go test -tags e2e -count 1 ./e2e/faults

licences: ## fails where a module's licence is not one that a release may hold
	go run ./internal/release/licences -npm web/package-lock.json ./cmd/...

vulnerabilities: ## needs a machine that reaches vuln.go.dev
	go run golang.org/x/vuln/cmd/govulncheck@latest ./...

wheel: build ## a wheel with the program for this machine, into dist/
	mkdir -p dist
	go run ./internal/release/licences -notices ./cmd/runnable-render >dist/LICENCES.txt
	python3 python/rr_wheel.py bin/runnable-render dist dist/LICENCES.txt

release: ## all programs and wheels into dist/, each built twice to the same bytes; half an hour
	./internal/release/release

e2e: ## the same cases on the real targets; SKIP=argo,compose leaves some out
	ONLY=compose,argo .ci/run
