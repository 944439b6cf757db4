package argo

import (
	"path"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Volume is one that pods mount; it has one source.
type Volume struct {
	MountPath string          `cfg:"mount_path" is:"path" help:"where the volume is mounted"`
	SubPath   string          `cfg:"sub_path" help:"the file or folder of the volume that is mounted (default: all of it)"`
	ReadOnly  bool            `cfg:"read_only" help:"whether it is mounted read-only"`
	Claim     Claim           `cfg:"persistent_volume_claim" help:"a claim"`
	ConfigMap ConfigMapVolume `cfg:"config_map" help:"a ConfigMap, each key as a file"`
	Secret    SecretVolume    `cfg:"secret" help:"a Secret, each key as a file"`
	EmptyDir  *EmptyDir       `cfg:"empty_dir" help:"a folder that starts empty and is deleted with the pod"`
	CSI       CSI             `cfg:"csi" help:"a volume that a CSI driver of the cluster provides"`
}

// Claim names a claim.
type Claim struct {
	Name     string `cfg:"claim_name" is:"name" help:"name of the claim"`
	ReadOnly bool   `cfg:"read_only" help:"whether it is mounted read-only"`
}

// ConfigMapVolume names a ConfigMap whose keys become files.
type ConfigMapVolume struct {
	Name     string `cfg:"name" is:"name" help:"name of the ConfigMap"`
	Items    []Item `cfg:"items" help:"the keys that become files (default: all)"`
	Optional bool   `cfg:"optional" help:"whether the ConfigMap, or a key, may be missing"`
}

// SecretVolume names a Secret whose keys become files.
type SecretVolume struct {
	Name     string `cfg:"secret_name" is:"name" help:"name of the Secret"`
	Items    []Item `cfg:"items" help:"the keys that become files (default: all)"`
	Optional bool   `cfg:"optional" help:"whether the Secret, or a key, may be missing"`
}

// Item is a key and the file that it becomes.
type Item struct {
	Key  string `cfg:"key" is:"key" help:"the key"`
	Path string `cfg:"path" help:"path of the file below mount_path"`
}

// EmptyDir is a folder of the pod's own.
type EmptyDir struct {
	Medium string `cfg:"medium" is:"Memory" help:"Memory: the folder is kept in the pod's memory"`
	Size   string `cfg:"size_limit" is:"volume" help:"its maximum size"`
}

// CSI is a volume that a driver makes for the pod.
type CSI struct {
	Driver     string            `cfg:"driver" is:"name" help:"name of the driver"`
	ReadOnly   bool              `cfg:"read_only" help:"whether it is mounted read-only"`
	FSType     string            `cfg:"fs_type" help:"type of the file system"`
	Attributes map[string]string `cfg:"volume_attributes" help:"parameters of the driver"`
	Secret     SecretRef         `cfg:"node_publish_secret_ref" help:"the Secret that is passed to the driver"`
}

// SecretRef names a Secret.
type SecretRef struct {
	Name string `cfg:"name" is:"name" help:"name of the Secret"`
}

// Short implements [target.Short].
func (c *Claim) Short(texts []string) bool { return shortName(&c.Name, texts) }

// Short implements [target.Short].
func (c *ConfigMapVolume) Short(texts []string) bool { return shortName(&c.Name, texts) }

// Short implements [target.Short].
func (s *SecretVolume) Short(texts []string) bool { return shortName(&s.Name, texts) }

// shortName takes the one text that stands for a name.
func shortName(name *string, texts []string) bool {
	if len(texts) == 1 {
		*name = texts[0]
	}
	return len(texts) == 1
}

// at is where the volume is mounted.
func (v Volume) at() string { return path.Clean(v.MountPath) }

// Wrong implements [target.Checked].
func (v *Volume) Wrong() (key, why string) {
	sources := 0
	for _, given := range []bool{v.Claim.Name != "", v.ConfigMap.Name != "", v.Secret.Name != "", v.EmptyDir != nil, v.CSI.Driver != ""} {
		if given {
			sources++
		}
	}
	switch {
	case v.MountPath == "":
		return "", "needs an absolute mount_path"
	case sources != 1:
		return "", "needs one of persistent_volume_claim with claim_name, config_map with name, secret with secret_name, empty_dir, and csi with driver; a pod_spec_patch can add volumes of other kinds"
	case path.IsAbs(v.SubPath) || slices.Contains(strings.Split(v.SubPath, "/"), ".."):
		return "sub_path", "must be a path inside the volume"
	}
	for _, item := range append(v.ConfigMap.Items, v.Secret.Items...) {
		if item.Key == "" || item.Path == "" || path.IsAbs(item.Path) || slices.Contains(strings.Split(item.Path, "/"), "..") {
			return "", "needs a key, and a path below mount_path, in each of its items"
		}
	}
	return "", ""
}

// texts are what of the volume may be any text.
func (v *Volume) texts() []string {
	out := []string{v.MountPath, v.SubPath, v.CSI.FSType}
	for _, item := range append(v.ConfigMap.Items, v.Secret.Items...) {
		out = append(out, item.Path)
	}
	for _, key := range sortedKeys(v.CSI.Attributes) {
		out = append(out, key, v.CSI.Attributes[key])
	}
	return out
}

// readOnly reports whether the volume is mounted read-only.
func (v *Volume) readOnly() bool { return v.ReadOnly || v.Claim.ReadOnly || v.CSI.ReadOnly }

// mount is the volume in a container.
func (v *Volume) mount(name string) yamlout.Flow {
	m := yamlout.NewMap("name", name, "mountPath", v.MountPath)
	return yamlout.Flow{Value: m.Opt("subPath", v.SubPath).Opt("readOnly", v.readOnly())}
}

// source is the volume in a pod.
func (v *Volume) source(name string) *yamlout.Map {
	m := yamlout.NewMap("name", name)
	switch {
	case v.Claim.Name != "":
		m.Add("persistentVolumeClaim", yamlout.NewMap("claimName", v.Claim.Name))
	case v.ConfigMap.Name != "":
		m.Add("configMap", keys(yamlout.NewMap("name", v.ConfigMap.Name), v.ConfigMap.Items, v.ConfigMap.Optional))
	case v.Secret.Name != "":
		m.Add("secret", keys(yamlout.NewMap("secretName", v.Secret.Name), v.Secret.Items, v.Secret.Optional))
	case v.EmptyDir != nil:
		m.Add("emptyDir", yamlout.NewMap().Opt("medium", v.EmptyDir.Medium).Opt("sizeLimit", v.EmptyDir.Size))
	default:
		c := yamlout.NewMap("driver", v.CSI.Driver).Opt("readOnly", v.CSI.ReadOnly).Opt("fsType", v.CSI.FSType)
		c.Opt("volumeAttributes", stringMap(v.CSI.Attributes))
		if v.CSI.Secret.Name != "" {
			c.Add("nodePublishSecretRef", yamlout.NewMap("name", v.CSI.Secret.Name))
		}
		m.Add("csi", c)
	}
	return m
}

func keys(m *yamlout.Map, items []Item, optional bool) *yamlout.Map {
	l := yamlout.NewList()
	for _, item := range items {
		l.Add(yamlout.Flow{Value: yamlout.NewMap("key", item.Key, "path", item.Path)})
	}
	return m.Opt("items", l).Opt("optional", optional)
}

// customVolume and ownVolume are the names of the volumes of every step, and of those of a step's own settings.
func customVolume(i int) string { return "volume-" + itoa(i+1) }
func ownVolume(i int) string    { return "own-volume-" + itoa(i+1) }

// checkMounts refuses volumes that would hide one another, or what the runner needs.
func (b *builder) checkMounts(what string, at diag.Span, volumes []Volume) {
	mounted := []string{runnableMount, storeMount, definitionMount}
	for _, v := range volumes {
		to := path.Clean(v.MountPath)
		if taken := func(by string) bool {
			return to == by || strings.HasPrefix(to, by+"/") || strings.HasPrefix(by, to+"/")
		}; slices.Contains(mounted, to) || slices.ContainsFunc(mounted[:3], taken) {
			b.refuse("RR1003", at, "the mount_path %q of %s is taken; each volume needs one of its own, and %s, %s and %s are the runner's", v.MountPath, what, runnableMount, storeMount, definitionMount)
		}
		mounted = append(mounted, to)
	}
}
