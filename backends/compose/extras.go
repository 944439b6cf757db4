package compose

import (
	"fmt"
	"maps"
	"math/big"
	"net/netip"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/ir"
)

// Extras are what compose alone gives a container.
type Extras struct {
	Devices    []string         `cfg:"devices" is:"device" help:"devices of the machine: PATH, PATH:INSIDE or PATH:INSIDE:rwm"`
	ShmSize    string           `cfg:"shm_size" is:"bytes" help:"size of /dev/shm, such as 2g"`
	Ulimits    map[string]Limit `cfg:"ulimits" keys:"as|core|cpu|data|fsize|locks|memlock|msgqueue|nice|nofile|nproc|rss|rtprio|rttime|sigpending|stack" help:"ulimits, each a number or soft and hard; -1: none"`
	Volumes    []Mount          `cfg:"volumes" help:"folders and volumes, as SOURCE:TARGET, SOURCE:TARGET:ro or by these keys"`
	Networks   []Network        `cfg:"networks" help:"networks, by name or by these keys"`
	ExtraHosts Hosts            `cfg:"extra_hosts" help:"addresses of hosts: a mapping, or a list of HOST:ADDRESS"`
}

// Limit is one limit of the system.
type Limit struct {
	Soft string `cfg:"soft" help:"the limit that applies"`
	Hard string `cfg:"hard" help:"the limit up to which a program may raise it"`
}

// Short implements [target.Short].
func (l *Limit) Short(texts []string) bool {
	if len(texts) != 1 {
		return false
	}
	l.Soft, l.Hard = texts[0], texts[0]
	return true
}

// Wrong implements [target.Checked].
func (l *Limit) Wrong() (key, why string) {
	for _, text := range []string{l.Soft, l.Hard} {
		if n, err := strconv.ParseInt(text, 10, 64); err != nil || n < -1 {
			return "", "must be a whole number, -1 for none, or such numbers for soft and hard"
		}
	}
	if l.above(l.Soft, l.Hard) {
		return "", "has a soft limit above the hard one"
	}
	return "", ""
}

// above compares two limits, of which -1 is none.
func (*Limit) above(a, b string) bool {
	x, _ := strconv.ParseInt(a, 10, 64) // both were looked at
	y, _ := strconv.ParseInt(b, 10, 64)
	return y >= 0 && (x < 0 || x > y)
}

// Mount is a folder of the machine, or a volume, in a container.
type Mount struct {
	Source   string `cfg:"source" help:"a folder (/data, or ./data beside the plan), or the name of a volume"`
	Target   string `cfg:"target" help:"where it is mounted"`
	ReadOnly bool   `cfg:"read_only" help:"whether it is mounted read-only"`
	External bool   `cfg:"external" help:"whether the volume exists already"`
}

// Short implements [target.Short].
func (m *Mount) Short(texts []string) bool {
	if len(texts) != 1 {
		return false
	}
	parts := strings.SplitN(texts[0], ":", 3)
	m.Source = parts[0]
	if len(parts) > 1 {
		m.Target = parts[1]
	}
	if len(parts) > 2 {
		m.ReadOnly = parts[2] == "ro"
		if !m.ReadOnly && parts[2] != "rw" {
			m.Target = "" // so that it is told
		}
	}
	return true
}

var volumeName = regexp.MustCompile(`^[A-Za-z0-9][-A-Za-z0-9_.]*$`)

// folder reports whether the source is a folder of the machine.
func (m *Mount) folder() bool {
	return path.IsAbs(m.Source) || strings.HasPrefix(m.Source, "./") || strings.HasPrefix(m.Source, "../") || m.Source == "."
}

