package compose

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/runnable-render/runnable-render/internal/runnerenv"
)

// Caller is who starts a plan, as its containers know them.
type Caller struct {
	User  string // UID:GID; 0:0 where the engine itself runs as the caller
	Umask string // octal
}

// serviceLine begins a service. Render writes them two blanks in, quoted where YAML asks for it, and deeper whatever
// belongs to one.
var serviceLine = regexp.MustCompile(`(?m)^  ["']?([a-zA-Z0-9._-]+)["']?:$`)

// relativeFolder is a folder beside the plan that a step mounts, as [Render] writes it.
var relativeFolder = regexp.MustCompile(`type: bind, source: "?\.`)

// RelativeFolder reports whether a plan mounts folders by where it stands itself.
func RelativeFolder(plan []byte) bool { return relativeFolder.Match(plan) }

// InFolder is the file that a plan is started with beside its own, so that a folder of this machine takes the place of
// the volume of facts. Every service that writes there does so as the caller and by the caller's umask, so that the folder
// need not be opened to anybody. The service that installs the runner stays root, and opens the runner's volume to begin.
func InFolder(plan []byte, folder string, c Caller) []byte {
	var b strings.Builder
	b.WriteString("services:\n")
	_, services, _ := strings.Cut(string(plan), "\nservices:\n")
	if i := strings.Index(services, "\nvolumes:\n"); i >= 0 {
		services = services[:i]
	}
	for _, line := range serviceLine.FindAllStringSubmatch(services, -1) {
		if name := line[1]; name == runnerService {
			fmt.Fprintf(&b, "  %q: {command: [install, %s, --open, %[2]s]}\n", name, runnerDir)
		} else {
			fmt.Fprintf(&b, "  %q: {user: %q, environment: {%s: %q}}\n", name, c.User, runnerenv.Umask, c.Umask)
		}
	}
	// JSON strings are YAML; compose would replace what follows a dollar sign.
	fmt.Fprintf(&b, "volumes: {store: {driver: local, driver_opts: {type: none, o: bind, device: %s}}}\n", escape(fmt.Sprintf("%q", folder)))
	return []byte(b.String())
}
