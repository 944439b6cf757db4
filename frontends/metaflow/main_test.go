package metaflow_test

import (
	"os"
	"testing"

	"github.com/runnable-render/runnable-render/internal/testvenv"
)

func TestMain(m *testing.M) { os.Exit(testvenv.M{M: m}.Run()) }