// Wrong implements [target.Checked].
func (m *Mount) Wrong() (key, why string) {
	to := path.Clean(m.Target)
	switch {
	case m.Source == "" || m.Target == "" || !path.IsAbs(to) || strings.ContainsAny(m.Source+m.Target, ":"):
		return "", "must be SOURCE:TARGET, SOURCE:TARGET:ro, or a mapping of source and target; the target is an absolute path"
	case !m.folder() && !volumeName.MatchString(m.Source):
		return "", fmt.Sprintf("has the source %q, which is neither a folder (/data, ./data) nor the name of a volume", m.Source)
	case m.Source == "runner" || m.Source == "store":
		return "", fmt.Sprintf("names the volume %s, which the plan has for itself; choose another name", m.Source)
	case m.External && m.folder():
		return "", "is a folder, and only a volume is external"
	case slices.ContainsFunc([]string{"/runnable", secretsDir}, func(own string) bool { return within(to, own) || within(own, to) }):
		return "", fmt.Sprintf("would hide what the runner needs below /runnable and %s; choose another target", secretsDir)
	}
	return "", ""
}

// within reports whether a path is a folder or in it.
func within(p, dir string) bool {
	return p == dir || dir == "/" || strings.HasPrefix(p, dir+"/")
}

// Network is one that a container joins.
type Network struct {
	Name     string `cfg:"name" help:"its name"`
	External bool   `cfg:"external" help:"whether it exists already"`
}

// Short implements [target.Short].
func (n *Network) Short(texts []string) bool {
	if len(texts) != 1 {
		return false
	}
	n.Name = texts[0]
	return true
}

// Wrong implements [target.Checked].
func (n *Network) Wrong() (key, why string) {
	if !volumeName.MatchString(n.Name) {
		return "", "must be the name of a network: letters, digits, hyphens, underscores and dots"
	}
	return "", ""
}

// Hosts are addresses by the names of hosts.
type Hosts map[string]string

// Short implements [target.Short].
func (h *Hosts) Short(texts []string) bool {
	if texts == nil {
		return false
	}
	*h = Hosts{}
	for _, text := range texts {
		i := max(strings.IndexAny(text, ":="), 0)
		address := strings.TrimLeft(text[i:], ":=")
		if strings.HasPrefix(text[i:], ":::") || strings.HasPrefix(text[i:], "=::") {
			address = text[i+1:]
		}
		if before, twice := (*h)[text[:i]]; twice {
			address = before + " and " + address
		}
		(*h)[text[:i]] = address
	}
	return true
}

// Wrong implements [target.Checked].
func (h *Hosts) Wrong() (key, why string) {
	for _, host := range sorted(*h) {
		address := (*h)[host]
		if strings.Contains(address, " and ") {
			return "", fmt.Sprintf("gives the host %s twice, as %s; leave one", host, address)
		}
		if _, err := netip.ParseAddr(strings.Trim(address, "[]")); host == "" || err != nil && address != "host-gateway" {
			return "", fmt.Sprintf("needs a host and its address (or host-gateway) in each entry, as in db:10.0.0.7, and has %q for %q", address, host)
		}
	}
	return "", ""
}

// twice names a list that has two things in one place, the second of which would hide the first.
func (x Extras) twice() (key, why string) {
	if at := ir.Repeated(x.Volumes, Mount.at); at != "" {
		return "volumes", fmt.Sprintf("mounts two volumes at %s; each needs a target of its own", at)
	}
	if at := ir.Repeated(x.Devices, inside); at != "" {
		return "devices", fmt.Sprintf("has two devices at %s; each needs a path of its own", at)
	}
	if name := ir.Repeated(x.Networks, Network.name); name != "" {
		return "networks", fmt.Sprintf("names the network %s twice", name)
	}
	return "", ""
}

// with lays the extras of o over x.
func (x Extras) with(o Extras) Extras {
	if o.ShmSize != "" {
		x.ShmSize = o.ShmSize
	}
	x.Devices = ir.Overlay(x.Devices, o.Devices, inside)
	x.Volumes = ir.Overlay(x.Volumes, o.Volumes, Mount.at)
	x.Networks = ir.Overlay(x.Networks, o.Networks, Network.name)
	x.Ulimits = ir.OverlayMap(x.Ulimits, o.Ulimits)
	x.ExtraHosts = ir.OverlayMap(x.ExtraHosts, o.ExtraHosts)
	return x
}

