#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""doc/fleet/daemonset.yaml is what Kubernetes takes, as far as its keys go, and asks for no more than it needs."""

import os
import sys

import jsonschema

import tree

try:
    import yaml
except ImportError:
    print("skipped: there is no python3-yaml")
    sys.exit(1 if os.environ.get("PIDNS_MUST_WORK") == "1" else 77)


def exactly(**keys):
    """An object with these keys and no others."""
    return {"type": "object", "properties": keys, "required": list(keys), "additionalProperties": False}


def is_(value):
    return {"const": value}


ANY = {}
LABELS = is_({"app.kubernetes.io/name": "pidns"})
MOUNT = is_({"name": "host", "mountPath": "/host", "readOnly": True, "mountPropagation": "HostToContainer"})
RIGHTS = exactly(runAsUser=is_(0), allowPrivilegeEscalation=is_(False), readOnlyRootFilesystem=is_(True),
                 seccompProfile=is_({"type": "RuntimeDefault"}),
                 capabilities=is_({"drop": ["ALL"], "add": ["SYS_PTRACE", "DAC_READ_SEARCH"]}))
CONTAINER = exactly(name=ANY, image={"type": "string"}, securityContext=RIGHTS, resources=exactly(requests=ANY, limits=ANY),
                    command={"type": "array", "items": {"type": "string"}},
                    ports={"type": "array", "items": exactly(name=ANY, containerPort=is_(9836))},
                    volumeMounts={"type": "array", "items": MOUNT, "minItems": 1, "maxItems": 1})
POD = exactly(hostPID=is_(True), automountServiceAccountToken=is_(False), enableServiceLinks=is_(False),
              nodeSelector=ANY, tolerations=ANY,
              containers={"type": "array", "items": CONTAINER, "minItems": 1, "maxItems": 1},
              volumes=is_([{"name": "host", "hostPath": {"path": "/", "type": "Directory"}}]))
TEMPLATE = exactly(metadata=exactly(labels=LABELS, annotations=ANY), spec=POD)
DAEMONSET = exactly(apiVersion=is_("apps/v1"), kind=is_("DaemonSet"),
                    metadata=exactly(name=is_("pidns"), namespace=is_("pidns"), labels=LABELS),
                    spec=exactly(selector=is_({"matchLabels": {"app.kubernetes.io/name": "pidns"}}), template=TEMPLATE))


def main():
    text = (tree.TOP / "doc/fleet/daemonset.yaml").read_text(encoding="utf-8")
    namespace, daemonset = yaml.safe_load_all(text)
    jsonschema.validate(daemonset, DAEMONSET)
    assert namespace["metadata"]["name"] == daemonset["metadata"]["namespace"]
    # It must refuse what asks for more.
    container = daemonset["spec"]["template"]["spec"]["containers"][0]
    container["securityContext"]["privileged"] = True
    try:
        jsonschema.validate(daemonset, DAEMONSET)
    except jsonschema.ValidationError:
        return 0
    print("a privileged container was let pass")
    return 1


if __name__ == "__main__":
    sys.exit(main())
