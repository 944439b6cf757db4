// Package imports holds no code, but the test that keeps the direction of imports (docs/architecture.md).
package imports