// beside puts together what two steps of one container ask for: the larger amounts, and all of the rest. What they
// cannot both have is named.
func (x Extras) beside(o Extras) (both Extras, clash string) {
	both = x.with(o)
	if bytesOf(x.ShmSize).Cmp(bytesOf(o.ShmSize)) > 0 {
		both.ShmSize = x.ShmSize
	}
	for name, l := range x.Ulimits {
		other := both.Ulimits[name]
		if l.above(l.Soft, other.Soft) {
			other.Soft = l.Soft
		}
		if l.above(l.Hard, other.Hard) {
			other.Hard = l.Hard
		}
		if other != both.Ulimits[name] { // so the map is not that of x
			both.Ulimits[name] = other
		}
	}
	switch back := o.with(x); {
	case !sameBy(both.Devices, back.Devices, inside):
		clash = "devices"
	case !sameBy(both.Volumes, back.Volumes, Mount.at):
		clash = "volumes"
	case !sameBy(both.Networks, back.Networks, Network.name):
		clash = "networks"
	case fmt.Sprint(both.ExtraHosts) != fmt.Sprint(back.ExtraHosts):
		clash = "extra_hosts"
	}
	return both, clash
}

// inside is the path of a device in the container.
func inside(device string) string {
	parts := strings.Split(device, ":")
	return parts[min(1, len(parts)-1)]
}

func (m Mount) at() string     { return path.Clean(m.Target) }
func (n Network) name() string { return n.Name }

// sameBy reports whether two lists hold the same, in any order.
func sameBy[T comparable](a, b []T, key func(T) string) bool {
	byKey := func(x, y T) int { return strings.Compare(key(x), key(y)) }
	return slices.Equal(slices.SortedFunc(slices.Values(a), byKey), slices.SortedFunc(slices.Values(b), byKey))
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

var bytesForm = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?([kKmMgGtT]?)i?[bB]?$`)

// bytesOf reads an amount as compose does: 1k is 1024 bytes. What is none is nothing.
func bytesOf(text string) *big.Rat {
	m := bytesForm.FindStringSubmatch(text)
	if m == nil {
		return new(big.Rat)
	}
	q, _ := new(big.Rat).SetString(m[1])
	if m[2] != "" {
		unit := uint(10 * (1 + strings.Index("kmgt", strings.ToLower(m[2]))))
		q.Mul(q, new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), unit)))
	}
	return q
}

// add writes the extras into a service.
func (x Extras) add(m *yamlout.Map, mounts []string) {
	devices, hosts := yamlout.NewList(), yamlout.NewList()
	for _, d := range x.Devices {
		devices.Add(escape(d))
	}
	for _, host := range sorted(x.ExtraHosts) {
		hosts.Add(escape(host + ":" + x.ExtraHosts[host]))
	}
	m.Opt("devices", devices)
	if x.ShmSize != "" {
		m.Add("shm_size", bytesText(bytesOf(x.ShmSize)))
	}
	limits := yamlout.NewMap()
	for _, name := range sorted(x.Ulimits) {
		l := x.Ulimits[name]
		soft, _ := strconv.ParseInt(l.Soft, 10, 64) // both were looked at
		hard, _ := strconv.ParseInt(l.Hard, 10, 64)
		limits.Add(name, yamlout.Flow{Value: yamlout.NewMap("soft", soft, "hard", hard)})
	}
	m.Opt("ulimits", limits)
	if len(x.Volumes) > 0 {
		l := yamlout.NewList()
		for _, mount := range mounts {
			l.Add(mount)
		}
		for _, v := range x.Volumes {
			kind := "volume"
			if v.folder() {
				kind = "bind"
			}
			l.Add(yamlout.Flow{Value: yamlout.NewMap("type", kind, "source", escape(v.Source), "target", escape(v.Target)).Opt("read_only", v.ReadOnly)})
		}
		m.Add("volumes", l)
	}
	networks := yamlout.NewList()
	for _, n := range x.Networks {
		networks.Add(n.Name)
	}
	m.Opt("networks", networks).Opt("extra_hosts", hosts)
}
