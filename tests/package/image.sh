# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# image.sh - the OCI image that doc/fleet/image makes of the packages, run with the rights of the manifest.
# Sourced by tests/package/run, whose scratch folder and functions it uses.
: "${scratch:?}"

# own_storage: podman and buildah keep everything in the scratch folder.
own_storage() {
	cat >"$scratch/storage.conf" <<-END
		[storage]
		driver = "vfs"
		graphroot = "$scratch/storage"
		runroot = "$scratch/storage-run"
	END
	export CONTAINERS_STORAGE_CONF=$scratch/storage.conf
}

# tool_of_host BUILDER: a pidns that runs on this machine: that of the packages, or of PIDNS_BUILD.
tool_of_host() {
	local library
	library=$(dirname "$(find "$1/x/usr/lib" -name libpidnsinfo.so.0)")
	cat >"$scratch/pidns" <<-END
		#!/bin/sh
		LD_LIBRARY_PATH=$library exec $1/x/usr/bin/pidns "\$@"
	END
	chmod +x "$scratch/pidns"
	if "$scratch/pidns" --version >/dev/null 2>&1; then
		echo "$scratch/pidns"
	elif [ -x "${PIDNS_BUILD-}/bin/pidns" ]; then
		echo "$PIDNS_BUILD/bin/pidns"
	else
		fail "the packages' pidns does not run on this release: set PIDNS_BUILD to the folder of a build"
	fi
}

try_image() {
	local release=$1 builder=$2 root image=localhost/pidns:$1 tool
	own_storage
	root=$(new_root "$release" base)
	tar c -C "$root" . | podman import -q - "localhost/base:$release" >"$scratch/log" 2>&1 ||
		fail "podman: $(tail -n 5 "$scratch/log")"
	doc/fleet/image "$builder/one" "$image" "localhost/base:$release" >"$scratch/log" 2>&1 </dev/null ||
		fail "doc/fleet/image: $(tail -n 40 "$scratch/log")"
	tool=$(tool_of_host "$builder")
	PIDNS_IMAGE=$image PIDNS=$tool PYTHONDONTWRITEBYTECODE=1 PIDNS_MUST_WORK=1 \
		/usr/bin/python3 tests/live/test-pod.py >"$scratch/log" 2>&1 ||
		fail "the image: $(tail -n 40 "$scratch/log")"
	echo "image of the packages: made, and run with the rights of doc/fleet/daemonset.yaml"
	podman rmi --all --force >/dev/null 2>&1 || true
}
