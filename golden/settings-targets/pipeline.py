"""Settings for one target: they change where and how its step runs, never what it computes, and other targets ignore them."""

from runnable import Map, Pipeline, ShellTask, text


def main():
    fit = ShellTask(
        name="fit",
        command="export fitted=$((item * item))",
        returns=["fitted"],
        targets={
            "argo": {
                "labels": {"role": "fit"},
                "tolerations": [{"key": "gpu", "operator": "Exists", "effect": "NoSchedule"}],
                "volumes": [
                    {"mount_path": "/dev/shm", "empty_dir": {"medium": "Memory", "size_limit": "64Mi"}},
                    {"mount_path": "/etc/settings", "config_map": {"name": "settings", "optional": True}},
                    {"mount_path": "/etc/keys", "secret": {"secret_name": "keys", "optional": True}},
                ],
                "synchronization": {"mutex": {"name": "settings-targets"}},
            },
            "compose": {
                "shm_size": "96m",
                "ulimits": {"nofile": 4096, "core": {"soft": 0, "hard": 0}},
                "extra_hosts": ["db.internal:10.0.0.7"],
            },
        },
    )
    each = Map(
        name="each",
        iterate_on="items",
        iterate_as="item",
        branch=fit,
        targets={"argo": {"labels": {"team": "ml"}, "annotations": {"example.org/owner": "ada"}}},
    )
    patch = {
        "terminationGracePeriodSeconds": 20,
        "containers": [{"name": "main", "env": [{"name": "PATCHED", "value": "yes"}]}],
    }
    report = ShellTask(
        name="report",
        command='export shown="$fitted"',
        returns=[text("shown")],
        targets={"argo": {"pod_spec_patch": patch}},
    )
    pipeline = Pipeline(steps=[each, report])
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()
